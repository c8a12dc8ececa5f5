#include "redis/counters.h"

#include <charconv>
#include <initializer_list>

#include "redis/probe.h"

namespace lifeboat::redis {
namespace {

std::uint64_t calls_of(std::string_view value) {
  constexpr std::string_view kCalls = "calls=";
  if (!value.starts_with(kCalls)) return 0;
  value.remove_prefix(kCalls.size());
  std::uint64_t calls = 0;
  std::from_chars(value.data(), value.data() + value.size(), calls);
  return calls;
}

/// "xgroup|create" is of the command xgroup.
bool is_of(std::string_view name, std::initializer_list<std::string_view> commands) {
  const std::string_view command = name.substr(0, name.find('|'));
  for (const std::string_view one : commands) {
    if (command == one) return true;
  }
  return false;
}

}  // namespace

Counters parse_counters(std::string_view commandstats) {
  constexpr std::string_view kPrefix = "cmdstat_";
  Counters counters;
  for (const auto& [full_name, value] : parse_info(commandstats)) {
    std::string_view name = full_name;
    if (!name.starts_with(kPrefix)) continue;
    name.remove_prefix(kPrefix.size());
    const std::uint64_t calls = calls_of(value);
    if (name == "swapdb") counters.swaps += calls;
    if (name == "config" || name == "config|resetstat") counters.resets += calls;
    if (name == "xinfo" || name == "xinfo|help") counters.marks += calls;
    if (name == "xgroup" || name == "xgroup|create") counters.group_creations += calls;
    if (is_of(name, {"xgroup", "xreadgroup", "xack", "xclaim", "xautoclaim", "xsetid"})) {
      counters.groups += calls;
    }
  }
  return counters;
}

}  // namespace lifeboat::redis
