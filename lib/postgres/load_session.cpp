#include "postgres/load_session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "base/units.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

/// Beside the pins of a capture. Parallel plans and JIT are for REFRESH, where order means nothing.
constexpr std::string_view kSettings = R"(
SELECT pg_catalog.set_config('search_path', '', false);
SET client_min_messages = warning;
SET check_function_bodies = false;
SET synchronous_commit = off;
RESET max_parallel_workers_per_gather;
RESET jit;
)";

/// What one session may use for maintenance, in kB. A server's shared_buffers are about a quarter
/// of its memory, and the only sign of its size that every role may read: all sessions together
/// take as much again. A throwaway cluster of ours has been given what it may use already.
constexpr std::string_view kMaintenanceMemory = R"(
SELECT least(1048576, greatest(
         (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'maintenance_work_mem'),
         (SELECT setting::bigint * 8 FROM pg_catalog.pg_settings WHERE name = 'shared_buffers') / $1::bigint)))";

constexpr std::string_view kConfiguredMemory =
    "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'maintenance_work_mem'";

/// A sort that fits a processor's cache and merges its runs in one pass is faster than one that
/// fits memory: 3.3 million texts of 32 characters took 5.0 s in 32 MiB, 7.2 s in 512 MiB.
constexpr std::uint64_t kLeastSortBytes = 32 * kMiB;
constexpr std::uint64_t kRunsOfASort = 32;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kPause{20};

/// Of class 58, but no trouble of the server's: an extension or a library is not installed there.
constexpr std::string_view kNoSuchFile = "58P01";

}  // namespace

bool ends_the_restore(const std::string& sqlstate) {
  constexpr std::array kClasses = {"08", "53", "57", "58"};
  if (sqlstate == kNoSuchFile) return false;
  return sqlstate.empty() || std::any_of(kClasses.begin(), kClasses.end(), [&](const char* prefix) {
           return sqlstate.starts_with(prefix);
         });
}

std::string sqlstate_of(const Error& error) {
  const std::string& text = error.message();
  if (text.size() < 7 || text.back() != ')' || text[text.size() - 7] != '(') return {};
  return text.substr(text.size() - 6, 5);
}

bool may_need_search_path(const std::string& sqlstate) {
  return sqlstate == "42883" || sqlstate == "42P01" || sqlstate == "42704";
}

LoadSettings settings_of(const Archive& archive, const Catalogue& catalogue, int jobs,
                         bool tuned_scratch) {
  const std::string rows = catalogue.encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8";
  return {.archive_encoding_sql = archive.encoding_sql,
          .rows_encoding_sql = "SET client_encoding = '" + rows + "';",
          .strings_sql = archive.strings_sql,
          .lc_monetary = catalogue.lc_monetary,
          .jobs = std::max(1, jobs),
          .tuned_scratch = tuned_scratch};
}

LoadSession::LoadSession(const Secret& url, LoadSettings settings, std::stop_token stop)
    : url_(url),
      settings_(std::move(settings)),
      stop_(stop),
      connection_(std::in_place, url, std::move(stop)) {
  set_up();
}

void LoadSession::set_up() {
  pin_session(*connection_);
  connection_->execute(kSettings);
  if (!settings_.strings_sql.empty()) connection_->execute(settings_.strings_sql);
  if (!settings_.lc_monetary.empty()) {
    static_cast<void>(set("lc_monetary", settings_.lc_monetary));  // the target may not have it
  }
  const pq::Rows memory =
      settings_.tuned_scratch
          ? connection_->query(kConfiguredMemory)
          : connection_->query(kMaintenanceMemory, {std::to_string(settings_.jobs)});
  memory_bytes_ = static_cast<std::uint64_t>(memory.integer(0, 0)) * kKiB;
  encoding_.reset();
  tablespace_.clear();
  access_method_ = "heap";
  connection_->execute("SET default_tablespace = ''; SET default_table_access_method = heap");
  settings_now_.clear();
  prepare_build(0, 0);
}

void LoadSession::begin_step() { step_ = StepState::pending; }

void LoadSession::end_step(const std::string& sql) {
  use_encoding(SqlFrom::catalogue);
  const bool open = std::exchange(step_, StepState::none) == StepState::open;
  if (open || !sql.empty()) connection_->execute((open ? "" : "BEGIN;") + sql + ";COMMIT");
}

