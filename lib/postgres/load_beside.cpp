#include "postgres/load_beside.h"

#include <chrono>
#include <optional>

#include "postgres/beside_plan.h"
#include "postgres/load_session.h"
#include "postgres/row_sender.h"
#include "postgres/session.h"
#include "postgres/target.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::steady_clock;

constexpr const char* kNotAllowed = "42501";

std::string where(const Identity& identity) {
  return identity.host + ":" + identity.port + "/" + identity.database;
}

void refuse_unfit_place(const TargetState& target) {
  if (target.scratch) {
    throw Error(ErrorKind::refused, "the database is lifeboat's scratch: the next proof wipes it",
                "restore into another database");
  }
  if (target.identity.in_recovery) {
    throw Error(ErrorKind::refused, "the target is a read-only standby: " + where(target.identity),
                "give the URL of its primary");
  }
  if (!target.unfinished_snapshot.empty()) {
    throw Error(ErrorKind::refused,
                "the target holds an unfinished restore of snapshot " + target.unfinished_snapshot +
                    ": " + where(target.identity),
                "finish that restore first, or give another database");
  }
}

void refuse_taken_names(pq::Connection& connection, const BesidePlan& plan) {
  std::string names;
  for (const std::string& name : plan.names()) {
    names += (names.empty() ? "" : ", ") + quote_literal(name);
  }
  const pq::Rows taken = connection.query(
      "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
      " ON n.oid = c.relnamespace WHERE n.nspname = " +
      quote_literal(plan.schema) + " AND c.relname IN (" + names +
      ") UNION SELECT t.typname FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n"
      " ON n.oid = t.typnamespace WHERE n.nspname = " +
      quote_literal(plan.schema) + " AND t.typname IN (" + names + ") ORDER BY 1");
  if (taken.size() == 0) return;
  std::string list;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    list += (list.empty() ? "" : ", ") + taken.text(i, 0);
  }
  throw Error(ErrorKind::refused, "schema " + plan.schema + " already holds: " + list,
              "nothing that exists is touched: name another schema, or drop what is there");
}

/// Everything happens in one transaction; what may fail by itself, in a savepoint of it.
class BesideLoad {
 public:
  BesideLoad(pq::Connection& connection, const BesidePlan& plan, const Catalogue& catalogue,
             LoadSource& source, Observer& observer)
      : connection_(connection),
        plan_(plan),
        catalogue_(catalogue),
        source_(source),
        observer_(observer) {
    report_.not_restored = plan.left_out;
  }

  LoadReport run() {
    connection_.execute("BEGIN");
    create_schema();
    find_missing_types();
    timed("rows", [&] {
      for (const BesideTable& table : plan_.tables) load(table);
    });
    timed("keys", [&] {
      for (const BesideTable& table : plan_.tables) add_keys(table);
    });
    if (const auto refusal = commit(connection_)) {
      throw Error(ErrorKind::internal, "commit: " + refusal->message);
    }
    return std::move(report_);
  }

 private:
  template <typename Work>
  void timed(const char* phase, Work&& work) {
    observer_.phase(phase);
    const steady_clock::time_point start = steady_clock::now();
    work();
    report_.phases.push_back(
        {phase, std::chrono::duration<double>(steady_clock::now() - start).count()});
  }

  void create_schema() {
    const auto failure =
        connection_.try_execute("CREATE SCHEMA IF NOT EXISTS " + quote_identifier(plan_.schema));
    if (!failure) return;
    throw Error(failure->sqlstate == kNotAllowed ? ErrorKind::denied : ErrorKind::internal,
                "create schema " + plan_.schema + ": " + failure->message,
                "the role must be allowed to create schemas: GRANT CREATE ON DATABASE");
  }

  /// Runs what may fail by itself; afterwards the transaction is as before it.
  std::optional<pq::ServerError> try_alone(const std::string& sql) {
    connection_.execute("SAVEPOINT item");
    const auto failure = connection_.try_execute(sql);
    if (failure && ends_the_restore(failure->sqlstate)) {
      throw Error(ErrorKind::unavailable, failure->message + " (" + failure->sqlstate + ")");
    }
    connection_.execute(failure ? "ROLLBACK TO item" : "RELEASE item");
    return failure;
  }

  /// No such type, no such schema, or none that the role may use.
  static bool says_missing(const std::string& sqlstate) {
    return sqlstate == "42704" || sqlstate == "3F000" || sqlstate == kNotAllowed;
  }

  void find_missing_types() {
    for (const std::string& type : plan_.types()) {
      const auto failure = try_alone("SELECT NULL::" + type);
      if (failure && says_missing(failure->sqlstate)) missing_.insert(type);
    }
  }

