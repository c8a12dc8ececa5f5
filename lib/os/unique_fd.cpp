#include "os/unique_fd.h"

#include <unistd.h>

namespace lifeboat::os {

void UniqueFd::reset() noexcept {
  // Linux frees the number even when close(2) reports EINTR, so it is never tried again.
  if (fd_ >= 0) static_cast<void>(::close(std::exchange(fd_, -1)));
}

}  // namespace lifeboat::os
