#ifndef LIFEBOAT_PQ_CONNECTION_STATE_H_
#define LIFEBOAT_PQ_CONNECTION_STATE_H_

#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/deleter.h"
#include "os/unique_fd.h"
#include "pq/connection.h"

namespace lifeboat::pq {

using PgConn = std::unique_ptr<PGconn, Deleter<PQfinish>>;
using PgResult = std::unique_ptr<PGresult, Deleter<PQclear>>;

struct Rows::Impl {
  PgResult result;
};

/// The session behind a Connection: libpq in non-blocking mode, waited for with poll(2) together
/// with an eventfd that a stop request makes readable.
struct Connection::State {
  explicit State(std::stop_token stop_token);

  /// Waits until the socket allows `events`, or throws: cancelled on a stop request (the session is
  /// closed then), unavailable past the deadline.
  void wait(short events, std::optional<std::chrono::steady_clock::time_point> deadline = {});
  /// Throws cancelled, after telling the server, if a stop was requested.
  void check_stop();
  void flush();
  /// The next result, or null once the statement is over.
  PgResult next_result();
  /// Reads the rest of a statement; returns its first failure.
  std::optional<ServerError> drain();
  /// Starts a COPY that must answer with `direction`.
  void begin_copy(std::string_view sql, ExecStatusType direction);
  /// The end of a COPY either way; the server's row count.
  std::uint64_t end_copy();
  /// The statement could not even be sent, or the session broke.
  [[noreturn]] void throw_lost();
  /// The exception for a failed statement; remembers if the session was lost by it.
  [[nodiscard]] Error error(const ServerError& failure);
  [[nodiscard]] bool alive() const;

  PgConn connection;
  std::unique_ptr<char, Deleter<PQfreemem>> copy_line;
  ServerError copy_failure;
  bool lost = false;  ///< known before PQstatus() tells
  std::stop_token stop;
  os::UniqueFd wake;  // an eventfd
  std::stop_callback<std::function<void()>> on_stop;
};

/// What a failed PGresult says.
[[nodiscard]] ServerError error_of(const PGresult* result);
/// What libpq last noted of a connection.
[[nodiscard]] ServerError last_error_of(const PGconn* connection);
/// The exception for it; `stopping`: a cancelled statement is our own doing.
[[nodiscard]] Error to_error(const ServerError& failure, bool stopping, bool lost);
/// The exception for a connection that could not be made.
[[nodiscard]] Error connect_error(const PGconn* connection);

/// Keywords and values for PQconnectStartParams. Throws Error(usage).
struct ConnectionOptions {
  std::vector<std::string> keywords;
  std::vector<std::string> values;
  std::vector<std::string> environment_names;  ///< "PGHOST", or "" where libpq knows none
  [[nodiscard]] const std::string* find(std::string_view keyword) const;
};
[[nodiscard]] ConnectionOptions parse_url(const Secret& url);

}  // namespace lifeboat::pq

#endif  // LIFEBOAT_PQ_CONNECTION_STATE_H_
