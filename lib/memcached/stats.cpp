#include "memcached/stats.h"

#include <charconv>

#include "base/error.h"

namespace lifeboat::memcached {
namespace {

constexpr std::size_t kMostValues = 4096;
constexpr std::size_t kMostBytes = 1U << 20U;
constexpr std::size_t kMostShown = 200;

}  // namespace

std::string Stats::text(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

std::optional<std::uint64_t> Stats::number(std::string_view name) const {
  const auto found = values.find(name);
  if (found == values.end()) return std::nullopt;
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool is_refusal(std::string_view line) {
  return line.starts_with("ERROR") || line.starts_with("CLIENT_ERROR") ||
         line.starts_with("SERVER_ERROR");
}

std::string shown_refusal(std::string_view line) {
  std::string text(line.substr(0, kMostShown));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return text;
}

bool add_stat(std::string_view line, Stats& stats) {
  if (!line.starts_with("STAT ")) return false;
  line.remove_prefix(5);
  const std::size_t space = line.find(' ');
  if (line.empty() || space == 0) return false;
  const std::string_view value =
      space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  stats.values.insert_or_assign(std::string(line.substr(0, space)), std::string(value));
  return true;
}

Stats ask_stats(Connection& connection, std::string_view what) {
  Stats stats;
  std::size_t bytes = 0;
  std::string line =
      connection.ask(what.empty() ? std::string("stats") : "stats " + std::string(what));
  if (is_refusal(line)) {
    stats.refusal = shown_refusal(line);
    return stats;
  }
  for (std::size_t count = 0; line != "END"; line = connection.line()) {
    bytes += line.size();
    if (!add_stat(line, stats) || ++count > kMostValues || bytes > kMostBytes) {
      throw Error(ErrorKind::corrupt,
                  connection.address().text() + ": the statistics are not those of a Memcached");
    }
  }
  return stats;
}

}  // namespace lifeboat::memcached
