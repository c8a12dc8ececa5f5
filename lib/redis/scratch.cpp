#include "redis/scratch.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "base/percent_encoding.h"
#include "base/units.h"
#include "os/throwaway_owner.h"
#include "os/throwaway_server.h"
#include "redis/probe.h"
#include "resp/connection.h"

namespace lifeboat::redis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestSocketPath = 107;

std::vector<fs::path> folders() {
  std::vector<fs::path> found;
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  std::istringstream parts(path == nullptr ? "" : path);
  for (std::string part; std::getline(parts, part, ':');) {
    if (part.starts_with('/')) found.emplace_back(part);
  }
  for (const char* usual : {"/usr/bin", "/usr/local/bin", "/usr/sbin"}) found.emplace_back(usual);
  return found;
}

fs::path server_program(const std::string& engine) {
  std::vector<std::string> names = {"redis-server", "valkey-server"};
  if (engine == "valkey") std::ranges::reverse(names);
  for (const std::string& name : names) {
    for (const fs::path& folder : folders()) {
      if (access((folder / name).c_str(), X_OK) == 0) return folder / name;
    }
  }
  throw Error(ErrorKind::not_found, "neither redis-server nor valkey-server is installed here",
              "install the package redis-server or valkey-server: a Redis source is proven by "
              "restoring it into a throwaway server");
}

/// "MemAvailable:  123 kB" of /proc/meminfo; nothing where that cannot be read.
std::optional<std::uint64_t> available_memory() {
  std::ifstream file("/proc/meminfo");
  for (std::string name; file >> name;) {
    std::uint64_t kibibytes = 0;
    if (name == "MemAvailable:" && file >> kibibytes) return kibibytes * kKiB;
    std::getline(file, name);
  }
  return std::nullopt;
}

/// What the control group that we are in leaves, where it has a limit: a container's.
std::optional<std::uint64_t> group_memory() {
  std::ifstream limit_file("/sys/fs/cgroup/memory.max");
  std::ifstream used_file("/sys/fs/cgroup/memory.current");
  std::uint64_t limit = 0;
  std::uint64_t used = 0;
  if (!(limit_file >> limit) || !(used_file >> used)) return std::nullopt;  // "max" = no limit
  return limit > used ? limit - used : 0;
}

void require_memory(std::uint64_t expected_bytes) {
  const auto machine = available_memory();
  if (!machine) return;
  const std::uint64_t free = std::min(*machine, group_memory().value_or(*machine));
  if (free >= expected_bytes) return;
  throw Error(ErrorKind::unavailable,
              "a throwaway Redis needs about " + human_bytes(expected_bytes) + " of memory, and " +
                  human_bytes(free) + " are free",
              "prove this snapshot on a larger machine");
}

class LocalScratch final : public Scratch {
 public:
  LocalScratch(const fs::path& parent, const fs::path& program, std::uint32_t databases,
               const std::stop_token& stop)
      : server_(parent, kScratchPrefix), directory_(server_.make_directory("s")) {
    if (socket().string().size() > kLongestSocketPath) {
      throw Error(ErrorKind::usage,
                  "the path " + socket().string() + " is too long for a Unix socket",
                  "give a shorter directory with --scratch-dir");
    }
    url_ = Secret("unix://" + percent_encoded(socket().string()));
    server_.start(server_.command(program,
                                  {"--port",
                                   "0",
                                   "--unixsocket",
                                   socket().string(),
                                   "--unixsocketperm",
                                   "700",
                                   "--dir",
                                   directory_.string(),
                                   "--save",
                                   "",
                                   "--appendonly",
                                   "no",
                                   "--maxmemory",
                                   "0",
                                   "--maxmemory-policy",
                                   "noeviction",
                                   "--databases",
                                   std::to_string(databases),
                                   "--sanitize-dump-payload",
                                   "yes",
                                   "--daemonize",
                                   "no"},
                                  directory_),
                  SIGTERM);
    server_.wait_until([&] { return answers(stop); }, stop);
    const ServerFacts facts = probe(url_, stop);
    description_ =
        "throwaway " + std::string(facts.engine == "valkey" ? "Valkey " : "Redis ") + facts.version;
  }

  [[nodiscard]] const Secret& url() const override { return url_; }
  [[nodiscard]] std::string describe() const override { return description_; }
  void close() override { server_.close(); }

 private:
  [[nodiscard]] fs::path socket() const { return directory_ / "redis.sock"; }

  [[nodiscard]] bool answers(const std::stop_token& stop) const {
    try {
      resp::Connection connection(url_, stop);
      return !connection.ask({"PING"}).is_error();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable && error.kind() != ErrorKind::not_found) throw;
      return false;
    }
  }

  os::ThrowawayServer server_;
  fs::path directory_;
  Secret url_;
  std::string description_;
};

}  // namespace

std::unique_ptr<Scratch> start_scratch(const ScratchRequest& request, Observer& observer,
                                       std::stop_token stop) {
  const fs::path parent = os::throwaway_parent(request.parent);
  if (const std::size_t reaped = os::reap_leftovers(parent, kScratchPrefix, {}); reaped > 0) {
    observer.warned("removed " + std::to_string(reaped) +
                    " throwaway Redis that a killed run had left in " + parent.string());
  }
  require_memory(request.expected_bytes);
  const fs::path program = server_program(request.engine);
  return with_context("start a throwaway Redis", [&] {
    return std::make_unique<LocalScratch>(parent, program, request.databases, stop);
  });
}

}  // namespace lifeboat::redis
