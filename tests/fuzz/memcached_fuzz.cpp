// What a Memcached says, what its URL may be, and the inventory that is kept of it.
#include <string>

#include "cli/cache_report.h"
#include "fuzz/target.h"
#include "memcached/address.h"
#include "memcached/key_counts.h"
#include "memcached/stats.h"

using namespace lifeboat;

namespace {

void read_lines(std::string_view text) {
  memcached::Stats stats;
  memcached::KeyCounts counts;
  std::uint64_t keys = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    static_cast<void>(memcached::add_stat(line, stats));
    if (memcached::count_key(line, 1'800'000'000, counts)) ++keys;
    for (const char c : memcached::shown_refusal(line)) {
      fuzz::require(static_cast<unsigned char>(c) >= ' ' && c != '\x7f',
                    "a server's words reach a terminal as they are");
    }
  }
  for (const auto& [name, value] : stats.values) static_cast<void>(stats.number(name));
  fuzz::require(counts.keys == keys && counts.no_expiry + counts.expired + counts.within_minute +
                                               counts.within_hour + counts.within_day +
                                               counts.within_week + counts.later ==
                                           keys,
                "a key is counted twice, or not at all");
}

void read_url(const std::string& text) {
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const auto servers = memcached::parse_servers(Secret(text));
    fuzz::require(!servers.empty() && servers.size() <= 64, "too few servers, or too many");
    for (const memcached::Address& server : servers) {
      const std::string name = server.text();
      fuzz::require(name.find('\n') == std::string::npos || !server.socket_path.empty(),
                    "a host of two lines");
      if (!server.socket_path.empty()) continue;
      fuzz::require(memcached::parse_servers(Secret(name)).front().text() == name,
                    "a server's name does not lead to it");
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text({data, size}));
  read_lines(text);
  read_url(text);
  static_cast<void>(cli::inventory_text(text));
  return 0;
}
