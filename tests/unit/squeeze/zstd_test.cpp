#include "squeeze/zstd.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::squeeze {
namespace {

TEST(Zstd, GivesBackWhatWasCompressed) {
  const Bytes plain(100'000, 'a');
  Bytes frame;
  Compressor().compress(plain, frame);
  EXPECT_LT(frame.size(), 1000U);
  EXPECT_EQ(Decompressor().decompress(frame, plain.size()), plain);
}

TEST(Zstd, RefusesAFrameThatIsLongerOrShorterThanAnnounced) {
  const Bytes plain(100'000, 'a');
  Bytes frame;
  Compressor().compress(plain, frame);
  EXPECT_THROW(static_cast<void>(Decompressor().decompress(frame, 99'999)), Error);
  EXPECT_THROW(static_cast<void>(Decompressor().decompress(frame, 100'001)), Error);
  EXPECT_THROW(static_cast<void>(Decompressor().decompress(as_bytes("no frame"), 8)), Error);
}

}  // namespace
}  // namespace lifeboat::squeeze
