#ifndef LIFEBOAT_TESTS_HARNESS_WARNINGS_H_
#define LIFEBOAT_TESTS_HARNESS_WARNINGS_H_

#include <mutex>
#include <string>
#include <vector>

#include "base/observer.h"

namespace lifeboat::harness {

/// Keeps what the operator would be warned of. Thread-safe.
class Warnings final : public Observer {
 public:
  void phase(std::string_view) override {}
  void item_started(std::string_view, std::uint64_t) override {}
  void item_advanced(std::string_view, std::uint64_t, std::uint64_t) override {}
  void item_finished(std::string_view) override {}
  void warned(std::string_view message) override {
    const std::lock_guard lock(mutex_);
    all_.emplace_back(message);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    all_.clear();
  }
  [[nodiscard]] std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  /// A line each.
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const std::string& warning : all()) text += warning + "\n";
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_WARNINGS_H_
