#include "postgres/capture.h"

#include <algorithm>
#include <future>

#include "base/first_failure.h"
#include "base/span.h"
#include "base/units.h"
#include "postgres/binaries.h"
#include "postgres/catalogue_reader.h"
#include "postgres/connection_room.h"
#include "postgres/exclusion.h"
#include "postgres/identity.h"
#include "postgres/left_behind.h"
#include "postgres/lock_watch.h"
#include "postgres/restore_mark.h"
#include "postgres/row_reader.h"
#include "postgres/schema_dump.h"
#include "postgres/schema_watch.h"
#include "postgres/session.h"
#include "postgres/snapshot_holder.h"
#include "postgres/snapshot_sessions.h"
#include "postgres/unreadable_tables.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

/// How often a database whose tables come and go is listed anew before that is told.
constexpr int kListTries = 25;
/// A connection that breaks this often over one piece of work will break again.
constexpr int kMostReplacements = 3;

std::string pattern_of(const std::string& schema, const std::string& name) {
  const auto quoted = [](const std::string& text) {
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
    return result + "\"";
  };
  return quoted(schema) + "." + quoted(name);
}

std::string in_one(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Thrown by a capture that lets go of everything because somebody waits for one of its tables.
struct GaveWay {
  std::vector<LockWaiter> to;
};

/// One capture: its sessions, and what is decided on the way.
class CaptureRun {
 public:
  /// `given_up`: tables that earlier runs gave way for.
  CaptureRun(const CaptureRequest& request, CaptureSink& sink, Observer& observer,
             std::stop_token stop, std::vector<LockWaiter> given_up)
      : request_(request),
        sink_(sink),
        observer_(observer),
        given_up_(std::move(given_up)),
        asked_to_stop_(stop),
        on_stop_(std::move(stop), [this] { stop_.request_stop(); }) {}

  /// Throws GaveWay, too.
  Capture run() {
    observer_.phase("connect");
    open_sessions();
    observer_.phase("lock");
    hold_snapshot();
    sink_.begin(capture_.catalogue);
    observer_.phase("read rows");
    read_giving_way();
    leader_.reset();  // ends the snapshot
    observer_.phase("read sequences");
    if (control_) keep_awake(control_);
    if (!control_) control_.emplace(connect());
    read_sequence_values(*control_, capture_.catalogue, capture_.not_carried);
    return std::move(capture_);
  }

 private:
  void open_sessions() {
    auto binaries = std::async(std::launch::async, find_binaries, "pg_dump", stop_.get_token());
    control_.emplace(request_.url, stop_.get_token());
    refuse_transaction_pooler(request_.url, *control_, stop_.get_token());
    capture_.identity = read_identity(*control_);
    pg_dump_ = choose_pg_dump(binaries.get(), capture_.identity.server_version);
    pin_session(*control_, request_.lock_timeout);
    refuse_incomplete_database(*control_);
    exclusion_ = resolve_exclusion(*control_, request_.exclude_tables, request_.exclude_table_data);
    capture_.not_carried = exclusion_.told;
    choose_jobs(free_connections(*control_));
    capture_.connections = jobs_ + 4;
  }

  void choose_jobs(std::int64_t free) {
    if (free < kLeastConnections) {
      throw Error(ErrorKind::unavailable,
                  std::to_string(std::max<std::int64_t>(free, 0)) +
                      " more connections are free here, and a snapshot needs " +
                      std::to_string(kLeastConnections),
                  "close other sessions, or raise the limit of the server, the database or the "
                  "role");
    }
    // The leader and pg_dump need theirs as well.
    const std::int64_t most = std::max<std::int64_t>(1, free / 3);
    jobs_ = static_cast<int>(std::clamp<std::int64_t>(request_.jobs, 1, most));
    if (jobs_ == request_.jobs) return;
    observer_.warned("reads on " + std::to_string(jobs_) + " of " + std::to_string(request_.jobs) +
                     " connections: " + std::to_string(free) + " are free here");
  }

  void open_readers() {
    workers_.clear();
    for (int i = 0; i < jobs_; ++i) workers_.push_back(connect());
    leader_.emplace(connect());
  }

  [[nodiscard]] pq::Connection connect() {
    return connect_pinned(request_.url, stop_.get_token(), request_.lock_timeout);
  }

  /// Everything is locked and everyone is in the snapshot, or nothing is held.
  void hold_snapshot() {
    excluded_ = exclusion_.relations;
    for (const LockWaiter& waiter : given_up_) {
      excluded_.push_back(waiter.table);
      capture_.not_carried.push_back({"table " + waiter.table,
                                      waiter.in_words() + " waited to change it while it was read",
                                      Severity::loss});
    }
    for (int lock_tries = 1, list_tries = 1;;) {
      try {
        if (try_hold()) return;
        if (++list_tries <= kListTries) continue;
        throw Error(ErrorKind::busy, "tables are created, dropped or rewritten all the time",
                    "run the snapshot when no migration runs");
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::busy || list_tries > kListTries) throw;
        let_go();
        decide_after(error, lock_tries++);
      }
    }
  }

  bool try_hold() {
    auto reading =
        std::async(std::launch::async, [this] { return read_items(*control_, excluded_); });
    if (!leader_) open_readers();
    std::vector<SchemaItem> items = reading.get();
    snapshot_ = try_hold_snapshot(*leader_, excluded_);
    if (!snapshot_) return false;
    refuse_incomplete_database(*leader_);  // a restore may have begun meanwhile
    items_before_ = std::move(items);
    start_watch();
    sessions_.emplace(
        SnapshotSessions::Options{request_.url, request_.lock_timeout, request_.lock_tries},
        *snapshot_, stop_.get_token());
    for (pq::Connection& worker : workers_) sessions_->join(worker);
    unread_large_objects_.clear();
    capture_.catalogue = read_row_catalogue(*leader_, excluded_, unread_large_objects_);
    mark_without_rows(exclusion_, capture_.catalogue);
    if (request_.refuse_unreadable) refuse_unreadable_tables(capture_.catalogue, request_.accept);
    watch_->await_locks();
    capture_.snapshot_name = snapshot_->name;
    capture_.wal_position = snapshot_->wal_position;
    capture_.at = snapshot_->at;
    return true;
  }

  void start_watch() {
    watch_.emplace(dump_request(), *snapshot_, items_before_, excluded_, *control_, observer_);
  }

  void let_go() {
    watch_.reset();
    if (!leader_) return;  // not even the readers were there
    leader_->execute("ROLLBACK");
    for (pq::Connection& worker : workers_) worker.execute("ROLLBACK");
  }

  /// Returns if it is worth another try.
  void decide_after(const Error& error, int tries) {
    const std::vector<TableMark> tables = list_tables(*control_, excluded_);
    const std::vector<std::string> contended = contended_tables(*control_, tables);
    const bool last = tries >= request_.lock_tries;
    switch (request_.on_lock_wait) {
      case OnLockWait::retry:
        if (!last) break;
        throw_busy(contended, error);
      case OnLockWait::skip:
        if (contended.empty() && last) throw_busy(contended, error);
        skip(contended);
        return;
      case OnLockWait::fail:
        throw_busy(contended, error);
    }
    const std::string who = contended.empty() ? "a table" : in_one(contended);
    observer_.warned("waiting for " + who + ", which somebody has locked (try " +
                     std::to_string(tries + 1) + " of " + std::to_string(request_.lock_tries) +
                     ")");
  }

  [[noreturn]] static void throw_busy(const std::vector<std::string>& contended,
                                      const Error& error) {
    throw Error(ErrorKind::busy,
                contended.empty() ? "a lock was not to be had: " + error.message()
                                  : "somebody has locked " + in_one(contended),
                "wait until the migration or maintenance on it is over, or leave such tables out "
                "with --on-lock-wait skip");
  }

  void skip(const std::vector<std::string>& tables) {
    for (const std::string& table : tables) {
      excluded_.push_back(table);
      capture_.not_carried.push_back({"table " + table, "somebody had locked it", Severity::loss});
      observer_.warned("left out " + table + ", which somebody has locked");
    }
  }

  [[nodiscard]] SchemaDumpRequest dump_request() {
    SchemaDumpRequest dump;
    dump.url = request_.url;
    dump.pg_dump = pg_dump_;
    dump.snapshot = snapshot_->name;
    dump.application_name =
        "lifeboat pg_dump " + control_->query("SELECT pg_catalog.pg_backend_pid()").text(0, 0);
    dump.lock_timeout = request_.lock_timeout;
    for (const std::string& name : excluded_) {
      const std::size_t dot = name.find('.');
      if (dot == std::string::npos) continue;
      dump.exclude_tables.push_back(pattern_of(name.substr(0, dot), name.substr(dot + 1)));
    }
    // One table that pg_dump may not lock makes it refuse the whole database.
    for (const TableMark& table : snapshot_->tables) {
      const bool needs_lock = table.kind == 'r' || table.kind == 'p';
      if (!needs_lock || table.lockable) continue;
      dump.exclude_tables.push_back(pattern_of(table.schema, table.name));
    }
    return dump;
  }

  /// A lock is released when its transaction ends, and every session here has the locks of all
  /// tables: to let one table go is to let the snapshot go.
  void read_giving_way() {
    LockWatch watch({.url = request_.url,
                     .policy = request_.on_lock_wait,
                     .give_way = [this] { stop_.request_stop(); }},
                    snapshot_->tables, observer_);
    try {
      announce_long_rows();
      read();
    } catch (const Error&) {
      std::vector<LockWaiter> waiters = watch.gave_way_to();
      if (waiters.empty() || asked_to_stop_.stop_requested()) throw;
      throw GaveWay{std::move(waiters)};
    }
  }

  void announce_long_rows() {
    in_spite_of_losses(leader_,
                       [&] { capture_.long_rows = find_long_rows(*leader_, capture_.catalogue); });
    if (capture_.long_rows.empty()) return;
    for (const LongRows& found : capture_.long_rows) {
      observer_.warned(human_count(found.rows) + (found.rows == 1 ? " row of " : " rows of ") +
                       found.table + (found.rows == 1 ? " is" : " are") + " longer than " +
                       human_bytes(kLongRowBytes) + ", the longest about " +
                       human_bytes(found.longest_bytes) +
                       (found.sampled ? " (a sample was looked at: there may be more)" : ""));
    }
    observer_.warned("these rows may need " + human_bytes(memory_for(capture_.long_rows, jobs_)) +
                     " of memory");
  }

  /// Rows on the workers' threads, definitions on this one: whoever fails first stops the other.
  void read() {
    const Catalogue of_rows = capture_.catalogue;
    std::future<ReadTotals> rows =
        std::async(std::launch::async, [&] { return read_rows_of(of_rows); });
    FirstFailure failure;
    try {
      read_definitions();
    } catch (...) {
      failure.note(std::current_exception());
      stop_.request_stop();
    }
    try {
      const ReadTotals totals = await(rows);
      capture_.rows = totals.rows;
      capture_.copy_bytes = totals.copy_bytes;
      capture_.not_carried.insert(capture_.not_carried.end(), totals.unprintable.begin(),
                                  totals.unprintable.end());
    } catch (...) {
      failure.note(std::current_exception());
    }
    failure.rethrow();
  }

  ReadTotals read_rows_of(const Catalogue& catalogue) {
    Reading reading;
    for (std::size_t i = 0; i < catalogue.tables.size(); ++i) {
      if (catalogue.tables[i].carries_rows()) reading.tables.push_back(i);
    }
    reading.large_objects = !catalogue.large_objects.empty();
    reading.most_bytes_per_second = request_.most_bytes_per_second;
    return read_rows(std::move(workers_), catalogue, reading, sink_, observer_, stop_, &*sessions_);
  }

  /// Idle sessions say something now and then: firewalls forget silent ones. One that is lost all
  /// the same is not needed: the readers hold the snapshot and the locks, too.
  ReadTotals await(std::future<ReadTotals>& rows) {
    while (rows.wait_for(request_.heartbeat) != std::future_status::ready) {
      if (stop_.stop_requested()) break;
      for (std::optional<pq::Connection>* idle : {&leader_, &control_}) keep_awake(*idle);
    }
    return rows.get();
  }

  void keep_awake(std::optional<pq::Connection>& idle) {
    if (!idle) return;
    try {
      static_cast<void>(idle->query("SELECT 1"));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) return;  // by a reader that failed: his word counts
      observer_.warned("an idle connection was lost (" + error.message() + ")");
      idle.reset();
    }
  }

  void read_definitions() {
    const Span span(observer_, "leader", "definitions");
    const Capture before = capture_;
    in_spite_of_losses(leader_, [&] {
      capture_ = before;
      complete_catalogue();
      name_left_behind();
    });
    in_spite_of_losses(control_, [&] {
      if (!watch_) start_watch();
      capture_.schema = watch_->result(capture_.catalogue.items, capture_.not_carried);
    });
    watch_.reset();
    items_before_.clear();
    in_spite_of_losses(leader_, [&] { ask_assertions(); });
  }

  /// A question that cannot be answered must not cost the snapshot: it is named.
  void ask_assertions() {
    capture_.answers = {};
    if (request_.assertions.empty()) return;
    Answers all = ask(*leader_, request_.assertions, own_search_path(*leader_));
    capture_.answers.search_path = all.search_path;
    for (Answer& answer : all.answers) {
      if (answer.failure.empty()) {
        capture_.answers.answers.push_back(std::move(answer));
      } else {
        capture_.not_carried.push_back(
            {"assertion " + answer.name, answer.failure, Severity::loss});
      }
    }
  }

  /// Does something to its end, with another connection if this one is lost on the way.
  template <typename Work>
  void in_spite_of_losses(std::optional<pq::Connection>& session, Work&& work) {
    for (int losses = 1;; ++losses) {
      try {
        work();
        return;
      } catch (const Error& error) {
        const bool lost = error.kind() == ErrorKind::unavailable && !session->alive();
        if (!lost || losses > kMostReplacements) throw;
        observer_.warned("a connection was lost while it read definitions (" + error.message() +
                         "); another one reads them anew");
      }
      if (&session == &leader_) {
        session.emplace(sessions_->replace());
        snapshot_->name = session->query("SELECT pg_catalog.pg_export_snapshot()").text(0, 0);
      } else {
        watch_.reset();
        session.emplace(connect());
      }
    }
  }

  void name_left_behind() {
    std::vector<NotCarried>& list = capture_.not_carried;
    const auto found = postgres::name_left_behind(*leader_, capture_.catalogue, snapshot_->tables);
    list.insert(list.end(), found.begin(), found.end());
    list.insert(list.end(), unread_large_objects_.begin(), unread_large_objects_.end());
  }

  /// A view may be locked for a while; the snapshot is held, so the rows go on meanwhile.
  void complete_catalogue() {
    for (int tries = 1;; ++tries) {
      leader_->execute("SAVEPOINT look");
      try {
        postgres::complete_catalogue(*leader_, capture_.catalogue);
        define_unreadable_tables(*leader_, capture_.catalogue);
        find_dependents(*leader_, exclusion_, capture_.catalogue, capture_.not_carried);
        return;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::busy) throw;
        if (request_.on_lock_wait == OnLockWait::fail || tries == request_.lock_tries) {
          throw_busy({}, error);
        }
      }
      leader_->execute("ROLLBACK TO look");
      observer_.warned("waiting for a definition that somebody has locked (try " +
                       std::to_string(tries + 1) + " of " + std::to_string(request_.lock_tries) +
                       ")");
    }
  }

  const CaptureRequest& request_;
  CaptureSink& sink_;
  Observer& observer_;
  std::vector<LockWaiter> given_up_;
  std::stop_token asked_to_stop_;
  std::stop_source stop_;  // also ends all sessions when one of them fails
  std::stop_callback<std::function<void()>> on_stop_;

  Capture capture_;
  Binary pg_dump_;
  int jobs_ = 0;
  Exclusion exclusion_;                // on request
  std::vector<std::string> excluded_;  // those, and what somebody had locked
  std::vector<NotCarried> unread_large_objects_;
  std::vector<SchemaItem> items_before_;
  std::optional<HeldSnapshot> snapshot_;
  std::optional<SnapshotSessions> sessions_;
  std::optional<pq::Connection> control_;  // outside the snapshot: digests, pg_dump's waits
  std::optional<pq::Connection> leader_;
  std::vector<pq::Connection> workers_;
  std::optional<SchemaWatch> watch_;  // ends before the sessions it uses
};

}  // namespace

Capture capture(const CaptureRequest& request, CaptureSink& sink, Observer& observer,
                std::stop_token stop) {
  std::vector<LockWaiter> given_up;
  for (int tries = 1;; ++tries) {
    try {
      return CaptureRun(request, sink, observer, stop, given_up).run();
    } catch (const GaveWay& gave_way) {
      const LockWaiter& first = gave_way.to.front();
      if (request.on_lock_wait == OnLockWait::fail || tries == request.lock_tries) {
        throw Error(ErrorKind::busy,
                    first.in_words() + " waits to change " + first.table +
                        ", which this snapshot was reading",
                    "run the snapshot when no migration runs");
      }
      for (const LockWaiter& waiter : gave_way.to) {
        const auto known = std::ranges::find(given_up, waiter.table, &LockWaiter::table);
        if (known != given_up.end()) continue;
        given_up.push_back(waiter);
        observer.warned("left out " + waiter.table + ", which " + waiter.in_words() +
                        " waits to change: everything else is read anew");
      }
    }
  }
}

}  // namespace lifeboat::postgres
