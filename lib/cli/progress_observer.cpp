#include "cli/progress_observer.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/units.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

constexpr std::chrono::milliseconds kRepaintEvery{250};
constexpr std::size_t kMostItems = 6;
constexpr std::size_t kNameColumns = 26;
constexpr std::size_t kBarColumns = 20;
/// A rate over less than this jumps too much to be of use.
constexpr std::chrono::milliseconds kLeastRateTime{500};

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return text + std::string(columns > width ? columns - width : 0, ' ');
}

/// Bytes a second, or 0 while it is too early to tell.
std::uint64_t rate_of(std::uint64_t bytes, std::chrono::milliseconds elapsed) {
  if (elapsed < kLeastRateTime) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(bytes) * 1000.0 /
                                    static_cast<double>(elapsed.count()));
}

}  // namespace

std::string progress_bar(std::uint64_t part, std::uint64_t whole, std::size_t columns, bool utf8) {
  const double share = whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  const auto filled = static_cast<std::size_t>(std::min(1.0, share) * static_cast<double>(columns));
  std::string bar;
  for (std::size_t i = 0; i < columns; ++i) {
    if (i < filled) {
      bar += utf8 ? "█" : "#";
    } else {
      bar += utf8 ? "░" : ".";
    }
  }
  return bar;
}

std::string clock_text(std::chrono::seconds duration) {
  const long long s = duration.count();
  std::array<char, 32> text{};
  if (s < 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", s / 60, s % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  }
  return text.data();
}

ProgressObserver::ProgressObserver(Console& console, Log& log, const Clock& clock)
    : console_(console), log_(log), clock_(clock), phase_started_(clock.now()) {}

ProgressObserver::~ProgressObserver() { console_.paint({}); }

void ProgressObserver::phase(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  phase_ = name;
  phase_started_ = clock_.now();
  running_.clear();
  finished_ = 0;
  bytes_ = 0;
  rows_ = 0;
  paint_if_due();
}

void ProgressObserver::item_started(std::string_view item, std::uint64_t expected_bytes) {
  const std::scoped_lock lock(mutex_);
  running_.push_back({std::string(item), expected_bytes, 0, 0, clock_.now()});
  paint_if_due();
}

void ProgressObserver::item_advanced(std::string_view item, std::uint64_t bytes,
                                     std::uint64_t rows) {
  const std::scoped_lock lock(mutex_);
  bytes_ += bytes;
  rows_ += rows;
  if (Item* running = find(item)) {
    running->bytes += bytes;
    running->rows += rows;
  }
  paint_if_due();
}

void ProgressObserver::item_finished(std::string_view item) {
  const std::scoped_lock lock(mutex_);
  if (const Item* running = find(item)) {
    running_.erase(running_.begin() + (running - running_.data()));
    ++finished_;
  }
  paint_if_due();
}

void ProgressObserver::warned(std::string_view message) { log_.write(LogLevel::warn, message); }

ProgressObserver::Item* ProgressObserver::find(std::string_view name) {
  const auto at = std::find_if(running_.begin(), running_.end(),
                               [name](const Item& item) { return item.name == name; });
  return at == running_.end() ? nullptr : &*at;
}

void ProgressObserver::paint_if_due() {
  const Instant now = clock_.now();
  // A clock that was set back must not freeze the display.
  if (painted_ && now >= *painted_ && now - *painted_ < kRepaintEvery) return;
  painted_ = now;
  paint();
}

void ProgressObserver::paint() {
  std::vector<std::string> lines;
  const std::size_t shown = std::min(running_.size(), kMostItems);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(item_line(running_[i]));
  lines.push_back(sum_line());
  const Screen& screen = console_.screen();
  for (std::string& line : lines) line = fit(line, screen.columns - 1, screen.utf8);
  console_.paint(lines);
}

std::string ProgressObserver::item_line(const Item& item) const {
  const bool utf8 = console_.screen().utf8;
  const auto elapsed = clock_.now() - item.started;
  const std::uint64_t rate = rate_of(item.bytes, elapsed);
  std::string line = "  " + padded(fit(item.name, kNameColumns, utf8), kNameColumns) + " ";
  if (item.expected_bytes == 0) {
    line += human_bytes(item.bytes);
    if (item.rows > 0) line += "   " + human_count(item.rows) + " rows";
    return line;
  }
  // The estimate is one: what is not finished is never shown as all of it.
  const std::uint64_t percent = std::min<std::uint64_t>(99, item.bytes * 100 / item.expected_bytes);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "  %2u %%", static_cast<unsigned>(percent));
  line += progress_bar(item.bytes, item.expected_bytes, kBarColumns, utf8) + text.data();
  if (rate == 0) return line;
  line += "  " + padded(human_bytes(rate) + "/s", 8);
  if (item.bytes >= item.expected_bytes) return line;
  const std::chrono::seconds left((item.expected_bytes - item.bytes) / rate);
  return line + "  " + clock_text(left) + " left";
}

std::string ProgressObserver::sum_line() const {
  const auto elapsed = clock_.now() - phase_started_;
  std::string line = phase_.empty() ? "" : phase_ + "   ";
  if (bytes_ > 0) line += human_bytes(bytes_) + "   ";
  if (rows_ > 0) line += human_count(rows_) + " rows   ";
  if (finished_ + running_.size() > 0) {
    line += std::to_string(finished_) + " done, " + std::to_string(running_.size()) + " at work   ";
  }
  if (const std::uint64_t rate = rate_of(bytes_, elapsed); rate > 0) {
    line += human_bytes(rate) + "/s   ";
  }
  return line + clock_text(std::chrono::duration_cast<std::chrono::seconds>(elapsed));
}

}  // namespace lifeboat::cli
