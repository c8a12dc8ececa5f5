#include "resp/connection.h"

#include <poll.h>

#include <array>

#include "resp/transport.h"

namespace lifeboat::resp {
namespace {

using std::chrono::steady_clock;

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  for (const std::string_view one : codes) {
    if (code == one) return true;
  }
  return false;
}

}  // namespace

Error to_error(const Value& reply, const std::string& doing) {
  ErrorKind kind = ErrorKind::internal;
  if (is_one_of(reply.code(), {"NOAUTH", "NOPERM", "WRONGPASS", "DENIED"}))
    kind = ErrorKind::denied;
  if (is_one_of(reply.code(), {"LOADING", "BUSY", "OOM", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN",
                               "READONLY", "MISCONF", "UNBLOCKED"})) {
    kind = ErrorKind::unavailable;
  }
  const std::string said = reply.is_error() ? reply.text : "an unexpected reply";
  return Error(kind, doing.empty() ? said : doing + ": " + said);
}

namespace {

/// Said instead of the first reply, unasked; then the server closes.
void refuse_full_server(const Value& reply) {
  if (!reply.is_error() || !reply.text.starts_with("ERR max number of clients")) return;
  throw Error(ErrorKind::unavailable, "the server has no connection left: " + reply.text,
              "a capture needs two connections, and a third one for a moment; close others, or "
              "raise maxclients");
}

}  // namespace

struct Connection::State {
  State(const Url& url, const std::stop_token& stop, Timeouts limits)
      : address(parse_address(url.text)),
        timeouts(limits),
        transport(connect(address, url.trust, stop, limits.connect)) {}

  /// Sends what can be sent, reads what is there.
  bool exchange();
  [[nodiscard]] std::size_t read_some();
  /// Reads what came before the end; false if that is no reply.
  bool hear_last_words();
  void sort_replies();
  void wait();

  Address address;
  Timeouts timeouts;
  std::unique_ptr<Transport> transport;
  bool heard = false;  ///< anything of the server
  Parser parser;
  Bytes out;
  std::size_t sent = 0;
  std::deque<Value> replies;
  std::deque<Value> pushes;
  std::size_t due = 0;
  std::array<std::uint8_t, 256 * 1024> buffer{};
};

std::size_t Connection::State::read_some() {
  try {
    const std::size_t count = transport->read_some(buffer);
    heard = heard || count > 0;
    return count;
  } catch (Error& error) {
    if (!heard && !address.tls && address.socket_path.empty()) {
      error.add_hint("if the server speaks TLS on this port, its URL begins with rediss://");
    }
    throw;
  }
}

bool Connection::State::exchange() {
  bool moved = false;
  try {
    while (sent < out.size()) {
      const std::size_t count = transport->write_some(ByteView(out).subspan(sent));
      if (count == 0) break;
      sent += count;
      moved = true;
    }
  } catch (const Error&) {
    // A server that closes may have said why.
    if (!hear_last_words()) throw;
    return true;
  }
  // Whoever keeps bytes under way all the time never empties it: what was sent goes when it is the
  // greater part, so that each byte moves once or less.
  if (sent >= out.size() - sent) {
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(sent));
    sent = 0;
  }
  while (const std::size_t count = read_some()) {
    parser.feed(ByteView(buffer).first(count));
    moved = true;
    sort_replies();
    if (!replies.empty() || count < buffer.size()) break;
  }
  return moved;
}

bool Connection::State::hear_last_words() {
  out.clear();
  sent = 0;
  try {
    while (const std::size_t count = transport->read_some(buffer)) {
      parser.feed(ByteView(buffer).first(count));
      sort_replies();
    }
  } catch (const Error&) {
    // That is the end.
  }
  return !replies.empty();
}

void Connection::State::sort_replies() {
  while (std::optional<Value> value = parser.next()) {
    (value->kind == Kind::push ? pushes : replies).push_back(std::move(*value));
  }
}

void Connection::State::wait() {
  const auto events = static_cast<short>(sent < out.size() ? POLLIN | POLLOUT : POLLIN);
  if (!transport->wait(events, steady_clock::now() + timeouts.silence)) {
    throw Error(ErrorKind::unavailable, "the server has been silent for too long");
  }
}

Connection::Connection(const Url& url, const std::stop_token& stop, Timeouts timeouts)
    : state_(std::make_unique<State>(url, stop, timeouts)) {
  const Address& address = state_->address;
  if (!address.password.empty()) {
    const std::string& password = address.password.reveal();
    Value reply =
        address.user.empty() ? ask({"AUTH", password}) : ask({"AUTH", address.user, password});
    // A server without users, or one whose URLs name a user that it does not know.
    if (reply.is_error() && !address.user.empty()) reply = ask({"AUTH", password});
    if (reply.is_error()) {
      // A server without AUTH would quote what it was sent.
      const bool quotes = reply.text.find(password) != std::string::npos;
      throw Error(ErrorKind::denied, "log in: " + std::string(quotes ? reply.code() : reply.text),
                  "check user and password in the Redis URL");
    }
  }
  if (address.database != 0) {
    static_cast<void>(require({"SELECT", std::to_string(address.database)}));
  }
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::send(std::span<const std::string_view> arguments) {
  append_command(state_->out, arguments);
  ++state_->due;
}

void Connection::flush() {
  while (true) {
    const bool moved = state_->exchange();
    if (state_->out.empty()) return;
    if (!moved) state_->wait();
  }
}

Value Connection::receive() {
  if (state_->due == 0) throw Error(ErrorKind::internal, "no reply of Redis is due");
  while (state_->replies.empty()) {
    if (!state_->exchange()) state_->wait();
  }
  Value value = std::move(state_->replies.front());
  state_->replies.pop_front();
  --state_->due;
  refuse_full_server(value);
  return value;
}

Value Connection::ask(Arguments arguments) {
  send(arguments);
  return receive();
}

Value Connection::require(Arguments arguments) {
  Value reply = ask(arguments);
  if (reply.is_error()) throw to_error(reply, std::string(*arguments.begin()));
  return reply;
}

void Connection::send_last(Arguments arguments) {
  if (state_->due != 0) throw Error(ErrorKind::internal, "replies of Redis are still due");
  append_command(state_->out, std::vector<std::string_view>(arguments));
  // exchange() would read too, and take what comes for a reply.
  while (state_->sent < state_->out.size()) {
    const std::size_t count =
        state_->transport->write_some(ByteView(state_->out).subspan(state_->sent));
    state_->sent += count;
    if (count == 0) state_->wait();
  }
  state_->out.clear();
  state_->sent = 0;
}

std::size_t Connection::read_raw(MutableByteView buffer) {
  while (true) {
    const std::size_t count = state_->transport->read_some(buffer);
    if (count > 0) return count;
    state_->wait();
  }
}

void Connection::read_what_is_there() {
  while (state_->exchange()) {
  }
}

std::deque<Value>& Connection::pushes() noexcept { return state_->pushes; }
std::size_t Connection::due() const noexcept { return state_->due; }
std::size_t Connection::unsent_bytes() const noexcept { return state_->out.size() - state_->sent; }
const Address& Connection::address() const noexcept { return state_->address; }
std::string Connection::server_key() const { return state_->transport->server_key(); }

}  // namespace lifeboat::resp
