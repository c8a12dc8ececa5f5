#include "postgres/schema_watch.h"

#include <algorithm>

#include "postgres/survey.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRuns = 3;
constexpr milliseconds kLook{20};
constexpr milliseconds kSlowLook{200};

bool ended(const std::future<SchemaDump>& run, milliseconds within) {
  return run.wait_for(within) == std::future_status::ready;
}

/// The schema as others see it now, in a transaction of its own.
std::vector<SchemaItem> items_now(pq::Connection& control,
                                  const std::vector<std::string>& excluded) {
  return read_items(control, excluded);
}

void name_changes(const SchemaDifference& difference, std::vector<NotCarried>& not_carried) {
  const auto name = [&](const SchemaItem& item) {
    not_carried.push_back({item.kind + " " + item.identity,
                           "its definition changed while the schema was being dumped",
                           Severity::loss});
  };
  for (const SchemaItem& item : difference.missing) name(item);
  for (const SchemaItem& item : difference.extra) name(item);
  for (const SchemaDifference::Changed& change : difference.changed) name(change.expected);
}

}  // namespace

SchemaWatch::SchemaWatch(SchemaDumpRequest request, const HeldSnapshot& snapshot,
                         std::vector<std::string> excluded_items, pq::Connection& control)
    : request_(std::move(request)),
      snapshot_(snapshot),
      excluded_items_(std::move(excluded_items)),
      control_(control) {
  start();
}

SchemaWatch::~SchemaWatch() {
  stop_.request_stop();
  if (run_.valid()) run_.wait();
}

void SchemaWatch::start() {
  items_before_ = items_now(control_, excluded_items_);
  waiting_since_.reset();
  run_ = std::async(std::launch::async, [request = request_, stop = stop_.get_token()] {
    return dump_schema(request, stop);
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
  while (!ended(run_, kLook)) {
    if (locks_held() >= wanted) return;
    end_if_waiting_too_long();
  }
  try {
    std::promise<SchemaDump> kept;
    kept.set_value(run_.get());
    run_ = kept.get_future();
  } catch (const Error& error) {
    // pg_dump tells why in the server's language; who stands in the way is told by the locks.
    if (error.kind() != ErrorKind::internal) throw;
    if (contended_tables(control_, snapshot_.tables).empty()) throw;
    throw Error(ErrorKind::busy, error.message());
  }
}

SchemaDump SchemaWatch::finish_run() {
  while (!ended(run_, kSlowLook)) end_if_waiting_too_long();
  return run_.get();
}

SchemaDump SchemaWatch::result(std::vector<NotCarried>& not_carried) {
  for (int run = 1;; ++run) {
    SchemaDump dump = finish_run();
    const SchemaDifference changes =
        compare_items(items_before_, items_now(control_, excluded_items_));
    if (changes.missing.empty() && changes.extra.empty() && changes.changed.empty()) return dump;
    if (run == kRuns) {
      name_changes(changes, not_carried);
      return dump;
    }
    start();
  }
}

}  // namespace lifeboat::postgres
