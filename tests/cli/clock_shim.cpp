// Loaded before libc (LD_PRELOAD): the process sees a wall clock that is off by
// LIFEBOAT_TEST_CLOCK_SECONDS. Its other clocks run true.
#include <dlfcn.h>
#include <sys/time.h>

#include <cstdlib>
#include <ctime>

namespace {

time_t offset_seconds() {
  const char* const text = std::getenv("LIFEBOAT_TEST_CLOCK_SECONDS");
  return text == nullptr ? 0 : std::atol(text);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) {
  using Function = int(clockid_t, timespec*);
  static auto* const real = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "clock_gettime"));
  const int result = real(clock, time);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && wall) time->tv_sec += offset_seconds();
  return result;
}
