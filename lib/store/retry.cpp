#include "store/retry.h"

#include <algorithm>
#include <condition_variable>

namespace lifeboat::store {

void wait_in_earnest(std::chrono::milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, delay, [] { return false; });
}

Retries::Retries(RetryPolicy policy)
    : policy_(policy), left_(policy.budget), random_(std::random_device()()) {}

std::optional<std::chrono::milliseconds> Retries::next_delay(
    int tries, std::optional<std::chrono::milliseconds> retry_after) {
  if (tries >= policy_.most_tries) return std::nullopt;
  if (retry_after && *retry_after > policy_.longest_wish) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  if (left_ < 1) return std::nullopt;
  left_ -= 1;
  const auto doubled = policy_.first_delay.count() << std::min(tries - 1, 20);
  const auto most =
      std::min<std::chrono::milliseconds::rep>(doubled, policy_.longest_delay.count());
  std::uniform_int_distribution<std::chrono::milliseconds::rep> any(0, most);
  return std::max(std::chrono::milliseconds(any(random_)),
                  retry_after.value_or(std::chrono::milliseconds(0)));
}

void Retries::succeeded() {
  const std::scoped_lock lock(mutex_);
  left_ = std::min<double>(policy_.budget, left_ + 0.5);
}

}  // namespace lifeboat::store
