#include "postgres/load_queue.h"

#include <algorithm>

namespace lifeboat::postgres {

bool LoadQueue::Heavier::operator()(std::size_t a, std::size_t b) const {
  const std::uint64_t weight_a = (*steps)[a].weight;
  const std::uint64_t weight_b = (*steps)[b].weight;
  return weight_a != weight_b ? weight_a > weight_b : a < b;
}

LoadQueue::LoadQueue(const std::vector<Step>& steps, Phase phase)
    : waits_for_(steps.size()),
      dependents_(steps.size()),
      ready_(Heavier{&steps}),
      untaken_(Heavier{&steps}),
      steps_(steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].phase != phase) continue;
    ++size_;
    untaken_.insert(i);
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
  ready_.erase(step);
  untaken_.erase(step);
  return step;
}

void LoadQueue::done(std::size_t step) {
  const std::lock_guard lock(mutex_);
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

std::uint64_t LoadQueue::heaviest_beside(std::size_t step) const {
  std::vector<std::size_t> waiting = {step};  // for `step`, however indirectly
  std::set<std::size_t> seen = {step};
  for (std::size_t next = 0; next < waiting.size(); ++next) {
    for (const std::size_t dependent : dependents_[waiting[next]]) {
      if (seen.insert(dependent).second) waiting.push_back(dependent);
    }
  }
  const std::lock_guard lock(mutex_);
  const auto beside =
      std::ranges::find_if(untaken_, [&](std::size_t other) { return !seen.contains(other); });
  return beside == untaken_.end() ? 0 : steps_[*beside].weight;
}

}  // namespace lifeboat::postgres
