#include "base/wire.h"

#include "base/error.h"

namespace lifeboat {

ByteView WireReader::get_bytes(std::size_t count) {
  if (count > rest_.size()) {
    throw Error(ErrorKind::corrupt, what_ + " is truncated: " + std::to_string(count) +
                                        " bytes wanted, " + std::to_string(rest_.size()) + " left");
  }
  const ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

void WireReader::expect_end() const {
  if (!rest_.empty()) {
    throw Error(ErrorKind::corrupt,
                what_ + " has " + std::to_string(rest_.size()) + " bytes too many");
  }
}

}  // namespace lifeboat
