#ifndef LIFEBOAT_OS_SPAWN_H_
#define LIFEBOAT_OS_SPAWN_H_

#include <sys/types.h>

#include "os/subprocess.h"

namespace lifeboat::os {

/// fork and exec; the caller reaps. All that a child needs is prepared before fork, because other
/// threads may hold locks at that moment: between fork and exec only async-signal-safe calls are
/// made (signal-safety(7)). What fails in the child comes back through a pipe that exec closes.
///
/// The child starts with default signal handlers, nothing blocked, and exactly the descriptors
/// that `streams` and `command.passed_fds` name.
///
/// Throws Error(unavailable) if the program cannot be started; then nothing runs.
[[nodiscard]] pid_t spawn(const Command& command, const Subprocess::Streams& streams);

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_SPAWN_H_
