#ifndef LIFEBOAT_BASE_SPAN_H_
#define LIFEBOAT_BASE_SPAN_H_

#include <chrono>
#include <string>
#include <utility>

#include "base/observer.h"

namespace lifeboat {

/// Tells the observer of a piece of work when its scope ends, well or by an exception. Belongs to
/// one thread; the observer must outlive it.
class Span {
 public:
  Span(Observer& observer, std::string track, std::string work)
      : observer_(observer), track_(std::move(track)), work_(std::move(work)) {}
  ~Span() { observer_.ran(track_, work_, begin_); }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  Observer& observer_;
  std::string track_;
  std::string work_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_SPAN_H_
