#ifndef LIFEBOAT_BASE_FIRST_FAILURE_H_
#define LIFEBOAT_BASE_FIRST_FAILURE_H_

#include <exception>
#include <utility>

#include "base/error.h"

namespace lifeboat {

/// Of several threads' failures, the one to tell: who fails stops the others, and that they were
/// stopped (ErrorKind::cancelled) is not the cause. Not thread-safe.
class FirstFailure {
 public:
  void note(std::exception_ptr failure) {
    if (!failure_ || is_consequence(failure_)) failure_ = std::move(failure);
  }
  /// Rethrows what was noted, if anything was.
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static bool is_consequence(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::cancelled;
    } catch (...) {
      return false;
    }
  }

  std::exception_ptr failure_;
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_FIRST_FAILURE_H_
