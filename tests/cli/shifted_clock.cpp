// Loaded in front of an executable under test (LD_PRELOAD): another time of day, and, with it or
// without it, files that say they were written then. LIFEBOAT_TEST_CLOCK_SHIFT and
// LIFEBOAT_TEST_FILE_SHIFT are seconds.
#include <dlfcn.h>
#include <sys/stat.h>
#include <time.h>

#include <cstdlib>

namespace {

time_t shift_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
}

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int shifted(int result, struct stat* status) {
  if (result == 0) status->st_mtim.tv_sec += shift_of("LIFEBOAT_TEST_FILE_SHIFT");
  return result;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto real = next<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && wall) time->tv_sec += shift_of("LIFEBOAT_TEST_CLOCK_SHIFT");
  return result;
}

int fstat(int fd, struct stat* status) noexcept {
  static const auto real = next<int (*)(int, struct stat*)>("fstat");
  return shifted(real(fd, status), status);
}

int stat(const char* path, struct stat* status) noexcept {
  static const auto real = next<int (*)(const char*, struct stat*)>("stat");
  return shifted(real(path, status), status);
}

}  // extern "C"
