#include "postgres/schema_watch.h"

#include <algorithm>
#include <set>

#include "base/span.h"
#include "postgres/survey.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRuns = 3;
constexpr milliseconds kLook{5};
constexpr milliseconds kSlowLook{200};

bool ended(const std::future<SchemaDump>& run, milliseconds within) {
  return run.wait_for(within) == std::future_status::ready;
}

/// The schema as others see it now. A view may be locked for a while: worth a second look.
std::vector<SchemaItem> items_now(pq::Connection& control,
                                  const std::vector<std::string>& excluded) {
  for (int look = 1;; ++look) {
    control.execute("SAVEPOINT look");
    try {
      return read_items(control, excluded);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::busy || look == kRuns) throw;
      control.execute("ROLLBACK TO look");
    }
  }
}

/// What differs among the items that the snapshot holds: what is newer than the snapshot is not in
/// the dump either.
std::vector<SchemaItem> changes_among(const std::vector<SchemaItem>& items,
                                      const SchemaDifference& difference) {
  std::set<std::pair<std::string, std::string>> keys;
  for (const SchemaItem& item : items) keys.emplace(item.kind, item.identity);
  std::vector<SchemaItem> changes;
  const auto keep = [&](const SchemaItem& item) {
    if (keys.contains({item.kind, item.identity})) changes.push_back(item);
  };
  for (const SchemaItem& item : difference.missing) keep(item);
  for (const SchemaItem& item : difference.extra) keep(item);
  for (const SchemaDifference::Changed& change : difference.changed) keep(change.expected);
  return changes;
}

}  // namespace

SchemaWatch::HeldTables::HeldTables(pq::Connection& control, const HeldSnapshot& snapshot)
    : control_(control) {
  control.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY");
  try {
    for (const std::string& sql : lock_statements(snapshot.tables, true)) control.execute(sql);
  } catch (...) {
    static_cast<void>(control.try_execute("ROLLBACK"));
    throw;
  }
}

SchemaWatch::HeldTables::~HeldTables() {
  try {
    static_cast<void>(control_.try_execute("ROLLBACK"));
  } catch (const Error&) {
    // The session is lost, and its locks with it.
  }
}

SchemaWatch::SchemaWatch(SchemaDumpRequest request, const HeldSnapshot& snapshot,
                         std::vector<SchemaItem> items_before,
                         std::vector<std::string> excluded_items, pq::Connection& control,
                         Observer& observer)
    : request_(std::move(request)),
      snapshot_(snapshot),
      excluded_items_(std::move(excluded_items)),
      control_(control),
      observer_(observer),
      held_(control, snapshot),
      items_before_(std::move(items_before)) {
  start();
}

SchemaWatch::~SchemaWatch() {
  stop_.request_stop();
  if (run_.valid()) run_.wait();
}

void SchemaWatch::start_again() {
  items_before_ = items_now(control_, excluded_items_);
  start();
}

void SchemaWatch::start() {
  waiting_since_.reset();
  run_ = std::async(std::launch::async, [this] {
    const Span span(observer_, "pg_dump", "definitions");
    return dump_schema(request_, stop_.get_token());
  });
}

std::size_t SchemaWatch::locks_held() {
  return static_cast<std::size_t>(
      control_
          .query("SELECT count(DISTINCT l.relation) FROM pg_catalog.pg_locks l"
                 " JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
                 " JOIN pg_catalog.pg_class c ON c.oid = l.relation"
                 " WHERE a.application_name = $1 AND l.granted AND c.oid >= 16384"
                 " AND c.relkind IN ('r', 'p')",
                 {request_.application_name})
          .integer(0, 0));
}

/// pg_dump limits its LOCK TABLE alone; the definition of a view waits for ever.
void SchemaWatch::end_if_waiting_too_long() {
  const pq::Rows waiting = control_.query(
      "SELECT a.pid FROM pg_catalog.pg_stat_activity a"
      " WHERE a.application_name = $1 AND a.wait_event_type = 'Lock'",
      {request_.application_name});
  if (waiting.size() == 0) {
    waiting_since_.reset();
    return;
  }
  if (!waiting_since_) waiting_since_ = steady_clock::now();
  if (steady_clock::now() - *waiting_since_ <= request_.lock_timeout) return;
  static_cast<void>(
      control_.query("SELECT pg_catalog.pg_cancel_backend($1::int)", {waiting.text(0, 0)}));
}

void SchemaWatch::await_locks() {
  const auto wanted = static_cast<std::size_t>(
      std::count_if(snapshot_.tables.begin(), snapshot_.tables.end(),
                    [](const TableMark& table) { return table.lockable; }));
  for (int run = 1;; ++run) {
    do {
      if (locks_held() >= wanted) return;
      end_if_waiting_too_long();
    } while (!ended(run_, kLook));
    try {
      std::promise<SchemaDump> kept;
      kept.set_value(run_.get());
      run_ = kept.get_future();
      return;
    } catch (const Error& error) {
      // pg_dump tells why in the server's language; who stands in the way is told by the locks.
      if (error.kind() != ErrorKind::internal) throw;
      if (!contended_tables(control_, snapshot_.tables).empty()) {
        throw Error(ErrorKind::busy, error.message());
      }
      if (run == kRuns) throw;
    }
    start();  // its connection may have been lost
  }
}

SchemaDump SchemaWatch::finish_run() {
  while (!ended(run_, kSlowLook)) end_if_waiting_too_long();
  return run_.get();
}

SchemaDump SchemaWatch::result(const std::vector<SchemaItem>& items,
                               std::vector<NotCarried>& not_carried) {
  std::optional<Unsettled> best;
  for (int run = 1;; ++run) {
    try {
      SchemaDump dump = finish_run();
      const std::vector<SchemaItem> now = items_now(control_, excluded_items_);
      if (changes_among(items, compare_items(items_before_, now)).empty()) return dump;
      best = {std::move(dump), changes_among(items, compare_items(items, now))};
    } catch (Error& error) {
      if (error.kind() != ErrorKind::internal) throw;
      if (run == kRuns && !best) {
        error.add_hint("run the snapshot again when no migration runs");
        throw;
      }
      // Where somebody waits for a table, another run gets no lock either: all we do is delay him.
      if (best) break;
    }
    if (run == kRuns) break;
    start_again();
  }
  for (const SchemaItem& item : best->changes) {
    not_carried.push_back({item.kind + " " + item.identity,
                           "its definition changed while the schema was being dumped",
                           Severity::loss});
  }
  return std::move(best->dump);
}

}  // namespace lifeboat::postgres
