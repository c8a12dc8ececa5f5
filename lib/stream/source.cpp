#include "stream/source.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/error.h"

namespace lifeboat::stream {

std::size_t MemorySource::read(MutableByteView buffer) {
  const std::size_t count = std::min(buffer.size(), bytes_.size() - at_);
  if (count > 0) std::memcpy(buffer.data(), bytes_.data() + at_, count);
  at_ += count;
  return count;
}

Bytes read_all(Source& source, std::size_t limit_bytes) {
  Bytes all;
  std::array<std::uint8_t, 64 * 1024> piece;
  while (const std::size_t count = source.read(piece)) {
    if (all.size() + count > limit_bytes) {
      throw Error(ErrorKind::corrupt,
                  "longer than the " + std::to_string(limit_bytes) + " bytes allowed");
    }
    append(all, ByteView(piece).first(count));
  }
  return all;
}

}  // namespace lifeboat::stream
