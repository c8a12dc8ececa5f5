#include "postgres/restore_journal.h"

#include <chrono>
#include <string_view>
#include <thread>

namespace lifeboat::postgres {
namespace {

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kPause{20};
constexpr const char* kStartAnew = "drop and create the target database, then restore again";

/// FNV-1a, 64 bits: against mistakes, not against malice.
class Digest {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 1099511628211ULL; }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14695981039346656037ULL;
};

}  // namespace

std::string digest_of(const LoadPlan& plan) {
  Digest digest;
  for (const Step& step : plan.steps) {
    digest.add_byte(static_cast<unsigned char>(step.kind));
    digest.add_byte(static_cast<unsigned char>(step.phase));
    digest.add(step.sql);
    digest.add(step.label);
    digest.add(std::to_string(step.range) + " " + std::to_string(step.cost));
  }
  return std::to_string(plan.steps.size()) + "-" + std::to_string(digest.value());
}

RestoreJournal::RestoreJournal(LoadSession& session, const LoadRequest& request,
                               const LoadPlan& plan, bool resume)
    : session_(session), resumed_(resume) {
  const std::string digest = digest_of(plan) + (request.schema_only ? "-schema" : "") +
                             (request.replace ? "-replace" : "");
  if (resume) {
    read(digest);
  } else {
    begin(request.snapshot_id, digest, request.replace.has_value());
  }
}

void RestoreJournal::begin(const std::string& snapshot_id, const std::string& plan, bool replace) {
  const auto failure = session_.run(
      SqlFrom::catalogue,
      std::string(replace ? "DROP SCHEMA IF EXISTS lifeboat_restore CASCADE;" : "") +
          "CREATE SCHEMA lifeboat_restore;"
          "CREATE TABLE lifeboat_restore.progress (snapshot_id text, started_at timestamptz, "
          "state text, plan text, emptied boolean);"
          "CREATE TABLE lifeboat_restore.done (step bigint PRIMARY KEY, rows bigint);"
          "CREATE TABLE lifeboat_restore.not_restored (step bigint, kind text, item bigint, "
          "object text, reason text, sqlstate text);"
          "INSERT INTO lifeboat_restore.progress VALUES (" +
          quote_literal(snapshot_id) + ", pg_catalog.now(), 'begun', " + quote_literal(plan) +
          ", false)");
  if (!failure) return;
  if (failure->sqlstate == "42P06" || failure->sqlstate == "23505") {
    throw Error(ErrorKind::busy, "another restore has just begun in this database");
  }
  throw Error(ErrorKind::denied, "create schema lifeboat_restore: " + failure->message,
              "the role must be allowed to create schemas in the target: let it own the database");
}

void RestoreJournal::read(const std::string& plan) {
  pq::Connection& connection = session_.connection(SqlFrom::catalogue);
  try {
    const pq::Rows begun = connection.query("SELECT plan, emptied FROM lifeboat_restore.progress");
    if (begun.size() != 1 || begun.text(0, 0) != plan) {
      throw Error(
          ErrorKind::refused,
          "the unfinished restore in the target was begun with other options, or by another "
          "version of lifeboat",
          kStartAnew);
    }
    emptied_ = begun.boolean(0, 1);
    const pq::Rows done = connection.query("SELECT step, rows FROM lifeboat_restore.done");
    for (std::size_t i = 0; i < done.size(); ++i) {
      done_[static_cast<std::size_t>(done.integer(i, 0))] =
          static_cast<std::uint64_t>(done.integer(i, 1));
    }
    const pq::Rows notes = connection.query(
        "SELECT kind, item, object, reason, sqlstate FROM lifeboat_restore.not_restored"
        " ORDER BY step");
    for (std::size_t i = 0; i < notes.size(); ++i) {
      notes_.push_back({notes.text(i, 0), static_cast<std::size_t>(notes.integer(i, 1)),
                        notes.text(i, 2), notes.text(i, 3), notes.text(i, 4)});
    }
  } catch (Error& error) {
    error.add_context("read lifeboat_restore in the target");
    error.add_hint(kStartAnew);
    throw;
  }
}

std::string RestoreJournal::done_sql(std::size_t step, std::uint64_t rows,
                                     const std::vector<OutcomeNote>& notes) {
  const std::string number = std::to_string(step);
  std::string sql =
      "INSERT INTO lifeboat_restore.done VALUES (" + number + ", " + std::to_string(rows) + ")";
  for (const OutcomeNote& note : notes) {
    sql += ";INSERT INTO lifeboat_restore.not_restored VALUES (" + number + ", " +
           quote_literal(note.kind) + ", " + std::to_string(note.item) + ", " +
           quote_literal(note.object) + ", " + quote_literal(note.reason) + ", " +
           quote_literal(note.sqlstate) + ")";
  }
  return sql;
}

void RestoreJournal::note_emptied() {
  session_.connection(SqlFrom::catalogue)
      .execute("UPDATE lifeboat_restore.progress SET emptied = true");
  emptied_ = true;
}

void RestoreJournal::note(Phase phase) {
  static_cast<void>(
      session_.run(SqlFrom::catalogue, "UPDATE lifeboat_restore.progress SET state = " +
                                           quote_literal(std::string(name_of(phase)))));
}

/// The restored event triggers must not see it; only a superuser can hide it from them, and only a
/// superuser can have restored any.
void RestoreJournal::remove() {
  static_cast<void>(session_.run(SqlFrom::catalogue, "SET session_replication_role = replica"));
  const std::string backend = session_.connection(SqlFrom::catalogue)
                                  .query("SELECT pg_catalog.pg_backend_pid()")
                                  .text(0, 0);
  try {
    const auto failure = session_.run(SqlFrom::catalogue,
                                      "SET synchronous_commit = on;"
                                      "DROP SCHEMA lifeboat_restore CASCADE");
    if (failure) {
      throw Error(ErrorKind::internal, "drop schema lifeboat_restore: " + failure->message);
    }
  } catch (Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    if (was_removed_by(backend, error)) return;
    throw;
  }
}

/// The server's answer was lost: it may have done its work all the same, and until its session has
/// ended it may still do it.
bool RestoreJournal::was_removed_by(const std::string& backend, Error& lost) {
  try {
    session_.reconnect();
    pq::Connection& connection = session_.connection(SqlFrom::catalogue);
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      const bool ended = connection
                             .query(
                                 "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity"
                                 " WHERE pid = $1::int)",
                                 {backend})
                             .boolean(0, 0);
      if (ended) {
        return connection.query("SELECT pg_catalog.to_regnamespace('lifeboat_restore') IS NULL")
            .boolean(0, 0);
      }
      std::this_thread::sleep_for(kPause);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
  }
  lost.add_kept(
      "everything was restored; whether schema lifeboat_restore still marks it is unknown");
  lost.add_hint(
      "look whether schema lifeboat_restore is there: if not, the target is whole; else run the "
      "same command again");
  return false;
}

}  // namespace lifeboat::postgres
