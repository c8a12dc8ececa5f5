#include "redis/replication_stream.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>

#include "base/error.h"

namespace lifeboat::redis {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::size_t kMostLine = 4096;
constexpr std::size_t kMarkBytes = 40;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::refused, "replication: " + why,
              "keys can be read by commands: capture = \"tracking\"");
}

void pause(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, std::chrono::milliseconds(250), [] { return false; });
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
}

void require(resp::Connection& connection, resp::Connection::Arguments arguments) {
  const resp::Value reply = connection.ask(arguments);
  if (reply.is_error()) refuse("the server refuses it: " + reply.text);
}

/// An answer to SYNC that is no RDB.
[[noreturn]] void throw_answer(const std::string& line) {
  if (line.starts_with("-NOMASTERLINK")) {
    throw Error(ErrorKind::unavailable,
                "replication: the server is a replica without a link to its master",
                "capture the master, or wait until the replica follows it again");
  }
  if (line.starts_with("-")) refuse("the server refuses it: " + line.substr(1));
  throw Error(ErrorKind::corrupt, "replication: the server answers SYNC with something else");
}

}  // namespace

ReplicationStream::ReplicationStream(const CaptureRequest& request, const std::stop_token& stop)
    : stop_(stop) {
  const auto deadline = steady_clock::now() + request.sync_patience.loading;
  while (!begin(request)) {
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::unavailable, "replication: the server is still loading its data",
                  "try again when it has finished");
    }
    pause(stop_);
  }
}

bool ReplicationStream::begin(const CaptureRequest& request) {
  const auto deadline = steady_clock::now() + request.sync_patience.start;
  buffer_.clear();
  at_ = 0;
  connection_.emplace(request.url, stop_);
  require(*connection_, {"REPLCONF", "capa", "eof"});
  require(*connection_, {"REPLCONF", "rdb-only", "1"});
  connection_->send_last({"SYNC"});
  const std::string line = read_line(deadline);
  if (line.starts_with("-LOADING")) return false;
  if (!line.starts_with("$")) throw_answer(line);
  constexpr std::string_view kMarked = "$EOF:";
  if (line.starts_with(kMarked)) {
    mark_ = line.substr(kMarked.size());
    if (mark_.size() != kMarkBytes) throw_answer("");
    return true;
  }
  std::uint64_t length = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, failure] = std::from_chars(line.data() + 1, end, length);
  if (failure != std::errc() || stop != end || line.size() < 2) throw_answer("");
  left_ = length;
  return true;
}

std::uint8_t ReplicationStream::read_byte() {
  if (at_ == buffer_.size()) {
    buffer_.resize(kBufferBytes);
    buffer_.resize(connection_->read_raw(buffer_));
    at_ = 0;
  }
  return buffer_[at_++];
}

/// Empty lines come while the server has nothing else to say.
std::string ReplicationStream::read_line(steady_clock::time_point deadline) {
  std::string line;
  while (true) {
    const auto one = static_cast<char>(read_byte());
    if (one == '\n' && !line.empty()) {
      if (line.back() == '\r') line.pop_back();
      return line;
    }
    if (one != '\n') line += one;
    if (line.size() > kMostLine) throw_answer("");
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::unavailable, "replication: the server did not begin in time");
    }
  }
}

std::size_t ReplicationStream::read(MutableByteView buffer) {
  if (left_) buffer = buffer.first(std::min<std::uint64_t>(buffer.size(), *left_));
  if (buffer.empty()) return 0;
  if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
  std::size_t count = 0;
  if (at_ < buffer_.size()) {
    count = std::min(buffer.size(), buffer_.size() - at_);
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
  } else {
    count = connection_->read_raw(buffer);
  }
  if (left_) *left_ -= count;
  return count;
}

void ReplicationStream::check_end(RdbStream& rdb) const {
  const bool fits = mark_.empty() ? rdb.at_end() : as_text(rdb.take(mark_.size())) == mark_;
  if (!fits) {
    throw Error(ErrorKind::corrupt, "replication: the RDB does not end where the server said");
  }
}

}  // namespace lifeboat::redis
