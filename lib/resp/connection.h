#ifndef LIFEBOAT_RESP_CONNECTION_H_
#define LIFEBOAT_RESP_CONNECTION_H_

#include <chrono>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "resp/address.h"
#include "resp/parser.h"
#include "resp/value.h"

namespace lifeboat::resp {

struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  /// The longest silence while a reply is due. A server may be held up by one command for seconds.
  std::chrono::milliseconds silence{60'000};
};

/// One connection with a server, over TCP, TLS or a Unix socket, logged in and in its database.
/// Commands may be pipelined: send() any number, then receive() as often. Not thread-safe; a stop
/// request may come from any thread.
///
/// Errors hold the server's words, never the URL or a password. Kinds: usage (URL), not_found (no
/// such host, socket), unavailable (refused, lost, silent), denied (login, or by TLS the
/// wrong server), corrupt (not the protocol), cancelled (within 0.2 s of a stop). After a throw of
/// receive() the connection is dead. Memory: what was sent and not taken, and one reply; receive()
/// reads while it writes, so neither side waits for the other.
class Connection {
 public:
  using Arguments = std::initializer_list<std::string_view>;

  Connection(const Url& url, const std::stop_token& stop, Timeouts timeouts = {});
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// Puts a command into the queue; bytes leave with receive() or flush().
  void send(Arguments arguments) {
    send(std::span<const std::string_view>(arguments.begin(), arguments.size()));
  }
  void send(std::span<const std::string_view> arguments);
  /// Blocks until all that was queued is with the operating system.
  void flush();
  /// The next reply, errors of the server included. What was pushed meanwhile is in pushes().
  [[nodiscard]] Value receive();
  /// send() and receive().
  [[nodiscard]] Value ask(Arguments arguments);
  /// The same; an error of the server is thrown.
  [[nodiscard]] Value require(Arguments arguments);

  /// Sends the last command of this connection: what the server says behind it is no RESP, and
  /// comes by read_raw() alone (SYNC). No reply may be due.
  void send_last(Arguments arguments);
  /// Some of these bytes, at least one. Throws unavailable at the end of the stream, and when
  /// nothing comes for as long as a silence may last.
  [[nodiscard]] std::size_t read_raw(MutableByteView buffer);

  /// Reads what has come already, without waiting. Throws unavailable if the server has gone.
  void read_what_is_there();
  [[nodiscard]] std::deque<Value>& pushes() noexcept;
  /// Replies that are still due.
  [[nodiscard]] std::size_t due() const noexcept;
  /// Bytes queued and not yet sent.
  [[nodiscard]] std::size_t unsent_bytes() const noexcept;

  [[nodiscard]] const Address& address() const noexcept;
  /// The pin of the key by which a TLS server showed itself (base/tls_trust.h); else empty.
  [[nodiscard]] std::string server_key() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// An error of the server as an Error: NOAUTH, NOPERM, WRONGPASS denied; LOADING, BUSY, OOM and the
/// like unavailable; all others internal. `doing` is put in front.
[[nodiscard]] Error to_error(const Value& reply, const std::string& doing);

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_CONNECTION_H_