  /// Types that are not the server's own: what they accept may differ from the source's.
  static std::set<std::string> foreign_types(const BesideTable& table) {
    std::set<std::string> types;
    for (const Column& column : table.columns) {
      if (column.type.find('.') != std::string::npos) types.insert(column.type);
    }
    return types;
  }

  void load(const BesideTable& table) {
    connection_.execute("SAVEPOINT rows");
    std::set<std::string> as_text = missing_;
    auto refusal = try_load(table, as_text);
    if (refusal) {
      as_text.merge(foreign_types(table));
      connection_.execute("ROLLBACK TO rows");
      refusal = try_load(table, as_text);
    }
    if (refusal) {
      connection_.execute("ROLLBACK TO rows");
      report_.not_restored.push_back(
          {"table " + table.sql_name, refusal->message(), Severity::loss});
      return;
    }
    connection_.execute("RELEASE rows");
    made_.insert(&table);
    ++report_.tables;
    tell_texts(table, as_text);
  }

  void tell_texts(const BesideTable& table, const std::set<std::string>& as_text) {
    for (const Column& column : table.columns) {
      if (!as_text.contains(column.type)) continue;
      report_.not_restored.push_back(
          {"type " + column.type + " of column " + table.sql_name + "." +
               quote_identifier(column.name),
           missing_.contains(column.type)
               ? "not on the target: the column is text"
               : "the target's type refuses the rows: the column is text",
           Severity::harmless});
    }
  }

  /// A refusal by the server that concerns this table alone is a value.
  std::optional<Error> try_load(const BesideTable& table, const std::set<std::string>& as_text) {
    const std::uint64_t rows = report_.rows;
    const std::uint64_t bytes = report_.copy_bytes;
    try {
      connection_.execute(create_sql(table, as_text));
      for (const std::size_t t : table.sources) copy(table, t);
      return std::nullopt;
    } catch (const Error& error) {
      const std::string sqlstate = sqlstate_of(error);
      if (!connection_.alive() || error.kind() == ErrorKind::cancelled ||
          error.kind() == ErrorKind::corrupt || ends_the_restore(sqlstate)) {
        throw;
      }
      report_.rows = rows;
      report_.copy_bytes = bytes;
      return error;
    }
  }

  void copy(const BesideTable& table, std::size_t t) {
    const std::string name = catalogue_.tables[t].sql_name();
    std::uint64_t expected = 0;
    for (std::size_t r = 0; r < source_.range_count(t); ++r) expected += source_.range_bytes(t, r);
    observer_.item_started(name, expected);
    for (std::size_t r = 0; r < source_.range_count(t); ++r) {
      connection_.begin_copy_in(copy_sql(catalogue_.tables[t], table.sql_name));
      report_.copy_bytes += send_rows(connection_, *source_.open_range(t, r), name, observer_);
      const std::uint64_t rows = connection_.end_copy_in();
      report_.rows += rows;
      observer_.item_advanced(name, 0, rows);
    }
    observer_.item_finished(name);
  }

  void add_keys(const BesideTable& table) {
    if (!made_.contains(&table)) return;
    for (const BesideKey& key : table.keys) {
      if (const auto failure = try_alone(key.sql)) {
        report_.not_restored.push_back(
            {key.label, failure->message + " (" + failure->sqlstate + ")", Severity::loss});
        continue;
      }
      ++report_.indexes;
      if (key.is_constraint) ++report_.constraints;
    }
    if (const auto failure = try_alone("ANALYZE " + table.sql_name)) {
      observer_.warned("ANALYZE " + table.sql_name + ": " + failure->message);
    }
  }

  pq::Connection& connection_;
  const BesidePlan& plan_;
  const Catalogue& catalogue_;
  LoadSource& source_;
  Observer& observer_;
  std::set<std::string> missing_;  ///< types that the target does not know
  std::set<const BesideTable*> made_;
  LoadReport report_;
};

}  // namespace

LoadReport load_beside(const BesideRequest& request, const Catalogue& catalogue, LoadSource& source,
                       Observer& observer, std::stop_token stop) {
  const BesidePlan plan = plan_beside(catalogue, request.choice, request.schema);
  pq::Connection connection = connect_pinned(request.url, std::move(stop));
  const TargetState target = inspect_target(connection);
  refuse_unfit_place(target);
  refuse_taken_names(connection, plan);
  set_up_for_rows(connection, catalogue);
  try {
    LoadReport report = BesideLoad(connection, plan, catalogue, source, observer).run();
    report.target = target.identity;
    return report;
  } catch (Error& error) {
    error.add_kept("nothing was added to the target, and nothing in it was changed");
    throw;
  }
}

}  // namespace lifeboat::postgres
