#include "memcached/connection.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "memcached/stats.h"
#include "resp/transport.h"

namespace lifeboat::memcached {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Three times, which is 27 bytes: a server that knows the binary protocol alone waits for the 24
/// bytes of a header before it sees that this is none, and hangs up.
constexpr std::string_view kWhoAreYou = "version\r\nversion\r\nversion\r\n";
constexpr int kTimesAsked = 3;

constexpr std::size_t kBinaryHeader = 24;
constexpr char kBinaryRequest = '\x80';
constexpr char kBinaryAnswer = '\x81';
constexpr char kBinaryVersion = '\x0b';
constexpr std::size_t kLongestVersion = 256;
constexpr std::size_t kMostTaken = 64U << 10U;

resp::Address reachable(const Address& address) {
  resp::Address place;
  place.host = address.host;
  place.port = address.port;
  place.socket_path = address.socket_path;
  return place;
}

}  // namespace

struct Connection::State {
  State(Address where, const std::stop_token& stop, Timeouts limits)
      : address(std::move(where)),
        timeouts(limits),
        transport(resp::connect(reachable(address), {}, stop, limits.connect)),
        deadline(steady_clock::now() + limits.answer) {}

  void send(std::string_view bytes);
  /// Waits until more bytes have come; false if `until` has passed.
  bool receive_more(steady_clock::time_point until);
  std::optional<std::string> line_until(steady_clock::time_point until);
  std::string line();
  std::string take(std::size_t bytes);

  void log_in();
  void meet();
  void meet_binary();
  [[nodiscard]] bool may_be_binary(const Error& error) const;

  Address address;
  Timeouts timeouts;
  std::unique_ptr<resp::Transport> transport;
  steady_clock::time_point deadline;
  Protocol protocol = Protocol::text;
  std::string version;
  bool refuses_text = false;  ///< it answers the text protocol's first question with an error
  std::string unread;
  std::size_t at = 0;  ///< what stands before it was used
  std::array<std::uint8_t, 16 * 1024> buffer{};
};

void Connection::State::send(std::string_view bytes) {
  deadline = steady_clock::now() + timeouts.answer;
  // No command of ours is longer than what a socket takes at once, but a socket may be full.
  while (!bytes.empty()) {
    const std::size_t count = transport->write_some(as_bytes(bytes));
    bytes.remove_prefix(count);
    if (count == 0 && !transport->wait(POLLOUT, deadline)) {
      throw Error(ErrorKind::unavailable, "the server takes nothing");
    }
  }
}

bool Connection::State::receive_more(steady_clock::time_point until) {
  unread.erase(0, at);
  at = 0;
  while (true) {
    const std::size_t count = transport->read_some(buffer);
    if (count > 0) {
      unread.append(as_text(ByteView(buffer).first(count)));
      return true;
    }
    if (!transport->wait(POLLIN, until)) return false;
  }
}

