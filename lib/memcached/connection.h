#ifndef LIFEBOAT_MEMCACHED_CONNECTION_H_
#define LIFEBOAT_MEMCACHED_CONNECTION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "memcached/address.h"

namespace lifeboat::memcached {

struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  /// From a command to the last byte of its answer, however slowly it comes.
  std::chrono::milliseconds answer{15'000};
};

/// No line of an answer is longer: the longest holds a key of 250 bytes, percent-encoded.
inline constexpr std::size_t kLongestLine = 8U << 10U;

/// Which protocol a server speaks; one that was started with SASL knows the binary one alone.
enum class Protocol { text, binary };

/// One connection with one server. Lines in, lines out; neither TLS nor UDP. Not thread-safe; a
/// stop request may come from any thread.
///
/// Memory: 64 KiB and what was sent and not taken yet, whatever the server says. Kinds of Error:
/// not_found (no such host, socket), busy (no connection left), unavailable (refused, lost, no
/// answer in time), denied (login, rights on the socket), corrupt (not the protocol), cancelled
/// (within 0.2 s of a stop). Messages name the server, never a password. After a throw it is dead.
class Connection {
 public:
  /// Connects and finds out what is spoken there. Logs in if the address has a password.
  Connection(Address address, std::stop_token stop, Timeouts timeouts = {});
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  [[nodiscard]] const Address& address() const noexcept;
  [[nodiscard]] Protocol protocol() const noexcept;
  /// As the server says it: "1.6.18".
  [[nodiscard]] const std::string& version() const noexcept;

  /// Sends bytes; the time for the answer begins. Only where the text protocol is spoken.
  void send(std::string_view bytes);
  /// The next line, without its end.
  [[nodiscard]] std::string line();
  /// The same; nothing if `silence` passes without a whole line, or the time for the answer ends.
  [[nodiscard]] std::optional<std::string> line_within(std::chrono::milliseconds silence);
  /// So many bytes, at most 64 KiB.
  [[nodiscard]] std::string take(std::size_t bytes);
  /// One line out, one line back. `command` without its line end.
  [[nodiscard]] std::string ask(std::string_view command);
  /// Gives the answer that is being read more time than others have.
  void allow(std::chrono::milliseconds for_the_answer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_CONNECTION_H_
