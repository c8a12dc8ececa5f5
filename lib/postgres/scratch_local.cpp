#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/units.h"
#include "os/file.h"
#include "os/subprocess.h"
#include "postgres/binaries.h"
#include "postgres/scratch.h"
#include "postgres/scratch_cluster.h"
#include "postgres/scratch_leftovers.h"
#include "postgres/scratch_server.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int kVersionsAMajor = 10000;
constexpr std::uint64_t kLeastFreeBytes = 256 * kMiB;
constexpr std::size_t kLongestSocketDirectory = 107 - sizeof("/.s.PGSQL.5432");
constexpr milliseconds kStartPatience{60'000};
constexpr milliseconds kBetweenTries{50};
constexpr std::size_t kLogTailBytes = 1000;

Binary server_binary(int least_version, const std::stop_token& stop) {
  const int least_major = least_version / kVersionsAMajor;
  for (Binary& binary : find_binaries("postgres", stop)) {
    const bool complete = access((binary.path.parent_path() / "initdb").c_str(), X_OK) == 0;
    if (complete && binary.version / kVersionsAMajor >= least_major) return std::move(binary);
  }
  const std::string package =
      least_major > 0 ? "postgresql-" + std::to_string(least_major) : "postgresql";
  throw Error(ErrorKind::not_found,
              "no Postgres server of version " + std::to_string(least_major) +
                  " or newer is installed here",
              "install the package " + package + ", or give an empty database with --scratch URL");
}

std::string percent_encoded(const std::string& path) {
  std::string encoded;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      encoded += c;
    } else {
      encoded += "%" + to_hex(as_bytes(std::string_view(&c, 1)));
    }
  }
  return encoded;
}

std::string tail_of(const fs::path& log) {
  std::ifstream file(log);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kLogTailBytes) text.erase(0, text.size() - kLogTailBytes);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "it said nothing" : text;
}

class LocalScratch final : public Scratch {
 public:
  LocalScratch(const fs::path& parent, const LocalScratchRequest& request,
               const std::stop_token& stop)
      : binary_(server_binary(request.least_server_version, stop)),
        account_(server_account()),
        home_(parent, kScratchPrefix) {
    note_owner(home_.path(), std::nullopt);
    make_directories();
    initialise(request, stop);
    start(stop);
  }
  ~LocalScratch() override = default;

  [[nodiscard]] const Secret& url() const override { return url_; }
  [[nodiscard]] std::string describe() const override {
    return "throwaway Postgres " + binary_.version_text;
  }
  [[nodiscard]] bool local() const override { return true; }

  void close() override {
    server_.reset();
    std::error_code error;
    fs::remove_all(home_.path(), error);
    if (error) {
      throw Error(ErrorKind::internal, "remove " + home_.path().string() + ": " + error.message());
    }
  }

 private:
  [[nodiscard]] fs::path data() const { return home_.path() / "data"; }
  [[nodiscard]] fs::path sockets() const { return home_.path() / "s"; }

  void make_directories() const {
    if (sockets().string().size() > kLongestSocketDirectory) {
      throw Error(ErrorKind::usage,
                  "the path " + sockets().string() + " is too long for a Unix socket",
                  "give a shorter directory with --scratch-dir");
    }
    for (const fs::path& directory : {data(), sockets()}) {
      if (mkdir(directory.c_str(), 0700) != 0)
        throw os::errno_error(errno, "create " + directory.string());
      if (account_ && chown(directory.c_str(), account_->user, account_->group) != 0) {
        throw os::errno_error(errno, "give away " + directory.string());
      }
    }
    // The server's user may pass through, and sees no more than its own two directories.
    if (account_ && chmod(home_.path().c_str(), 0711) != 0) {
      throw os::errno_error(errno, "open " + home_.path().string());
    }
  }

