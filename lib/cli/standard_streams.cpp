#include "cli/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.h"

namespace lifeboat::cli {

void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // open() takes the lowest free number: this one. Read-only, so that writing to it fails.
    static_cast<void>(::open("/dev/null", O_RDONLY));
  }
}

void write_stdout(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {  // a pipe that somebody made non-blocking
      pollfd writable{STDOUT_FILENO, POLLOUT, 0};
      static_cast<void>(::poll(&writable, 1, -1));
      continue;
    }
    if (count <= 0) {
      throw Error(ErrorKind::internal,
                  std::string("write the result to stdout: ") + std::strerror(errno),
                  "the work is done, only its result could not be written");
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace lifeboat::cli
