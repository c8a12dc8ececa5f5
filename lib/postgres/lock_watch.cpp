#include "postgres/lock_watch.h"

#include <algorithm>
#include <condition_variable>
#include <set>

#include "base/units.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kFirstReminder{10};
constexpr seconds kLongestSilence{600};
/// A session that is lost this often will be lost again.
constexpr int kMostReplacements = 5;

/// A role that is no superuser's sees another's process and lock, but not always his name.
constexpr const char* kWaiters =
    "SELECT l.relation, l.pid, coalesce(a.application_name, ''), coalesce(a.usename, '')"
    " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
    " WHERE NOT l.granted AND l.mode = 'AccessExclusiveLock' AND l.locktype = 'relation'"
    " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d"
    "                   WHERE d.datname = pg_catalog.current_database())"
    " ORDER BY l.pid";

std::vector<LockWaiter> waiters_for(pq::Connection& session, const std::vector<TableMark>& tables) {
  std::vector<LockWaiter> waiters;
  const pq::Rows rows = session.query(kWaiters);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto relation = static_cast<Oid>(rows.integer(row, 0));
    const auto table = std::ranges::find(tables, relation, &TableMark::oid);
    if (table == tables.end() || !table->lockable) continue;
    waiters.push_back({table->schema + "." + table->name, rows.text(row, 1), rows.text(row, 2),
                       rows.text(row, 3)});
  }
  return waiters;
}

}  // namespace

std::string LockWaiter::in_words() const {
  std::string who = application;
  if (!user.empty()) who += (who.empty() ? "user " : ", user ") + user;
  return "process " + pid + (who.empty() ? "" : " (" + who + ")");
}

LockWatch::LockWatch(Options options, const std::vector<TableMark>& tables, Observer& observer)
    : options_(std::move(options)),
      tables_(tables),
      observer_(observer),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

std::vector<LockWaiter> LockWatch::gave_way_to() const {
  const std::lock_guard lock(mutex_);
  return gave_way_to_;
}

void LockWatch::watch(const std::stop_token& stop) {
  for (int losses = 1;; ++losses) {
    try {
      look_on(stop);
      return;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled || stop.stop_requested()) return;
      if (error.kind() != ErrorKind::unavailable || losses > kMostReplacements) {
        observer_.warned("nobody watches for migrations that wait for this snapshot (" +
                         error.message() + ")");
        return;
      }
    }
    pause(stop);
  }
}

void LockWatch::look_on(const std::stop_token& stop) {
  pq::Connection session = connect_pinned(options_.url, stop);
  while (!stop.stop_requested()) {
    std::vector<LockWaiter> waiters = waiters_for(session, tables_);
    if (options_.policy == OnLockWait::retry) {
      tell(waiters);
    } else if (!waiters.empty()) {
      {
        const std::lock_guard lock(mutex_);
        gave_way_to_ = std::move(waiters);
      }
      options_.give_way();
      return;
    }
    pause(stop);
  }
}

/// At once, after 10 s, and then each time that he has waited twice as long, or 10 minutes longer.
void LockWatch::tell(const std::vector<LockWaiter>& waiters) {
  const auto now = steady_clock::now();
  std::set<std::pair<std::string, std::string>> present;
  for (const LockWaiter& waiter : waiters) {
    present.emplace(waiter.pid, waiter.table);
    const auto [entry, is_new] = seen_.try_emplace({waiter.pid, waiter.table}, Seen{now});
    Seen& seen = entry->second;
    const auto waited = duration_cast<seconds>(now - seen.first);
    const seconds silence = std::clamp(seen.told_at, kFirstReminder, kLongestSilence);
    if (!is_new && waited < seen.told_at + silence) continue;
    seen.told_at = waited;
    observer_.warned(waiter.in_words() + " waits to change " + waiter.table +
                     ", which this snapshot reads" +
                     (is_new ? "" : ", since " + human_duration(waited)) +
                     "; all who come later wait behind it");
  }
  std::erase_if(seen_, [&](const auto& entry) { return !present.contains(entry.first); });
}

void LockWatch::pause(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  static_cast<void>(never.wait_for(lock, stop, options_.interval, [] { return false; }));
}

}  // namespace lifeboat::postgres
