#include <signal.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/percent_encoding.h"
#include "base/units.h"
#include "os/throwaway_owner.h"
#include "os/throwaway_server.h"
#include "postgres/binaries.h"
#include "postgres/scratch.h"
#include "postgres/scratch_cluster.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

namespace fs = std::filesystem;

constexpr int kVersionsAMajor = 10000;
constexpr std::uint64_t kLeastFreeBytes = 256 * kMiB;
constexpr std::size_t kLongestSocketDirectory = 107 - sizeof("/.s.PGSQL.5432");

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

/// A server that was killed leaves the System V segment that guards its data directory: its id
/// ends line 7 of postmaster.pid.
void free_shared_memory(const fs::path& scratch) {
  std::ifstream file(scratch / "data" / "postmaster.pid");
  std::string line;
  for (int number = 0; number < 7; ++number) {
    if (!std::getline(file, line)) return;
  }
  std::istringstream fields(line);
  long key = 0;
  int id = -1;
  if (!(fields >> key >> id)) return;
  // The file is the server's user's: only a segment of that same user may go. Processes of the
  // dead server that are still attached keep it until they end.
  struct stat owner {};
  struct shmid_ds segment {};
  if (lstat((scratch / "data").c_str(), &owner) == 0 && shmctl(id, IPC_STAT, &segment) == 0 &&
      segment.shm_perm.__key == static_cast<key_t>(key) && segment.shm_perm.cuid == owner.st_uid) {
    static_cast<void>(shmctl(id, IPC_RMID, nullptr));
  }
}

class LocalScratch final : public Scratch {
 public:
  LocalScratch(const fs::path& parent, const LocalScratchRequest& request,
               const std::stop_token& stop)
      : binary_(server_binary(request.least_server_version, stop)),
        server_(parent, kScratchPrefix) {
    refuse_long_path();
    data_ = server_.make_directory("data");
    server_.make_directory("s");
    initialise(request, stop);
    start(stop);
  }
  ~LocalScratch() override = default;

  [[nodiscard]] const Secret& url() const override { return url_; }
  [[nodiscard]] std::string describe() const override {
    return "throwaway Postgres " + binary_.version_text;
  }
  [[nodiscard]] bool local() const override { return true; }
  void close() override { server_.close(); }

 private:
  [[nodiscard]] fs::path sockets() const { return server_.home() / "s"; }

  void refuse_long_path() const {
    if (sockets().string().size() <= kLongestSocketDirectory) return;
    throw Error(ErrorKind::usage,
                "the path " + sockets().string() + " is too long for a Unix socket",
                "give a shorter directory with --scratch-dir");
  }

  [[nodiscard]] os::Command command(const fs::path& program,
                                    std::vector<std::string> arguments) const {
    os::Command command = server_.command(program, std::move(arguments), data_);
    command.unset = {"PGDATA", "PGOPTIONS", "PGHOST", "PGPORT", "PGUSER"};
    return command;
  }

  void initialise(const LocalScratchRequest& request, const std::stop_token& stop) const {
    const os::Outcome outcome =
        os::run(command(binary_.path.parent_path() / "initdb",
                        {"--pgdata=" + data_.string(), "--username=postgres", "--auth-local=trust",
                         "--auth-host=reject", "--no-sync", "--no-instructions",
                         "--encoding=" + request.encoding,
                         "--lc-collate=" + locale_or_c(request.collate, request.encoding),
                         "--lc-ctype=" + locale_or_c(request.ctype, request.encoding)}),
                {}, stop);
    if (!outcome.status.ok()) {
      throw Error(ErrorKind::unavailable,
                  "initdb: " + outcome.status.describe() + ": " + outcome.err,
                  "is there space, and may its user enter " +
                      server_.home().parent_path().string() + "? another directory: --scratch-dir");
    }
    std::ofstream file(data_ / "postgresql.conf", std::ios::app);
    file << scratch_configuration(sockets());
    if (!file.flush()) throw Error(ErrorKind::unavailable, "write postgresql.conf failed");
  }

  void start(const std::stop_token& stop) {
    server_.start(command(binary_.path, {"-D", data_.string()}), SIGQUIT);
    server_.wait_until([&] { return answers(stop); }, stop);
    pq::Connection connection(url_of("postgres"), stop);
    connection.execute("CREATE DATABASE scratch TEMPLATE template0");
    url_ = url_of("scratch");
  }

  [[nodiscard]] bool answers(const std::stop_token& stop) const {
    try {
      const pq::Connection connection(url_of("postgres"), stop);
      return true;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::unavailable) throw;
      return false;
    }
  }

  [[nodiscard]] Secret url_of(const std::string& database) const {
    return Secret("postgresql:///" + database +
                  "?user=postgres&port=5432&host=" + percent_encoded(sockets().string()));
  }

  const Binary binary_;
  os::ThrowawayServer server_;
  fs::path data_;
  Secret url_;
};

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

std::size_t reap_local_scratch(const fs::path& parent, std::chrono::seconds starting) {
  return os::reap_leftovers(parent, kScratchPrefix, free_shared_memory, starting);
}

std::unique_ptr<Scratch> start_local_scratch(const LocalScratchRequest& request, Observer& observer,
                                             std::stop_token stop) {
  const fs::path parent = os::throwaway_parent(request.parent);
  if (const std::size_t reaped = reap_local_scratch(parent); reaped > 0) {
    observer.warned("removed " + std::to_string(reaped) +
                    " throwaway Postgres that a killed run had left in " + parent.string());
  }
  check_free_space(parent, request.expected_bytes);
  return with_context("start a throwaway Postgres",
                      [&] { return std::make_unique<LocalScratch>(parent, request, stop); });
}

}  // namespace lifeboat::postgres
