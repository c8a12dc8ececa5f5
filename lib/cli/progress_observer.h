#ifndef LIFEBOAT_CLI_PROGRESS_OBSERVER_H_
#define LIFEBOAT_CLI_PROGRESS_OBSERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "cli/console.h"
#include "cli/log.h"

namespace lifeboat::cli {

/// Progress on a terminal, repainted in place at most four times a second and gone at the end: the
/// items at work with bar, rate and time left, and a line with the sums. It is painted when
/// something is told, never by a thread of its own. Thread-safe. Keeps the references.
class ProgressObserver final : public Observer {
 public:
  ProgressObserver(Console& console, Log& log, const Clock& clock);
  /// Clears the display.
  ~ProgressObserver() override;

  void phase(std::string_view name) override;
  void item_started(std::string_view item, std::uint64_t expected_bytes) override;
  void item_advanced(std::string_view item, std::uint64_t bytes, std::uint64_t rows) override;
  void item_finished(std::string_view item) override;
  void warned(std::string_view message) override;

 private:
  struct Item {
    std::string name;
    std::uint64_t expected_bytes = 0;
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    Instant started;
  };

  [[nodiscard]] Item* find(std::string_view name);
  void paint_if_due();
  void paint();
  [[nodiscard]] std::string item_line(const Item& item) const;
  [[nodiscard]] std::string sum_line() const;

  Console& console_;
  Log& log_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string phase_;
  Instant phase_started_;
  std::optional<Instant> painted_;
  std::vector<Item> running_;
  std::size_t finished_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t rows_ = 0;
};

/// `columns` wide, filled for `part` of `whole`: blocks, or '#' and '.' without UTF-8.
[[nodiscard]] std::string progress_bar(std::uint64_t part, std::uint64_t whole, std::size_t columns,
                                       bool utf8);
/// "0:02", "12:34", "1:02:03".
[[nodiscard]] std::string clock_text(std::chrono::seconds duration);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_PROGRESS_OBSERVER_H_
