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
    if (after.empty()) make_ready(i);
  }
  left_ = size_;
}

std::optional<std::size_t> LoadQueue::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || !ready_.empty() || left_ == 0; });
  if (stopped_ || ready_.empty()) return std::nullopt;
  const std::size_t step = choose();
  ready_.erase(step);
  untaken_.erase(step);
  if (steps_[step].kind == StepKind::load_range) took_range(ranges_[*steps_[step].table]);
  return step;
}

std::size_t LoadQueue::choose() const {
  const std::size_t heaviest = *ready_.begin();
  if (!is_second_loader(heaviest)) return heaviest;
  const auto other = std::ranges::find_if(ready_, [&](std::size_t step) {
    return !is_second_loader(step) && steps_[step].weight >= steps_[heaviest].weight / 2;
  });
  return other == ready_.end() ? heaviest : *other;
}

bool LoadQueue::is_second_loader(std::size_t step) const {
  if (steps_[step].kind != StepKind::load_range) return false;
  const auto at = ranges_.find(*steps_[step].table);
  return at != ranges_.end() && at->second.loaders > 0;
}

void LoadQueue::make_ready(std::size_t step) {
  if (steps_[step].kind == StepKind::load_range) {
    Ranges& ranges = ranges_[*steps_[step].table];
    if (ranges.offered) {
      ranges.behind.push_back(step);
      return;
    }
    ranges.offered = true;
  }
  ready_.insert(step);
}

void LoadQueue::took_range(Ranges& ranges) {
  ++ranges.loaders;
  ranges.offered = !ranges.behind.empty();
  if (!ranges.offered) return;
  ready_.insert(ranges.behind.front());
  ranges.behind.pop_front();
  changed_.notify_one();
}

void LoadQueue::done(std::size_t step) {
  const std::lock_guard lock(mutex_);
  --left_;
  if (steps_[step].kind == StepKind::load_range) --ranges_[*steps_[step].table].loaders;
  for (const std::size_t dependent : dependents_[step]) {
    if (--waits_for_[dependent] == 0) make_ready(dependent);
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
