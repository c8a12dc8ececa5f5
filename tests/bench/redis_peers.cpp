// redis_peers WHAT SOCKET [ARGUMENT]...: what `scripts/bench redis` measures lifeboat with. Prints
// JSON.
//
//   fill SOCKET KEYS            mixed keys: of ten 6 strings, 2 hashes, a list, a sorted set
//   bare SOCKET DEPTH [expiry]  SCAN and DUMP (and PEXPIRETIME) in a pipeline, and nothing else
//   capture SOCKET DEPTH PATH   lifeboat's capture, by tracking or replication, into nowhere
//   commands SOCKET FILE        a RESTORE command for each key, for redis-cli --pipe
//   latency SOCKET              a client that reads a key a thousand times a second until stdin
//   ends
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "redis/capture.h"

namespace {

using std::chrono::steady_clock;
using Words = std::vector<std::string_view>;

/// A blocking connection with as little between as can be: it sends text and steps over replies.
class Bare {
 public:
  explicit Bare(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Bare() { close(socket_); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void add(const Words& words) { append(out_, words); }
  void send() {
    for (std::size_t at = 0; at < out_.size();) {
      const ssize_t count = ::send(socket_, out_.data() + at, out_.size() - at, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("lost");
      at += static_cast<std::size_t>(count);
    }
    out_.clear();
  }
  /// A line without its mark; `mark` is set.
  std::string_view line(char& mark) {
    while (true) {
      const std::size_t end = in_.find("\r\n", at_);
      if (end != std::string::npos) {
        const std::string_view text = std::string_view(in_).substr(at_, end - at_);
        at_ = end + 2;
        mark = text.front();
        if (mark == '-') throw std::runtime_error(std::string(text));
        return text.substr(1);
      }
      read_more();
    }
  }
  /// The bytes of a bulk reply, or the text of a simple one; nil is empty. Dies with the next call.
  std::string_view text() {
    char mark = 0;
    const std::string_view head = line(mark);
    if (mark != '$') return head;
    const long length = number(head);
    if (length < 0) return {};
    const auto bytes = static_cast<std::size_t>(length);
    while (in_.size() - at_ < bytes + 2) read_more();
    const std::string_view all = std::string_view(in_).substr(at_, bytes);
    at_ += bytes + 2;
    return all;
  }
  long count() {
    char mark = 0;
    return number(line(mark));
  }

  static void append(std::string& to, const Words& words) {
    to += '*' + std::to_string(words.size()) + "\r\n";
    for (const std::string_view word : words) {
      to += '$' + std::to_string(word.size()) + "\r\n";
      to.append(word).append("\r\n");
    }
  }
  static long number(std::string_view text) {
    long value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

 private:
  void read_more() {
    if (at_ > 0) in_.erase(0, std::exchange(at_, 0));
    const std::size_t before = in_.size();
    in_.resize(before + 256 * 1024);
    const ssize_t count = recv(socket_, in_.data() + before, 256 * 1024, 0);
    if (count <= 0) throw std::runtime_error("lost");
    in_.resize(before + static_cast<std::size_t>(count));
  }

  int socket_;
  std::string out_;
  std::string in_;
  std::size_t at_ = 0;
};

struct Scanned {
  std::uint64_t keys = 0;
  std::uint64_t bytes = 0;
};

/// Every key by SCAN, then all DUMPs of a batch at once; `take` gets key, payload and expiry.
template <typename Take>
Scanned scan(Bare& server, const std::string& depth, bool with_expiry, const Take& take) {
  Scanned scanned;
  std::string cursor = "0";
  do {
    server.add({"SCAN", cursor, "COUNT", depth});
    server.send();
    static_cast<void>(server.count());
    cursor = server.text();
    std::vector<std::string> keys(static_cast<std::size_t>(server.count()));
    for (std::string& key : keys) key = server.text();
    for (const std::string& key : keys) {
      server.add({"DUMP", key});
      if (with_expiry) server.add({"PEXPIRETIME", key});
    }
    server.send();
    for (const std::string& key : keys) {
      const std::string_view payload = server.text();
      ++scanned.keys;
      scanned.bytes += payload.size();
      take(key, payload);
      if (with_expiry) take({}, server.text());
    }
  } while (cursor != "0");
  return scanned;
}

class Nowhere final : public lifeboat::redis::RecordSink {
 public:
  void record(lifeboat::ByteView record) override { bytes += record.size(); }
  void end_range() override {}
  void discard() override {}
  std::uint64_t bytes = 0;
};

long peak_kib() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss;
}

void fill(Bare& server, long keys) {
  const auto number = [](long n, std::size_t width) {
    std::string text = std::to_string(n * 2'654'435'761L % 1'000'000'007L);
    return text + std::string(width > text.size() ? width - text.size() : 0, 'v');
  };
  long due = 0;
  const auto flush = [&] {
    server.send();
    while (due > 0) static_cast<void>(server.text()), --due;
  };
  const auto add = [&](const std::vector<std::string>& words) {
    server.add(Words(words.begin(), words.end()));
    if (++due == 1000) flush();
  };
  for (long i = 0; i < keys; ++i) {
    const long kind = i % 10;
    const std::string key = (kind < 6    ? "string:"
                             : kind < 8  ? "hash:"
                             : kind == 8 ? "list:"
                                         : "zset:") +
                            std::to_string(i);
    if (kind < 6) {
      add({"SET", key, number(i, 100)});
    } else {
      std::vector<std::string> words = {kind < 8 ? "HSET" : kind == 8 ? "RPUSH" : "ZADD", key};
      for (long n = 0; n < (kind < 8 ? 8 : 10); ++n) {
        if (kind < 8) words.push_back("field" + std::to_string(n));
        if (kind == 9) words.push_back(std::to_string(n));
        words.push_back(number(i + n, 10));
      }
      add(words);
    }
    if (i % 11 == 0) add({"PEXPIREAT", key, std::to_string(4'000'000'000'000 + i)});
  }
  flush();
}

int bare(const std::string& socket, const std::string& depth, bool with_expiry) {
  Bare server(socket);
  const auto begun = steady_clock::now();
  const Scanned scanned =
      scan(server, depth, with_expiry, [](std::string_view, std::string_view) {});
  const std::chrono::duration<double> took = steady_clock::now() - begun;
  std::printf("{\"seconds\": %.4f, \"keys\": %lu, \"bytes\": %lu}\n", took.count(), scanned.keys,
              scanned.bytes);
  return 0;
}

int capture(const std::string& socket, const std::string& depth, const std::string& path) {
  lifeboat::redis::CaptureRequest request;
  request.url = lifeboat::Secret("unix://" + socket);
  request.depth = static_cast<std::size_t>(Bare::number(depth));
  request.path = path == "replication" ? lifeboat::redis::PathChoice::replication
                                       : lifeboat::redis::PathChoice::tracking;
  Nowhere sink;
  lifeboat::SilentObserver observer;
  const auto begun = steady_clock::now();
  const lifeboat::redis::Capture capture = lifeboat::redis::capture(request, sink, observer, {});
  const std::chrono::duration<double> took = steady_clock::now() - begun;
  std::printf(
      "{\"seconds\": %.4f, \"keys\": %lu, \"bytes\": %lu, \"exact\": %s, \"peak_kib\": %ld}\n",
      took.count(), capture.keys(), sink.bytes, capture.exact ? "true" : "false", peak_kib());
  return 0;
}

int commands(const std::string& socket, const std::string& path) {
  Bare server(socket);
  std::ofstream file(path, std::ios::binary);
  std::string key;
  std::string payload;
  const Scanned scanned =
      scan(server, "1000", true, [&](std::string_view its_key, std::string_view value) {
        if (!its_key.empty()) {
          key = its_key;
          payload = value;
          return;
        }
        std::string command;
        Bare::append(command,
                     {"RESTORE", key, value == "-1" ? "0" : value, payload, "REPLACE", "ABSTTL"});
        file << command;
      });
  std::printf("{\"keys\": %lu}\n", scanned.keys);
  return file.flush() ? 0 : 1;
}

/// Milliseconds of each read, from its sending to its answer.
int latency(const std::string& socket) {
  Bare server(socket);
  std::vector<double> times;
  pollfd end{STDIN_FILENO, POLLIN, 0};
  while (poll(&end, 1, 1) == 0) {
    const auto begun = steady_clock::now();
    server.add({"GET", "string:0"});
    server.send();
    static_cast<void>(server.text());
    times.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begun).count());
  }
  std::ranges::sort(times);
  if (times.empty()) return 1;
  std::printf("{\"reads\": %zu, \"median_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
              times.size(), times[times.size() / 2], times[times.size() * 99 / 100], times.back());
  return 0;
}

int run(const std::vector<std::string>& words) {
  const std::string& what = words.at(1);
  const std::string& socket = words.at(2);
  if (what == "bare") return bare(socket, words.at(3), words.size() > 4);
  if (what == "capture") return capture(socket, words.at(3), words.at(4));
  if (what == "commands") return commands(socket, words.at(3));
  if (what == "latency") return latency(socket);
  if (what != "fill") throw std::runtime_error("unknown: " + what);
  Bare server(socket);
  fill(server, Bare::number(words.at(3)));
  std::printf("{}\n");
  return 0;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run({words, words + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "redis_peers: %s\n", error.what());
    return 2;
  }
}
