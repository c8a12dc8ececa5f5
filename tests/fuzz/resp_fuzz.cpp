// Replies of a server that may lie: RESP2 and RESP3 (lib/resp/parser.h).
#include <algorithm>

#include "fuzz/target.h"
#include "resp/parser.h"

using namespace lifeboat;

namespace {

constexpr ErrorKind kKinds[] = {ErrorKind::corrupt};

/// All values, fed in portions. Nothing if one is refused.
std::optional<std::vector<resp::Value>> values_of(ByteView bytes, std::size_t portion) {
  std::vector<resp::Value> values;
  const bool answered = fuzz::answers_with(kKinds, [&] {
    resp::Parser parser;
    while (!bytes.empty()) {
      const std::size_t count = std::min(portion, bytes.size());
      parser.feed(bytes.first(count));
      bytes = bytes.subspan(count);
      while (auto value = parser.next()) values.push_back(std::move(*value));
    }
  });
  if (!answered) return std::nullopt;
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  const std::size_t portion = in.byte() % 16 + 1U;
  const auto whole = values_of(in.rest(), size);
  fuzz::require(whole == values_of(in.rest(), portion),
                "replies are others when their bytes come in other portions");
  return 0;
}
