#include "postgres/load_data.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "postgres/load_phases.h"
#include "postgres/load_session.h"
#include "postgres/row_sender.h"
#include "postgres/session.h"
#include "postgres/target.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kNamesInAMessage = 8;
constexpr const char* kNotAllowed = "42501";
constexpr const char* kLockNotAvailable = "55P03";

/// Names for a message: the first few, and how many more.
std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesInAMessage); ++i) {
    list += (list.empty() ? "" : "; ") + names[i];
  }
  const std::size_t more = names.size() - std::min(names.size(), kNamesInAMessage);
  return more == 0 ? list : list + "; and " + std::to_string(more) + " more";
}

class DataLoad {
 public:
  DataLoad(pq::Connection& connection, const Catalogue& catalogue, const TableChoice& choice,
           LoadSource& source, Observer& observer)
      : connection_(connection),
        catalogue_(catalogue),
        source_(source),
        observer_(observer),
        everything_(choice.empty()) {
    const std::vector<bool> chosen = choose_tables(catalogue, choice);
    for (std::size_t t = 0; t < chosen.size(); ++t) {
      const Table& table = catalogue.tables[t];
      if (chosen[t] && table.carries_rows() && !is_platform_schema(table.schema) &&
          !(everything_ && table.extension_member)) {
        tables_.push_back(t);
      }
    }
    if (tables_.empty()) {
      throw Error(ErrorKind::usage, "the snapshot holds no rows of what was chosen",
                  "lifeboat vault show lists what it holds");
    }
  }

  LoadReport run() {
    connection_.execute("BEGIN; SET CONSTRAINTS ALL DEFERRED");
    check_tables();
    lock_tables();
    check_empty();
    const std::vector<std::size_t> order = order_by_foreign_keys();
    timed("rows", [&] {
      disable_triggers();
      for (const std::size_t t : order) load(t);
      check_deferred();
      for (const std::string& sql : enable_again_) connection_.execute(sql);
    });
    timed("finish", [&] { raise_sequences(); });
    commit_all();
    analyze(order);
    name_what_is_left();
    report_.tables = tables_.size();
    return std::move(report_);
  }

 private:
  [[nodiscard]] const Table& at(std::size_t t) const { return catalogue_.tables[t]; }

  template <typename Work>
  void timed(const char* phase, Work&& work) {
    observer_.phase(phase);
    const steady_clock::time_point start = steady_clock::now();
    work();
    report_.phases.push_back(
        {phase, std::chrono::duration<double>(steady_clock::now() - start).count()});
  }

  [[noreturn]] static void refuse(const std::string& what, const std::string& hint) {
    throw Error(ErrorKind::refused, what, hint);
  }

  /// Every table is there, an ordinary one, with columns of the same names and types.
  void check_tables() {
    std::vector<std::string> wrong;
    for (const std::size_t t : tables_) {
      const pq::Rows found = connection_.query(
          "SELECT c.oid::bigint, c.relkind FROM pg_catalog.pg_class c"
          " WHERE c.oid = pg_catalog.to_regclass($1)",
          {at(t).sql_name()});
      if (found.size() == 0) {
        wrong.push_back(at(t).sql_name() + " is not there");
        continue;
      }
      if (found.text(0, 1) != "r") {
        wrong.push_back(at(t).sql_name() + " is not an ordinary table there");
        continue;
      }
      oids_[t] = static_cast<Oid>(found.integer(0, 0));
      for (std::string& difference : column_differences(t)) wrong.push_back(std::move(difference));
    }
    if (wrong.empty()) return;
    refuse("the target's tables are not the snapshot's: " + listed(wrong),
           "make the tables as they were, or restore without --data-only into an empty database");
  }

