#include "postgres/snapshot_sessions.h"

#include <condition_variable>

#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::milliseconds;

constexpr int kConnectTries = 4;
constexpr milliseconds kFirstPause{250};
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

SnapshotSessions::SnapshotSessions(Options options, const HeldSnapshot& snapshot,
                                   std::stop_token stop)
    : options_(std::move(options)),
      snapshot_(snapshot),
      stop_(std::move(stop)),
      names_{snapshot.name} {}

void SnapshotSessions::join(pq::Connection& session) {
  import_snapshot(session);
  for (const std::string& sql : lock_statements(snapshot_.tables, true)) session.execute(sql);
  note(session.query("SELECT pg_catalog.pg_export_snapshot()").text(0, 0));
}

void SnapshotSessions::rejoin(pq::Connection& session) {
  for (int tries = 1;; ++tries) {
    session.execute("ROLLBACK");
    try {
      join(session);
      return;
    } catch (Error& error) {
      if (error.kind() != ErrorKind::busy) throw;
      if (tries < options_.lock_tries) {
        pause(options_.lock_timeout);
        continue;
      }
      session.execute("ROLLBACK");
      error.add_context("a session had to lock the tables again");
      error.add_hint(
          "somebody waits to change one of them: run the snapshot when no migration runs");
      throw;
    }
  }
}

pq::Connection SnapshotSessions::replace() {
  milliseconds wait = kFirstPause;
  for (int tries = 1;; ++tries, wait *= 2) {
    try {
      pq::Connection session = connect_pinned(options_.url, stop_, options_.lock_timeout);
      rejoin(session);
      return session;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable || tries == kConnectTries) throw;
    }
    pause(wait);
  }
}

void SnapshotSessions::import_snapshot(pq::Connection& session) {
  for (const std::string& name : names()) {
    session.execute(kBegin);
    if (!session.try_execute("SET TRANSACTION SNAPSHOT " + quote_literal(name))) return;
    session.execute("ROLLBACK");
  }
  throw Error(ErrorKind::unavailable, "the server ended every session that held the snapshot",
              "take the snapshot again");
}

void SnapshotSessions::note(std::string name) {
  const std::lock_guard lock(mutex_);
  names_.push_back(std::move(name));
}

std::vector<std::string> SnapshotSessions::names() {
  const std::lock_guard lock(mutex_);
  return names_;
}

void SnapshotSessions::pause(milliseconds duration) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  static_cast<void>(never.wait_for(lock, stop_, duration, [] { return false; }));
  if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
}

}  // namespace lifeboat::postgres
