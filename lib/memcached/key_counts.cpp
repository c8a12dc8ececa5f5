#include "memcached/key_counts.h"

#include <charconv>

#include "base/error.h"
#include "memcached/stats.h"

namespace lifeboat::memcached {
namespace {

using std::chrono::steady_clock;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kWeek = 7 * kDay;

/// The number behind " NAME="; a key is percent-encoded and holds no space.
std::optional<std::int64_t> field_of(std::string_view line, std::string_view name) {
  const std::string mark = " " + std::string(name) + "=";
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + mark.size());
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (failure != std::errc() || (end != rest.data() + rest.size() && *end != ' ')) {
    return std::nullopt;
  }
  return number;
}

void count_expiry(std::int64_t expiry, std::int64_t now, KeyCounts& counts) {
  if (expiry <= 0) {
    ++counts.no_expiry;
  } else if (expiry <= now) {
    ++counts.expired;
  } else if (expiry - now <= kMinute) {
    ++counts.within_minute;
  } else if (expiry - now <= kHour) {
    ++counts.within_hour;
  } else if (expiry - now <= kDay) {
    ++counts.within_day;
  } else if (expiry - now <= kWeek) {
    ++counts.within_week;
  } else {
    ++counts.later;
  }
}

}  // namespace

bool count_key(std::string_view line, std::int64_t now, KeyCounts& counts) {
  if (!line.starts_with("key=")) return false;
  const auto expiry = field_of(line, "exp");
  if (!expiry) return false;
  ++counts.keys;
  const std::int64_t size = field_of(line, "size").value_or(0);
  if (size > 0) counts.bytes += static_cast<std::uint64_t>(size);
  count_expiry(*expiry, now, counts);
  return true;
}

Walk count_keys(Connection& connection, std::int64_t now, WalkLimits limits) {
  const auto deadline = steady_clock::now() + limits.whole;
  connection.send("lru_crawler metadump all\r\n");
  connection.allow(limits.whole);
  KeyCounts counts;
  while (true) {
    const std::optional<std::string> line = connection.line_within(limits.silence);
    if (steady_clock::now() >= deadline) {
      return {counts, "the walk through the keys took too long and was given up"};
    }
    if (!line) return {counts, "the server did not say that the walk through the keys had ended"};
    if (*line == "END") {
      counts.complete = true;
      return {counts, ""};
    }
    if (counts.keys == 0 && (is_refusal(*line) || line->starts_with("BUSY"))) {
      return {std::nullopt, "keys cannot be counted: " + shown_refusal(*line)};
    }
    if (!count_key(*line, now, counts)) {
      throw Error(ErrorKind::corrupt,
                  connection.address().text() + ": a line that names no key came in their list");
    }
  }
}

}  // namespace lifeboat::memcached