  std::vector<std::string> column_differences(std::size_t t) {
    const pq::Rows rows = connection_.query(
        "SELECT attname, pg_catalog.format_type(atttypid, atttypmod), attgenerated <> ''"
        " FROM pg_catalog.pg_attribute WHERE attrelid = $1::oid AND attnum > 0"
        " AND NOT attisdropped",
        {std::to_string(oids_.at(t))});
    std::map<std::string, std::string> types;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows.boolean(i, 2)) types[rows.text(i, 0)] = rows.text(i, 1);
    }
    std::vector<std::string> differences;
    for (const Column& column : at(t).columns) {
      if (column.generated) continue;
      const std::string name = at(t).sql_name() + "." + quote_identifier(column.name);
      const auto found = types.find(column.name);
      if (found == types.end()) {
        differences.push_back("column " + name + " is not there");
      } else if (found->second != column.type) {
        differences.push_back("column " + name + " is " + found->second + ", in the snapshot " +
                              column.type);
      }
    }
    return differences;
  }

  /// Nobody adds a row between the look at a table and its own rows.
  void lock_tables() {
    for (const std::size_t t : tables_) {
      const auto failure =
          connection_.try_execute("SET LOCAL lock_timeout = '10s'; LOCK TABLE ONLY " +
                                  at(t).sql_name() + " IN SHARE ROW EXCLUSIVE MODE");
      if (!failure) continue;
      const bool busy = failure->sqlstate == kLockNotAvailable;
      throw Error(
          busy ? ErrorKind::busy : ErrorKind::denied,
          "lock " + at(t).sql_name() + ": " + failure->message,
          busy ? "end what works on the table, then try again" : "the role must own the tables");
    }
    connection_.execute("SET LOCAL lock_timeout = 0");
  }

  void check_empty() {
    std::vector<std::string> full;
    for (const std::size_t t : tables_) {
      if (connection_.query("SELECT EXISTS (SELECT FROM ONLY " + at(t).sql_name() + ")")
              .boolean(0, 0)) {
        full.push_back(at(t).sql_name());
      }
    }
    if (full.empty()) return;
    refuse("tables of the target hold rows: " + listed(full),
           "rows go into empty tables alone; beside what is there: --into-schema NAME");
  }

  /// What a foreign key points at comes first. Those that can be deferred do not matter.
  std::vector<std::size_t> order_by_foreign_keys() {
    std::map<Oid, std::set<std::size_t>> below;  // a relation of the target → tables in it
    std::string list;
    for (const auto& [t, oid] : oids_) list += (list.empty() ? "" : ",") + std::to_string(oid);
    const pq::Rows tree = connection_.query(
        "WITH RECURSIVE up(leaf, oid) AS (SELECT o, o FROM unnest('{" + list +
        "}'::oid[]) o UNION SELECT up.leaf, i.inhparent FROM up JOIN pg_catalog.pg_inherits i"
        " ON i.inhrelid = up.oid) SELECT leaf::bigint, oid::bigint FROM up");
    std::map<Oid, std::size_t> place_of;
    for (const auto& [t, oid] : oids_) place_of[oid] = t;
    for (std::size_t i = 0; i < tree.size(); ++i) {
      below[static_cast<Oid>(tree.integer(i, 1))].insert(
          place_of.at(static_cast<Oid>(tree.integer(i, 0))));
    }
    const pq::Rows keys = connection_.query(
        "SELECT conrelid::bigint, confrelid::bigint FROM pg_catalog.pg_constraint"
        " WHERE contype = 'f' AND NOT condeferrable AND conrelid = ANY ('{" +
        list + "}'::oid[])");
    std::map<std::size_t, std::set<std::size_t>> waits_for;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::size_t from = place_of.at(static_cast<Oid>(keys.integer(i, 0)));
      const auto found = below.find(static_cast<Oid>(keys.integer(i, 1)));
      if (found == below.end()) continue;
      for (const std::size_t to : found->second) {
        if (to != from) waits_for[from].insert(to);
      }
    }
    return sorted(waits_for);
  }

  std::vector<std::size_t> sorted(
      const std::map<std::size_t, std::set<std::size_t>>& waits_for) const {
    std::vector<std::size_t> order;
    std::set<std::size_t> done;
    for (bool moved = true; moved;) {
      moved = false;
      for (const std::size_t t : tables_) {
        if (done.contains(t)) continue;
        const auto found = waits_for.find(t);
        const bool ready =
            found == waits_for.end() ||
            std::ranges::all_of(found->second, [&](std::size_t to) { return done.contains(to); });
        if (!ready) continue;
        order.push_back(t);
        done.insert(t);
        moved = true;
      }
    }
    if (order.size() == tables_.size()) return order;
    std::vector<std::string> circle;
    for (const std::size_t t : tables_) {
      if (!done.contains(t)) circle.push_back(at(t).sql_name());
    }
    refuse("foreign keys of the target go round in a circle: " + listed(circle),
           "make one of them deferrable (ALTER TABLE ... ALTER CONSTRAINT ... DEFERRABLE), or "
           "restore without --data-only into an empty database");
  }

  /// The rows were written once already: nothing fires for them again.
  void disable_triggers() {
    for (const std::size_t t : tables_) {
      const pq::Rows triggers = connection_.query(
          "SELECT tgname, tgenabled FROM pg_catalog.pg_trigger WHERE tgrelid = $1::oid"
          " AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY tgname",
          {std::to_string(oids_.at(t))});
      for (std::size_t i = 0; i < triggers.size(); ++i) {
        const std::string alter = "ALTER TABLE ONLY " + at(t).sql_name() + " ";
        const std::string trigger = " TRIGGER " + quote_identifier(triggers.text(i, 0));
        const std::string state = triggers.text(i, 1);
        if (const auto failure = connection_.try_execute(alter + "DISABLE" + trigger)) {
          throw Error(failure->sqlstate == kNotAllowed ? ErrorKind::denied : ErrorKind::internal,
                      "disable trigger " + triggers.text(i, 0) + " of " + at(t).sql_name() + ": " +
                          failure->message,
                      "the role must own the tables");
        }
        enable_again_.push_back(alter + "ENABLE" +
                                (state == "A"   ? " ALWAYS"
                                 : state == "R" ? " REPLICA"
                                                : "") +
                                trigger);
      }
    }
  }

  /// All ranges in one COPY: a row may point at another of its table.
  void load(std::size_t t) {
    const std::string name = at(t).sql_name();
    std::uint64_t expected = 0;
    for (std::size_t r = 0; r < source_.range_count(t); ++r) expected += source_.range_bytes(t, r);
    observer_.item_started(name, expected);
    try {
      connection_.begin_copy_in(copy_sql(at(t), name));
      for (std::size_t r = 0; r < source_.range_count(t); ++r) {
        report_.copy_bytes += send_rows(connection_, *source_.open_range(t, r), name, observer_);
      }
      const std::uint64_t rows = connection_.end_copy_in();
      report_.rows += rows;
      observer_.item_advanced(name, 0, rows);
    } catch (Error& error) {
      explain_refusal(error, name);
      throw;
    }
    observer_.item_finished(name);
  }

  /// A server that refuses rows has said so with an SQLSTATE, and lives on.
  void explain_refusal(const Error& error, const std::string& name) {
    const std::string sqlstate = sqlstate_of(error);
    if (!connection_.alive() || sqlstate.empty() || ends_the_restore(sqlstate) ||
        error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::corrupt) {
      return;
    }
    refuse("the target refuses rows of " + name + ": " + error.message(),
           "put right what refuses them, or look at them first: --into-schema NAME");
  }

  /// While sequences are as they were, which no transaction takes back, and before triggers are
  /// enabled again, which no table allows that has a constraint still to be checked.
  void check_deferred() { refuse_rows(connection_.try_execute("SET CONSTRAINTS ALL IMMEDIATE")); }

  void commit_all() { refuse_rows(commit(connection_)); }

  static void refuse_rows(const std::optional<pq::ServerError>& refusal) {
    if (!refusal) return;
    if (ends_the_restore(refusal->sqlstate)) {
      throw Error(ErrorKind::unavailable, refusal->message + " (" + refusal->sqlstate + ")");
    }
    refuse("the target refuses the rows: " + refusal->message + " (" + refusal->sqlstate + ")",
           "put right what refuses them, or look at them first: --into-schema NAME");
  }

  /// The rows are in the target by now: nothing that happens here is a failure of the restore.
  void analyze(const std::vector<std::size_t>& tables) {
    for (const std::size_t t : tables) {
      const std::string sql = "ANALYZE " + at(t).sql_name();
      try {
        const auto failure = connection_.try_execute(sql);
        if (failure) observer_.warned(sql + ": " + failure->message);
      } catch (const Error& error) {
        observer_.warned(sql + ": " + error.message() + "; the rows are committed");
        return;
      }
    }
  }

  [[nodiscard]] bool is_owned_by_a_filled_table(const Sequence& sequence) {
    const pq::Rows owner = connection_.query(
        "SELECT refobjid::bigint FROM pg_catalog.pg_depend"
        " WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid ="
        " pg_catalog.to_regclass($1) AND deptype IN ('a', 'i')"
        " AND refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass",
        {sequence.sql_name()});
    for (std::size_t i = 0; i < owner.size(); ++i) {
      const auto oid = static_cast<Oid>(owner.integer(i, 0));
      if (std::ranges::any_of(oids_, [&](const auto& each) { return each.second == oid; })) {
        return true;
      }
    }
    return false;
  }

  /// In the direction in which it counts, and never backwards.
  void raise_sequences() {
    for (const Sequence& sequence : catalogue_.sequences) {
      if (!sequence.is_called) continue;
      if (!everything_ && !is_owned_by_a_filled_table(sequence)) continue;
      const std::string name = quote_literal(sequence.sql_name());
      if (connection_.query("SELECT pg_catalog.to_regclass(" + name + ") IS NULL").boolean(0, 0)) {
        report_.not_restored.push_back({"value of SEQUENCE " + sequence.sql_name(),
                                        "it is not on the target", Severity::loss});
        continue;
      }
      const std::string value = std::to_string(sequence.last_value);
      connection_.execute("SELECT pg_catalog.setval(" + name + ", " +
                          (sequence.increment < 0 ? "least" : "greatest") + "(last_value, " +
                          value + "), true) FROM " + sequence.sql_name());
    }
  }

  void name_what_is_left() {
    if (!everything_) return;
    if (!catalogue_.large_objects.empty()) {
      report_.not_restored.push_back(
          {std::to_string(catalogue_.large_objects.size()) + " large objects",
           "--data-only brings rows of tables alone", Severity::loss});
    }
    for (const Table& table : catalogue_.tables) {
      if (table.kind != 'm' || !table.populated) continue;
      report_.not_restored.push_back({"contents of MATERIALIZED VIEW " + table.sql_name(),
                                      "to be filled: REFRESH MATERIALIZED VIEW " + table.sql_name(),
                                      Severity::harmless});
    }
  }

  pq::Connection& connection_;
  const Catalogue& catalogue_;
  LoadSource& source_;
  Observer& observer_;
  const bool everything_;
  std::vector<std::size_t> tables_;  ///< that are filled, as the catalogue has them
  std::map<std::size_t, Oid> oids_;  ///< of those, on the target
  std::vector<std::string> enable_again_;
  LoadReport report_;
};

void refuse_unfit(const TargetState& target, const DataRequest& request) {
  // Of the reasons to refuse a target, all but its not being empty.
  TargetState state = target;
  state.user_objects = 0;
  refuse_unfit_target(state, {.source = request.source});
}

}  // namespace

LoadReport load_data(const DataRequest& request, const Catalogue& catalogue, LoadSource& source,
                     Observer& observer, std::stop_token stop) {
  pq::Connection connection = connect_pinned(request.url, std::move(stop));
  const TargetState target = inspect_target(connection);
  refuse_unfit(target, request);
  set_up_for_rows(connection, catalogue);
  DataLoad load(connection, catalogue, request.choice, source, observer);
  try {
    LoadReport report = load.run();
    report.target = target.identity;
    return report;
  } catch (Error& error) {
    error.add_kept("nothing in the target has changed");
    throw;
  }
}

}  // namespace lifeboat::postgres
