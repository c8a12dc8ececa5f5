#include "postgres/load_queue.h"

namespace lifeboat::postgres {

bool LoadQueue::Heavier::operator()(std::size_t a, std::size_t b) const {
  const std::uint64_t weight_a = (*steps)[a].weight;
  const std::uint64_t weight_b = (*steps)[b].weight;
  return weight_a != weight_b ? weight_a > weight_b : a < b;
}

LoadQueue::LoadQueue(const std::vector<Step>& steps, Phase phase)
    : waits_for_(steps.size()), dependents_(steps.size()), ready_(Heavier{&steps}) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].phase != phase) continue;
    ++size_;
    const std::set<std::size_t> after(steps[i].after.begin(), steps[i].after.end());
    waits_for_[i] = after.size();
    for (const std::size_t before : after) dependents_[before].push_back(i);
    if (after.empty()) ready_.insert(i);
  }
  left_ = size_;
}

std::optional<std::size_t> LoadQueue::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || !ready_.empty() || left_ == 0; });
  if (stopped_ || ready_.empty()) return std::nullopt;
  const std::size_t step = *ready_.begin();
  ready_.erase(ready_.begin());
  ++running_;
  return step;
}

void LoadQueue::done(std::size_t step) {
  const std::lock_guard lock(mutex_);
  --running_;
  --left_;
  for (const std::size_t dependent : dependents_[step]) {
    if (--waits_for_[dependent] == 0) ready_.insert(dependent);
  }
  changed_.notify_all();
}

void LoadQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::size_t LoadQueue::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_.size();
}

bool LoadQueue::alone() const {
  const std::lock_guard lock(mutex_);
  return running_ <= 1 && ready_.empty();
}

}  // namespace lifeboat::postgres
