#include "redis/change_watch.h"

#include "base/error.h"

namespace lifeboat::redis {
namespace {

/// What a name costs in the set, beside its own bytes.
constexpr std::size_t kNodeBytes = 64;

}  // namespace

ChangeWatch::ChangeWatch(const resp::Url& url, std::stop_token stop, std::size_t limit_bytes,
                         std::chrono::milliseconds keep_alive)
    : connection_(std::in_place, url, std::move(stop)),
      limit_bytes_(limit_bytes),
      keep_alive_(keep_alive) {
  static_cast<void>(connection_->require({"HELLO", "3"}));
  static_cast<void>(connection_->require({"CLIENT", "TRACKING", "ON", "BCAST"}));
}

void ChangeWatch::become_deaf(std::string why) {
  deaf_ = std::move(why);
  connection_.reset();
}

void ChangeWatch::note(const resp::Value& push) {
  if (push.items.size() != 2 || push.items[0].text != "invalidate") return;
  if (push.items[1].is_nil()) flushed_ = true;
  for (const resp::Value& key : push.items[1].items) {
    if (changed_.insert(key.text).second) held_bytes_ += key.text.size() + kNodeBytes;
  }
}

void ChangeWatch::sort_pushes() {
  for (const resp::Value& push : connection_->pushes()) note(push);
  connection_->pushes().clear();
  if (held_bytes_ > limit_bytes_) become_deaf("more keys changed than can be remembered");
}

void ChangeWatch::collect() {
  if (!connection_) return;
  if (std::chrono::steady_clock::now() - spoke_ > keep_alive_) return barrier();
  try {
    connection_->read_what_is_there();
    sort_pushes();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    become_deaf("the connection that heard of changes was lost");
  }
}

void ChangeWatch::barrier() {
  if (!connection_) return;
  spoke_ = std::chrono::steady_clock::now();
  try {
    for (int turn = 0; turn < 2; ++turn) static_cast<void>(connection_->require({"PING"}));
    sort_pushes();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    become_deaf("the connection that heard of changes was lost");
  }
}

std::vector<std::string> ChangeWatch::take_changed() {
  std::vector<std::string> keys(changed_.begin(), changed_.end());
  changed_.clear();
  held_bytes_ = 0;
  return keys;
}

}  // namespace lifeboat::redis