std::optional<std::string> Connection::State::line_until(steady_clock::time_point until) {
  std::size_t looked_at = 0;  // of what is not yet a line
  while (true) {
    const std::size_t end = unread.find('\n', at + looked_at);
    if (end != std::string::npos && end - at <= kLongestLine) {
      std::string line = unread.substr(at, end - at);
      at = end + 1;
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    if (unread.size() - at > kLongestLine) {
      throw Error(ErrorKind::corrupt,
                  "the answer is not the Memcached protocol: a line without end",
                  "check that the URL leads to a Memcached");
    }
    looked_at = unread.size() - at;
    if (!receive_more(until)) return std::nullopt;
  }
}

std::string Connection::State::line() {
  if (auto line = line_until(deadline)) return *line;
  throw Error(ErrorKind::unavailable, "no answer in time",
              "check that the URL leads to a Memcached, without TLS");
}

std::string Connection::State::take(std::size_t bytes) {
  if (bytes > kMostTaken) throw Error(ErrorKind::internal, "too many bytes asked for at once");
  while (unread.size() - at < bytes) {
    if (!receive_more(deadline)) throw Error(ErrorKind::unavailable, "no answer in time");
  }
  std::string taken = unread.substr(at, bytes);
  at += bytes;
  return taken;
}

void Connection::State::log_in() {
  if (address.password.empty()) return;
  // The text protocol's way: the first command is a set whose value is who we are.
  const std::string who = address.user + " " + address.password.reveal();
  send("set lifeboat 0 0 " + std::to_string(who.size()) + "\r\n" + who + "\r\n");
  if (line() == "STORED") return;
  throw Error(ErrorKind::denied, "the server refuses the login",
              "check user and password in the Memcached URL");
}

void Connection::State::meet() {
  send(kWhoAreYou);
  for (int i = 0; i < kTimesAsked; ++i) {
    const std::string answer = line();
    if (answer == "CLIENT_ERROR unauthenticated") {
      throw Error(ErrorKind::denied, "the server wants a login",
                  "put it into the URL: memcached://USER:PASSWORD@HOST:11211");
    }
    if (answer.starts_with("ERROR Too many open connections")) {
      throw Error(ErrorKind::busy, "the server has no connection left", "try again later");
    }
    refuses_text = is_refusal(answer);
    if (!answer.starts_with("VERSION ")) {
      throw Error(ErrorKind::corrupt, "the answer is not the Memcached protocol",
                  "check that the URL leads to a Memcached");
    }
    version = answer.substr(8, kLongestVersion);
  }
}

/// Hung up without a word, or refused the first question: the binary protocol may be what it wants.
bool Connection::State::may_be_binary(const Error& error) const {
  const bool silent = error.kind() == ErrorKind::unavailable && unread.empty() && version.empty();
  return silent || refuses_text;
}

void Connection::State::meet_binary() {
  protocol = Protocol::binary;
  std::string request(kBinaryHeader, '\0');
  request[0] = kBinaryRequest;
  request[1] = kBinaryVersion;
  send(request);
  const std::string head = take(kBinaryHeader);
  if (head[0] != kBinaryAnswer || head[1] != kBinaryVersion) {
    throw Error(ErrorKind::corrupt, "the answer is not the Memcached protocol",
                "check that the URL leads to a Memcached");
  }
  // The length is a u32 at 8, the status a u16 at 6: a version is short, and anything else is kept
  // to itself.
  const bool good = head.compare(6, 5, std::string(5, '\0')) == 0;
  if (good) version = take(static_cast<std::uint8_t>(head[11]));
}

Connection::Connection(Address address, std::stop_token stop, Timeouts timeouts) {
  const std::string name = address.text();
  with_context(name, [&] {
    state_ = std::make_unique<State>(address, stop, timeouts);
    try {
      state_->log_in();
      state_->meet();
    } catch (const Error& error) {
      if (!state_->may_be_binary(error)) throw;
      const Error of_text = error;
      const bool refused = state_->refuses_text;
      state_ = std::make_unique<State>(address, stop, timeouts);
      try {
        state_->meet_binary();
      } catch (const Error& of_binary) {
        if (refused && of_binary.kind() != ErrorKind::cancelled) throw of_text;
        throw;
      }
    }
  });
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

const Address& Connection::address() const noexcept { return state_->address; }
Protocol Connection::protocol() const noexcept { return state_->protocol; }
const std::string& Connection::version() const noexcept { return state_->version; }

void Connection::send(std::string_view bytes) {
  if (state_->protocol != Protocol::text) {
    throw Error(ErrorKind::internal, "a text command for a server of the binary protocol");
  }
  with_context(state_->address.text(), [&] { state_->send(bytes); });
}

std::string Connection::line() {
  return with_context(state_->address.text(), [&] { return state_->line(); });
}

std::optional<std::string> Connection::line_within(milliseconds silence) {
  const auto until = std::min(steady_clock::now() + silence, state_->deadline);
  return with_context(state_->address.text(), [&] { return state_->line_until(until); });
}

std::string Connection::take(std::size_t bytes) {
  return with_context(state_->address.text(), [&] { return state_->take(bytes); });
}

std::string Connection::ask(std::string_view command) {
  send(std::string(command) + "\r\n");
  return line();
}

void Connection::allow(milliseconds for_the_answer) {
  state_->deadline = steady_clock::now() + for_the_answer;
}

}  // namespace lifeboat::memcached
