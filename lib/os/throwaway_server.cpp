#include "os/throwaway_server.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/error.h"
#include "os/throwaway_owner.h"

namespace lifeboat::os {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kStartPatience{60'000};
constexpr milliseconds kBetweenTries{50};
constexpr std::size_t kLogTailBytes = 1000;
constexpr const char* kLog = "log";

}  // namespace

fs::path throwaway_parent(const fs::path& given) {
  if (!given.empty()) return fs::absolute(given);
  const char* temporary = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe)
  return temporary != nullptr && *temporary == '/' ? fs::path(temporary) : fs::path("/tmp");
}

ThrowawayServer::ThrowawayServer(const fs::path& parent, const std::string& prefix)
    : account_(server_account()), home_(parent, prefix) {
  note_owner(home(), std::nullopt);
  // The server's user may pass through, and sees no more than its own directories.
  if (account_ && chmod(home().c_str(), 0711) != 0) {
    throw errno_error(errno, "open " + home().string());
  }
}

fs::path ThrowawayServer::make_directory(const std::string& name) const {
  const fs::path directory = home() / name;
  if (mkdir(directory.c_str(), 0700) != 0) {
    throw errno_error(errno, "create " + directory.string());
  }
  if (account_ && chown(directory.c_str(), account_->user, account_->group) != 0) {
    throw errno_error(errno, "give away " + directory.string());
  }
  return directory;
}

Command ThrowawayServer::command(const fs::path& program, std::vector<std::string> arguments,
                                 const fs::path& directory) const {
  Command command{.program = program,
                  .arguments = std::move(arguments),
                  .environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}},
                  .working_directory = directory};
  if (account_) {
    command.user = account_->user;
    command.group = account_->group;
  }
  return command;
}

void ThrowawayServer::start(Command command, int end_signal) {
  const fs::path log = home() / kLog;
  UniqueFd log_fd(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log_fd) throw errno_error(errno, "create " + log.string());
  try {
    server_.emplace(std::move(command), std::move(log_fd), end_signal);
  } catch (Error& error) {
    error.add_hint("may its user enter " + home().parent_path().string() +
                   "? another directory: --scratch-dir");
    throw;
  }
  note_owner(home(), process_of(server_->pid()));
}

void ThrowawayServer::wait_until(const std::function<bool()>& answers,
                                 const std::stop_token& stop) {
  const auto deadline = std::chrono::steady_clock::now() + kStartPatience;
  while (!answers()) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
    const auto ended = server_->wait_for(kBetweenTries);
    if (ended || std::chrono::steady_clock::now() > deadline) {
      throw Error(ErrorKind::unavailable, "it did not start: " + log_tail());
    }
  }
}

void ThrowawayServer::close() {
  server_.reset();
  std::error_code error;
  fs::remove_all(home(), error);
  if (error) {
    throw Error(ErrorKind::internal, "remove " + home().string() + ": " + error.message());
  }
}

std::string ThrowawayServer::log_tail() const {
  std::ifstream file(home() / kLog);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kLogTailBytes) text.erase(0, text.size() - kLogTailBytes);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "it said nothing" : text;
}

}  // namespace lifeboat::os
