#ifndef LIFEBOAT_PQ_CONNECTION_H_
#define LIFEBOAT_PQ_CONNECTION_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/secret.h"

namespace lifeboat::pq {

/// Rows of a query, as text. A value; independent of the connection.
class Rows {
 public:
  struct Impl;
  explicit Rows(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
  /// "" for NULL.
  [[nodiscard]] std::string text(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool boolean(std::size_t row, std::size_t column) const;

 private:
  std::shared_ptr<const Impl> impl_;  // owned by every copy of this value alone
};

/// The server's own report of a failed statement.
struct ServerError {
  std::string sqlstate;  ///< "57P01"; empty if the connection broke
  std::string message;
  std::string detail;
};

/// One session with a Postgres server. Not thread-safe; a stop request may come from any thread.
///
/// Errors are lifeboat::Error whose message holds the server's words and SQLSTATE, never the URL or
/// a password. Kinds: unavailable (08*, 40*, 53*, 57*, connection lost), denied (28*, 42501),
/// not_found (3D000), busy (55P03), cancelled (57014 after a stop), internal for the rest.
/// Waits in poll(2), and gives up within 2 s of `stop`: cancels the statement, closes the session
/// and throws cancelled.
class Connection {
 public:
  /// Connects with keepalives and application_name=lifeboat. TLS as the URL says (libpq).
  Connection(const Secret& url, std::stop_token stop);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Runs one or more statements, drops their results.
  void execute(std::string_view sql);
  /// One statement with text parameters.
  [[nodiscard]] Rows query(std::string_view sql, const std::vector<std::string>& parameters = {});
  /// Like execute(), but a server-side failure is a value. Throws only if the session is lost.
  [[nodiscard]] std::optional<ServerError> try_execute(std::string_view sql);

  /// COPY ... TO STDOUT: each line (with its line end) to `on_line`; returns the number of lines.
  template <typename OnLine>
  std::uint64_t copy_out(std::string_view sql, OnLine&& on_line) {
    begin_copy_out(sql);
    std::uint64_t lines = 0;
    while (const std::optional<ByteView> line = next_copy_line()) {
      on_line(*line);
      ++lines;
    }
    return lines;
  }
  void begin_copy_out(std::string_view sql);
  /// A line, valid until the next call; nothing at the end (then the statement has succeeded).
  [[nodiscard]] std::optional<ByteView> next_copy_line();

  /// COPY ... FROM STDIN. Bytes may be cut anywhere. end_copy_in() returns the server's row count.
  void begin_copy_in(std::string_view sql);
  void put_copy(ByteView bytes);
  std::uint64_t end_copy_in();
  /// Makes the server undo the COPY; does not throw.
  void abandon_copy_in() noexcept;

  /// A parameter the server reports: server_version, server_encoding, ...
  [[nodiscard]] std::string parameter(const std::string& name) const;
  [[nodiscard]] int server_version() const;  ///< 150020
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::string port() const;
  [[nodiscard]] std::string database() const;
  [[nodiscard]] std::string user() const;
  [[nodiscard]] bool alive() const;
  /// What the server said of the last COPY that failed, where its words in the exception are too
  /// few to go on by. Empty before.
  [[nodiscard]] const ServerError& copy_failure() const;

 private:
  struct State;  // keeps <libpq-fe.h> out of this header
  std::unique_ptr<State> state_;
};

/// PG* variables that make pg_dump or pg_restore connect as this URL does: secrets travel by
/// environment, never by argv. Throws Error(usage) on a URL libpq cannot parse.
[[nodiscard]] std::map<std::string, std::string> environment_of(const Secret& url);

/// The URL without its password, for people: postgres://shop@db.example:5432/shop.
[[nodiscard]] std::string masked(const Secret& url);

}  // namespace lifeboat::pq

#endif  // LIFEBOAT_PQ_CONNECTION_H_
