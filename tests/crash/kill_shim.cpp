// Loaded before libc (LD_PRELOAD): counts what a process does to the files below one folder, writes
// each step down, and ends the process at one of them, as a power switch would.
//
//   LIFEBOAT_CRASH_BELOW  the folder, without a last slash
//   LIFEBOAT_CRASH_LOG    where to append "WHAT PATH" or "WHAT PATH TO", a line for each step
//   LIFEBOAT_CRASH_AT     number of the step that ends the process, from 1
//   LIFEBOAT_CRASH_WHEN   "before" = that step is not done, "after" = it is
//
// Steps: open for writing, write, fsync, link, rename, mkdir, unlink. Holds one lock for the whole
// of a step, so that the log's order is the order in which they happened.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <mutex>
#include <string>

namespace {

/// The function of that name that would have been called without us.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

struct Plan {
  std::string below = setting("LIFEBOAT_CRASH_BELOW");
  std::string log = setting("LIFEBOAT_CRASH_LOG");
  long at = std::atol(setting("LIFEBOAT_CRASH_AT").c_str());
  bool before = setting("LIFEBOAT_CRASH_WHEN") == "before";
};

const Plan& plan() {
  static const Plan the_plan;
  return the_plan;
}

std::recursive_mutex& mutex() {
  static std::recursive_mutex the_mutex;
  return the_mutex;
}

long steps = 0;

bool watched(const std::string& path) {
  const std::string& below = plan().below;
  return !below.empty() && (path == below || path.compare(0, below.size() + 1, below + "/") == 0);
}

std::string absolute(const char* path) {
  if (path == nullptr) return "";
  if (*path == '/') return path;
  char here[PATH_MAX];
  return getcwd(here, sizeof here) == nullptr ? path : std::string(here) + "/" + path;
}

std::string path_of(int fd) {
  char path[PATH_MAX];
  const ssize_t size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  return size <= 0 ? "" : std::string(path, static_cast<std::size_t>(size));
}

void note(const std::string& line) {
  static auto* const real_open = next<int(const char*, int, ...)>("open");
  static auto* const real_write = next<ssize_t(int, const void*, size_t)>("write");
  if (plan().log.empty()) return;
  const int fd =
      real_open(plan().log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode_t{0600});
  if (fd < 0 || real_write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    abort();  // a log with gaps would prove nothing
  }
  close(fd);
}

template <typename Step>
auto counted(const std::string& what, const std::string& path, const std::string& to, Step&& step) {
  if (!watched(to.empty() ? path : to)) return step();
  const std::lock_guard lock(mutex());
  const bool here = ++steps == plan().at;
  if (here && plan().before) raise(SIGKILL);
  const auto result = step();
  const int kept = errno;
  if (result >= 0) note(what + " " + path + (to.empty() ? "" : " " + to) + "\n");
  if (here) raise(SIGKILL);
  errno = kept;
  return result;
}

constexpr int kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

mode_t mode_of(int flags, va_list more) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(more, int)) : mode_t{0};
}

int open_file(const char* name, const char* path, int flags, mode_t mode) {
  auto* const real = next<int(const char*, int, ...)>(name);
  const auto step = [&] { return real(path, flags, mode); };
  return (flags & kWriting) == 0 ? step() : counted("open", absolute(path), "", step);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_file("open64", path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return counted("write", path_of(fd), "", [&] { return real(fd, bytes, count); });
}

ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return counted("write", path_of(fd), "", [&] { return real(fd, bytes, count, offset); });
}

int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  return counted("fsync", path_of(fd), "", [&] { return real(fd); });
}

int fdatasync(int fd) {
  static auto* const real = next<int(int)>("fdatasync");
  return counted("fsync", path_of(fd), "", [&] { return real(fd); });
}

int link(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("link");
  return counted("link", absolute(from), absolute(to), [&] { return real(from, to); });
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = next<int(const char*, const char*)>("rename");
  return counted("rename", absolute(from), absolute(to), [&] { return real(from, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  static auto* const real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  return counted("rename", absolute(from), absolute(to),
                 [&] { return real(from_folder, from, to_folder, to, flags); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const real = next<int(const char*, mode_t)>("mkdir");
  return counted("mkdir", absolute(path), "", [&] { return real(path, mode); });
}

int unlink(const char* path) noexcept {
  static auto* const real = next<int(const char*)>("unlink");
  return counted("unlink", absolute(path), "", [&] { return real(path); });
}

}  // extern "C"
