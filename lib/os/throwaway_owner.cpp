#include "os/throwaway_owner.h"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "os/unique_fd.h"

namespace lifeboat::os {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOwnerFile = "owner";
constexpr int kPatienceMilliseconds = 5000;

struct Owner {
  ProcessId lifeboat;
  ProcessId server;
};

std::optional<Owner> read_owner(const fs::path& scratch) {
  std::ifstream file(scratch / kOwnerFile);
  Owner owner;
  file >> owner.lifeboat.pid >> owner.lifeboat.started_ticks >> owner.server.pid >>
      owner.server.started_ticks;
  if (!file) return std::nullopt;
  return owner;
}

bool is_alive(const ProcessId& process) {
  return process.pid > 0 && process_of(process.pid) == process;
}

/// In a directory that only we can write to, so the numbers in it are ours.
bool is_ours(const fs::path& scratch) {
  struct stat status {};
  return lstat(scratch.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool is_recent(const fs::path& scratch, std::chrono::seconds starting) {
  std::error_code error;
  const fs::file_time_type changed = fs::last_write_time(scratch, error);
  return error || fs::file_time_type::clock::now() - changed < starting;
}

/// Through a descriptor of the process, so that the number cannot pass to another one in between.
void end_server(const ProcessId& server) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, server.pid, 0)));
  if (!process || !is_alive(server)) return;
  for (const int signal_number : {SIGQUIT, SIGKILL}) {  // of Postgres: an immediate shutdown
    static_cast<void>(syscall(SYS_pidfd_send_signal, process.get(), signal_number, nullptr, 0));
    pollfd watched = {.fd = process.get(), .events = POLLIN, .revents = 0};
    if (poll(&watched, 1, kPatienceMilliseconds) > 0) return;
  }
}

/// A lifeboat that is being started right now has made its directory but not yet its file.
bool is_left_behind(const fs::path& scratch, const std::optional<Owner>& owner,
                    std::chrono::seconds starting) {
  return owner ? !is_alive(owner->lifeboat) : !is_recent(scratch, starting);
}

}  // namespace

std::optional<ProcessId> process_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  // The name in parentheses may hold anything: fields are counted behind the last one.
  const std::size_t end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(end + 1));
  std::string field;
  fields >> field;
  if (field == "Z") return std::nullopt;  // dead, not yet reaped by its parent
  for (int number = 4; number <= 21; ++number) fields >> field;
  ProcessId process{.pid = pid};
  if (!(fields >> process.started_ticks)) return std::nullopt;
  return process;
}

void note_owner(const fs::path& scratch, const std::optional<ProcessId>& server) {
  const ProcessId self = process_of(getpid()).value_or(ProcessId{.pid = getpid()});
  const ProcessId other = server.value_or(ProcessId{});
  const fs::path temporary = scratch / ".owner";
  {
    std::ofstream file(temporary, std::ios::trunc);
    file << self.pid << ' ' << self.started_ticks << '\n'
         << other.pid << ' ' << other.started_ticks << '\n';
    if (!file.flush()) {
      throw Error(ErrorKind::unavailable, "write " + temporary.string() + " failed");
    }
  }
  fs::rename(temporary, scratch / kOwnerFile);
}

std::size_t reap_leftovers(const fs::path& parent, const std::string& prefix,
                           const std::function<void(const fs::path&)>& before_removal,
                           std::chrono::seconds starting) {
  std::size_t removed = 0;
  std::error_code ignored;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  for (const fs::path& scratch : found) {
    if (!is_ours(scratch)) continue;
    const std::optional<Owner> owner = read_owner(scratch);
    if (!is_left_behind(scratch, owner, starting)) continue;
    if (owner) end_server(owner->server);
    if (before_removal) before_removal(scratch);
    fs::remove_all(scratch, ignored);
    ++removed;
  }
  return removed;
}

}  // namespace lifeboat::os
