#include "memcached/flush.h"

#include <charconv>

#include "base/error.h"
#include "memcached/key_counts.h"
#include "memcached/stats.h"
#include "seal/sodium.h"

namespace lifeboat::memcached {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kFlushByHand =
    "empty it by its provider's own means: its page of settings, a restart, or a new instance";
/// Our key goes by itself if we cannot take it away.
constexpr int kLifetime = 60;
constexpr milliseconds kLook{100};

/// One server, and a key that nobody else uses.
class Flusher {
 public:
  Flusher(const Address& server, const std::stop_token& stop, Timeouts timeouts, FlushLimits limits)
      : connection_(server, stop, timeouts),
        limits_(limits),
        key_("lifeboat:flush:" + to_hex(seal::random_array<8>())) {}

  Flushed run(std::uint64_t items_before) {
    Flushed flushed{connection_.address().text(), connection_.version(), items_before, {}};
    empty();
    round_trip();
    static_cast<void>(connection_.ask("delete " + key_));
    flushed.keys_after = keys_left();
    return flushed;
  }

 private:
  [[noreturn]] void fail(ErrorKind kind, const std::string& why, const std::string& hint) const {
    throw Error(kind, connection_.address().text() + ": " + why, hint);
  }

  /// False if the server is full and drops nothing.
  bool store(const std::string& value, int lifetime) {
    const std::string answer = connection_.ask("set " + key_ + " 0 " + std::to_string(lifetime) +
                                               " " + std::to_string(value.size()) + "\r\n" + value);
    if (answer == "STORED") return true;
    if (answer.starts_with("SERVER_ERROR out of memory")) return false;
    fail(ErrorKind::refused, "it stores nothing: " + shown_refusal(answer),
         "look at its memory and its rights");
  }

  /// What the server has under our key.
  std::optional<std::string> fetch() {
    const std::string head = connection_.ask("get " + key_);
    if (head == "END") return std::nullopt;
    std::size_t size = 0;
    const std::size_t last = head.rfind(' ');
    if (!head.starts_with("VALUE " + key_ + " ") ||
        std::from_chars(head.data() + last + 1, head.data() + head.size(), size).ec !=
            std::errc() ||
        size > 64) {
      fail(ErrorKind::corrupt, "it answers a get with something else", "");
    }
    std::string value = connection_.take(size + 2).substr(0, size);
    if (connection_.line() != "END") fail(ErrorKind::corrupt, "it does not end its answer", "");
    return value;
  }

  /// Time passes while the server has nothing to say.
  void pause() {
    if (connection_.line_within(kLook)) fail(ErrorKind::corrupt, "it speaks unasked", "");
  }

  /// A server without CAS spares what was stored in the second of the flush: then once more. What
  /// is older than our key is gone when that is.
  void empty() {
    if (store("here", kLifetime) && fetch() != "here") {
      fail(ErrorKind::corrupt, "it does not give back what it has stored", "");
    }
    const auto deadline = steady_clock::now() + limits_.patience;
    while (true) {
      const std::string answer = connection_.ask("flush_all");
      if (answer != "OK") {
        fail(ErrorKind::refused, "it does not empty itself: " + shown_refusal(answer),
             kFlushByHand);
      }
      if (!fetch()) return;
      if (steady_clock::now() >= deadline) {
        fail(ErrorKind::corrupt, "a key is still there after flush_all", kFlushByHand);
      }
      pause();
    }
  }

  void round_trip() {
    if (!store("again", 1))
      fail(ErrorKind::corrupt, "it is still full after flush_all", kFlushByHand);
    const auto deadline = steady_clock::now() + limits_.patience;
    // On a loaded machine its second may have passed already.
    for (auto value = fetch(); value; value = fetch()) {
      if (*value != "again") fail(ErrorKind::corrupt, "a value comes back otherwise", "");
      if (steady_clock::now() >= deadline) {
        fail(ErrorKind::corrupt, "a key does not expire", "");
      }
      pause();
    }
  }

  std::optional<std::uint64_t> keys_left() {
    const Walk walk = count_keys(connection_, 0);
    if (!walk.counts || !walk.counts->complete) return std::nullopt;
    return walk.counts->keys;
  }

  Connection connection_;
  FlushLimits limits_;
  std::string key_;
};

FlushTarget look_at(const Address& server, const std::stop_token& stop, Timeouts timeouts) {
  Connection connection(server, stop, timeouts);
  if (connection.protocol() == Protocol::binary) {
    throw Error(ErrorKind::refused,
                server.text() + " speaks the binary protocol only, as hosts with SASL do",
                kFlushByHand);
  }
  if (ask_stats(connection, "settings").text("flush_enabled") == "no") {
    throw Error(ErrorKind::refused, server.text() + " was started without flush_all",
                "restart it, or start it without --disable-flush-all");
  }
  const auto items = ask_stats(connection, "").number("curr_items");
  return {server.text(), connection.version(), items.value_or(0)};
}

}  // namespace

std::vector<FlushTarget> look_before_flush(const std::vector<Address>& servers,
                                           std::stop_token stop, Timeouts timeouts) {
  std::vector<FlushTarget> targets;
  for (const Address& server : servers) targets.push_back(look_at(server, stop, timeouts));
  return targets;
}

Flushed flush(const Address& server, std::stop_token stop, Timeouts timeouts, FlushLimits limits) {
  const std::uint64_t items = look_at(server, stop, timeouts).items;
  return Flusher(server, stop, timeouts, limits).run(items);
}

}  // namespace lifeboat::memcached