  [[nodiscard]] os::Command command(const fs::path& program,
                                    std::vector<std::string> arguments) const {
    os::Command command{.program = program,
                        .arguments = std::move(arguments),
                        .environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}},
                        .unset = {"PGDATA", "PGOPTIONS", "PGHOST", "PGPORT", "PGUSER"},
                        .working_directory = data()};
    if (account_) {
      command.user = account_->user;
      command.group = account_->group;
    }
    return command;
  }

  void initialise(const LocalScratchRequest& request, const std::stop_token& stop) const {
    const os::Outcome outcome =
        os::run(command(binary_.path.parent_path() / "initdb",
                        {"--pgdata=" + data().string(), "--username=postgres", "--auth-local=trust",
                         "--auth-host=reject", "--no-sync", "--no-instructions",
                         "--encoding=" + request.encoding,
                         "--lc-collate=" + locale_or_c(request.collate, request.encoding),
                         "--lc-ctype=" + locale_or_c(request.ctype, request.encoding)}),
                {}, stop);
    if (!outcome.status.ok()) {
      throw Error(ErrorKind::unavailable,
                  "initdb: " + outcome.status.describe() + ": " + outcome.err,
                  "is there space, and may its user enter " + home_.path().parent_path().string() +
                      "? another directory: --scratch-dir");
    }
    std::ofstream file(data() / "postgresql.conf", std::ios::app);
    file << scratch_configuration(sockets());
    if (!file.flush()) throw Error(ErrorKind::unavailable, "write postgresql.conf failed");
  }

  void start(const std::stop_token& stop) {
    const fs::path log = home_.path() / "log";
    os::UniqueFd log_fd(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log_fd) throw os::errno_error(errno, "create " + log.string());
    server_.emplace(command(binary_.path, {"-D", data().string()}), std::move(log_fd));
    note_owner(home_.path(), process_of(server_->pid()));
    wait_until_it_answers(log, stop);
    pq::Connection connection(url_of("postgres"), stop);
    connection.execute("CREATE DATABASE scratch TEMPLATE template0");
    url_ = url_of("scratch");
  }

  [[nodiscard]] Secret url_of(const std::string& database) const {
    return Secret("postgresql:///" + database +
                  "?user=postgres&port=5432&host=" + percent_encoded(sockets().string()));
  }

  void wait_until_it_answers(const fs::path& log, const std::stop_token& stop) {
    const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
    while (true) {
      try {
        const pq::Connection connection(url_of("postgres"), stop);
        return;
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::unavailable) throw;
      }
      const auto ended = server_->wait_for(kBetweenTries);
      if (ended || std::chrono::steady_clock::now() > deadline) {
        throw Error(ErrorKind::unavailable,
                    "the throwaway Postgres did not start: " + tail_of(log));
      }
    }
  }

  const Binary binary_;
  const std::optional<Account> account_;
  os::TempDir home_;                     // after the server has ended,
  std::optional<ScratchServer> server_;  // which is destroyed first
  Secret url_;
};

fs::path scratch_parent(const LocalScratchRequest& request) {
  if (!request.parent.empty()) return fs::absolute(request.parent);
  const char* temporary = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
  return temporary != nullptr && *temporary == '/' ? fs::path(temporary) : fs::path("/tmp");
}

void check_free_space(const fs::path& parent, std::uint64_t expected_bytes) {
  const std::uint64_t needed = std::max(expected_bytes * 3, kLeastFreeBytes);
  const std::uint64_t free = os::free_bytes(parent);
  if (free >= needed) return;
  throw Error(ErrorKind::unavailable,
              parent.string() + " has " + human_bytes(free) + " free; a throwaway Postgres needs " +
                  human_bytes(needed),
              "give a directory with more space with --scratch-dir");
}

}  // namespace

std::unique_ptr<Scratch> start_local_scratch(const LocalScratchRequest& request, Observer& observer,
                                             std::stop_token stop) {
  const fs::path parent = scratch_parent(request);
  if (const std::size_t reaped = reap_leftovers(parent); reaped > 0) {
    observer.warned("removed " + std::to_string(reaped) +
                    " throwaway Postgres that a killed run had left in " + parent.string());
  }
  check_free_space(parent, request.expected_bytes);
  return with_context("start a throwaway Postgres",
                      [&] { return std::make_unique<LocalScratch>(parent, request, stop); });
}

}  // namespace lifeboat::postgres
