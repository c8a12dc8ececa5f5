#include "stream/source.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "stream/sink.h"

namespace lifeboat::stream {
namespace {

Bytes pattern(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31);
  return bytes;
}

TEST(MemorySource, IsReadInPiecesToItsEnd) {
  MemorySource source(pattern(10));
  Bytes piece(4);
  Bytes all;
  while (const std::size_t count = source.read(piece)) append(all, ByteView(piece).first(count));
  EXPECT_EQ(all, pattern(10));
  EXPECT_EQ(source.read(piece), 0U);
}

TEST(ReadAll, GivesEverythingUpToTheLimit) {
  MemorySource source(pattern(200'000));
  EXPECT_EQ(read_all(source, 200'000), pattern(200'000));
  MemorySource empty{Bytes{}};
  EXPECT_EQ(read_all(empty, 0), Bytes{});
}

TEST(ReadAll, CallsAnythingLongerCorrupt) {
  MemorySource source(pattern(200'000));
  try {
    static_cast<void>(read_all(source, 199'999));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  }
}

TEST(MemorySink, CollectsWhatItIsGiven) {
  MemorySink sink;
  sink.write(as_bytes("one "));
  sink.write(as_bytes("two"));
  sink.finish();
  EXPECT_EQ(as_text(sink.bytes()), "one two");
}

}  // namespace
}  // namespace lifeboat::stream
