#include "drill/time_zone.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::drill {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::uint64_t kMostBytes = 1U << 20U;

[[noreturn]] void corrupt(const std::string& name) {
  throw Error(ErrorKind::corrupt, "the description of the time zone " + name + " cannot be read",
              "is the package tzdata whole?");
}

/// Big-endian fields, as TZif has them.
class Cursor {
 public:
  Cursor(ByteView bytes, const std::string& name) : rest_(bytes), name_(name) {}

  ByteView take(std::size_t count) {
    if (rest_.size() < count) corrupt(name_);
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::uint64_t integer(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(bytes)) value = value << 8U | byte;
    return value;
  }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
  const std::string& name_;
};

struct Header {
  std::uint8_t version = 0;
  std::size_t is_ut = 0, is_standard = 0, leaps = 0, times = 0, types = 0, characters = 0;
};

Header read_header(Cursor& cursor, const std::string& name) {
  if (as_text(cursor.take(4)) != "TZif") corrupt(name);
  Header header;
  header.version = static_cast<std::uint8_t>(cursor.integer(1));
  static_cast<void>(cursor.take(15));
  for (std::size_t* count : {&header.is_ut, &header.is_standard, &header.leaps, &header.times,
                             &header.types, &header.characters}) {
    *count = cursor.integer(4);
    if (*count > kMostBytes) corrupt(name);
  }
  return header;
}

bool is_zone_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  return !name.empty() && name.front() != '/' && std::ranges::all_of(name, allowed);
}

}  // namespace

struct TimeZone::Rules {
  std::vector<Seconds> times;  // ascending; from each on, the offset below holds
  std::vector<seconds> offsets;
  seconds before{0};                 // the first of them
  std::optional<YearlyRule> behind;  // the last of them
};

TimeZone TimeZone::parse(ByteView bytes, const std::string& name) {
  Cursor cursor(bytes, name);
  const Header old = read_header(cursor, name);
  if (old.version < '2') corrupt(name);
  // The block of version 1 is passed over: it ends in 2038.
  static_cast<void>(cursor.take(old.times * 5 + old.types * 6 + old.characters + old.leaps * 8 +
                                old.is_standard + old.is_ut));
  const Header header = read_header(cursor, name);
  auto rules = std::make_shared<Rules>();
  for (std::size_t i = 0; i < header.times; ++i) {
    rules->times.emplace_back(seconds(static_cast<std::int64_t>(cursor.integer(8))));
  }
  const ByteView indexes = cursor.take(header.times);
  std::vector<seconds> types;
  for (std::size_t i = 0; i < header.types; ++i) {
    types.emplace_back(static_cast<std::int32_t>(cursor.integer(4)));
    static_cast<void>(cursor.take(2));
  }
  if (types.empty() || !std::ranges::is_sorted(rules->times)) corrupt(name);
  for (const std::uint8_t index : indexes) {
    if (index >= types.size()) corrupt(name);
    rules->offsets.push_back(types[index]);
  }
  rules->before = types.front();
  static_cast<void>(
      cursor.take(header.characters + header.leaps * 12 + header.is_standard + header.is_ut));
  std::string_view footer = as_text(cursor.rest());
  if (footer.size() > 2 && footer.front() == '\n' && footer.back() == '\n') {
    footer = footer.substr(1, footer.size() - 2);
    rules->behind = YearlyRule::parse(footer);
  }
  TimeZone zone(name);
  zone.rules_ = std::move(rules);
  return zone;
}

TimeZone TimeZone::load(const std::string& name, const std::filesystem::path& folder) {
  if (name == "UTC") return TimeZone(name);
  const auto unknown = [&](const std::string& hint) {
    return Error(ErrorKind::usage, "\"" + name + "\" is no time zone that this machine knows",
                 hint);
  };
  if (!is_zone_name(name)) throw unknown("an IANA name: Europe/Berlin, America/New_York, UTC");
  if (!std::filesystem::is_directory(folder)) throw unknown("install the package tzdata");
  if (!std::filesystem::is_regular_file(folder / name)) {
    throw unknown("an IANA name: Europe/Berlin, America/New_York, UTC");
  }
  return parse(os::read_file(folder / name, kMostBytes), name);
}

seconds TimeZone::offset_at(Seconds time) const {
  if (rules_ == nullptr) return seconds(0);
  const auto next = std::ranges::upper_bound(rules_->times, time);
  if (next == rules_->times.end() && rules_->behind) return rules_->behind->offset_at(time);
  if (next == rules_->times.begin()) return rules_->before;
  return rules_->offsets[static_cast<std::size_t>(next - rules_->times.begin()) - 1];
}

Seconds TimeZone::first_moment(LocalSeconds local_time) const {
  const Seconds as_utc(local_time.time_since_epoch());
  // No offset is as much as a day, and no place changes its offset twice within two.
  const Seconds early = as_utc - hours(26);
  const Seconds late = as_utc + hours(26);
  std::optional<Seconds> first;
  for (const seconds offset : {offset_at(early), offset_at(late)}) {
    const Seconds candidate = as_utc - offset;
    if (offset_at(candidate) == offset && (!first || candidate < *first)) first = candidate;
  }
  if (first) return *first;
  Seconds before = early;  // in the gap: look for its moment
  Seconds behind = late;
  const seconds offset_before = offset_at(before);
  while (behind - before > seconds(1)) {
    const Seconds middle = before + (behind - before) / 2;
    (offset_at(middle) == offset_before ? before : behind) = middle;
  }
  return behind;
}

}  // namespace lifeboat::drill
