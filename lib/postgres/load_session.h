#ifndef LIFEBOAT_POSTGRES_LOAD_SESSION_H_
#define LIFEBOAT_POSTGRES_LOAD_SESSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/secret.h"
#include "postgres/archive.h"
#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// What every session of one restore has in common.
struct LoadSettings {
  std::string archive_encoding_sql;  ///< how the archive's statements are encoded
  std::string rows_encoding_sql;     ///< how the catalogue's names and the rows are
  std::string strings_sql;           ///< standard_conforming_strings of the archive
  std::string lc_monetary;           ///< of the source; money is read by it
  int jobs = 1;
  bool tuned_scratch = false;
};
[[nodiscard]] LoadSettings settings_of(const Archive& archive, const Catalogue& catalogue, int jobs,
                                       bool tuned_scratch);

/// Whose text a statement is: the two may be encoded differently.
enum class SqlFrom { archive, catalogue };

/// One connection to the target, set up as pg_restore and a capture set theirs up: search_path =
/// '', row_security off, no time-outs, the captured formats, commits that do not wait for the disk.
/// Not thread-safe.
class LoadSession {
 public:
  LoadSession(const Secret& url, LoadSettings settings, std::stop_token stop);

  /// Runs statements; a failure of the statements is a value. A deadlock is tried once more.
  /// Throws Error where going on makes no sense: the session is lost, the server has no space or
  /// memory left or shuts down (unavailable), cancelled.
  [[nodiscard]] std::optional<pq::ServerError> run(SqlFrom from, const std::string& sql);
  /// The same with another search_path, which is put back to '' afterwards.
  [[nodiscard]] std::optional<pq::ServerError> run_under_path(SqlFrom from, const std::string& path,
                                                              const std::string& sql);
  /// search_path = `path` for a while; "" is the usual state.
  void set_path(const std::string& path);

  /// The connection, ready for text of this origin.
  [[nodiscard]] pq::Connection& connection(SqlFrom from);
  /// What follows is one transaction, up to end_step(): a statement that fails takes back itself
  /// alone. Without statements between, none is begun.
  void begin_step();
  /// Runs `sql` in that transaction, if not empty, and commits it.
  void end_step(const std::string& sql);
  /// For the entry that is created next; a name the target does not know falls back to its default.
  void use_storage(const ArchiveEntry& entry);
  /// Before an index is built: how many workers of the server's own it may take, and how much it
  /// sorts (0 = it is built otherwise).
  void prepare_build(int parallel_workers, std::uint64_t sort_bytes);
  /// A fresh connection in place of one that a failed COPY left in an unknown state. Where the
  /// server has no place for another, waits up to 10 s for that of the old one.
  void reconnect();

 private:
  enum class StepState { none, pending, open };  ///< pending: BEGIN has not been sent
  void set_up();
  [[nodiscard]] pq::Connection connect_in_its_place() const;
  void use_encoding(SqlFrom from);
  std::optional<pq::ServerError> try_alone(const std::string& sql);
  void set_if_changed(const std::string& name, const std::string& value);
  std::optional<std::string> set(const std::string& name, const std::string& value);

  Secret url_;
  LoadSettings settings_;
  std::stop_token stop_;
  std::optional<pq::Connection> connection_;  ///< empty while it is replaced only
  std::optional<SqlFrom> encoding_;
  StepState step_ = StepState::none;
  std::string tablespace_;
  std::string access_method_;
  std::uint64_t memory_bytes_ = 0;  ///< that this session may use for maintenance
  std::map<std::string, std::string> settings_now_;
};

/// Whether a failure with this SQLSTATE means that the restore cannot go on, rather than that one
/// object is wrong: connection, resources, operator's intervention, input and output of the server.
[[nodiscard]] bool ends_the_restore(const std::string& sqlstate);
/// The SQLSTATE at the end of an Error's message, or empty.
[[nodiscard]] std::string sqlstate_of(const Error& error);
/// Whether the source's search_path may help: a function, table or type was not found by name.
[[nodiscard]] bool may_need_search_path(const std::string& sqlstate);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_SESSION_H_