/// The first statement of a step has the transaction to itself; a later one gets a savepoint.
std::optional<pq::ServerError> LoadSession::try_alone(const std::string& sql) {
  if (step_ == StepState::none) return connection_->try_execute(sql);
  const bool first = step_ == StepState::pending;
  if (!first) connection_->execute("SAVEPOINT lifeboat_item");
  auto failure = connection_->try_execute((first ? "BEGIN;\n" : "") + sql);
  if (!failure) {
    step_ = StepState::open;
  } else if (connection_->alive()) {
    connection_->execute(first ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT lifeboat_item");
  }
  return failure;
}

void LoadSession::reconnect() {
  if (step_ == StepState::open) step_ = StepState::pending;
  connection_.reset();
  connection_.emplace(connect_in_its_place());
  set_up();
}

/// A server gives the place of a session free a moment after the session was closed.
pq::Connection LoadSession::connect_in_its_place() const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    try {
      return pq::Connection(url_, stop_);
    } catch (const Error& error) {
      if (!no_place_left(error) || std::chrono::steady_clock::now() > deadline) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::optional<std::string> LoadSession::set(const std::string& name, const std::string& value) {
  const std::string sql = "SET " + name + " = " + quote_literal(value);
  const auto failure = step_ == StepState::open ? try_alone(sql) : connection_->try_execute(sql);
  return failure ? std::optional(failure->message) : std::nullopt;
}

void LoadSession::use_encoding(SqlFrom from) {
  if (encoding_ == from) return;
  const bool archive = from == SqlFrom::archive && !settings_.archive_encoding_sql.empty();
  connection_->execute(archive ? settings_.archive_encoding_sql : settings_.rows_encoding_sql);
  encoding_ = from;
}

pq::Connection& LoadSession::connection(SqlFrom from) {
  use_encoding(from);
  if (step_ == StepState::pending) {
    connection_->execute("BEGIN");
    step_ = StepState::open;
  }
  return *connection_;
}

std::optional<pq::ServerError> LoadSession::run(SqlFrom from, const std::string& sql) {
  use_encoding(from);
  auto failure = try_alone(sql);
  if (failure && failure->sqlstate == "40P01") failure = try_alone(sql);
  if (failure && ends_the_restore(failure->sqlstate)) {
    throw Error(ErrorKind::unavailable, failure->message + " (" + failure->sqlstate + ")");
  }
  return failure;
}

void LoadSession::set_path(const std::string& path) {
  connection_->execute(path.empty() ? "SELECT pg_catalog.set_config('search_path', '', false)"
                                    : "SET search_path = " + path);
}

std::optional<pq::ServerError> LoadSession::run_under_path(SqlFrom from, const std::string& path,
                                                           const std::string& sql) {
  use_encoding(from);  // the path holds a name of this origin
  set_path(path);
  auto failure = run(from, sql);
  set_path("");
  return failure;
}

void LoadSession::use_storage(const ArchiveEntry& entry) {
  if (entry.tablespace != tablespace_) {
    use_encoding(SqlFrom::archive);
    const bool unknown = set("default_tablespace", entry.tablespace).has_value();
    if (unknown) connection_->execute("SET default_tablespace = ''");
    tablespace_ = entry.tablespace;
  }
  if (!entry.table_access_method.empty() && entry.table_access_method != access_method_) {
    use_encoding(SqlFrom::archive);
    const bool unknown = set("default_table_access_method", entry.table_access_method).has_value();
    if (unknown) connection_->execute("SET default_table_access_method = heap");
    access_method_ = entry.table_access_method;
  }
}

void LoadSession::prepare_build(int parallel_workers, std::uint64_t sort_bytes) {
  std::uint64_t memory = memory_bytes_;
  if (sort_bytes > 0) {
    const std::uint64_t each =
        std::clamp(sort_bytes / kRunsOfASort, std::min(kLeastSortBytes, memory), memory);
    memory = each * static_cast<std::uint64_t>(1 + parallel_workers);
  }
  set_if_changed("max_parallel_maintenance_workers", std::to_string(parallel_workers));
  set_if_changed("maintenance_work_mem", std::to_string(memory / kKiB) + "kB");
}

void LoadSession::set_if_changed(const std::string& name, const std::string& value) {
  std::string& now = settings_now_[name];
  if (now == value) return;
  static_cast<void>(set(name, value));
  now = value;
}

}  // namespace lifeboat::postgres
