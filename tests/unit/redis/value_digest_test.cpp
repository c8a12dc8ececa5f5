#include "redis/value_digest.h"

#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "base/wire.h"
#include "redis/crc64.h"
#include "redis/rdb_reader.h"

namespace lifeboat::redis {
namespace {

Bytes payload(Bytes value) {
  value.push_back(9);
  value.push_back(0);
  const std::uint64_t sum = crc64(0, value);
  for (unsigned i = 0; i < 8; ++i) value.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  return value;
}

Bytes text(std::string_view bytes) {
  Bytes out = {static_cast<std::uint8_t>(bytes.size())};
  append(out, as_bytes(bytes));
  return out;
}

Bytes value(std::uint8_t type, std::initializer_list<Bytes> parts) {
  Bytes out = {type};
  for (const Bytes& part : parts) append(out, part);
  return payload(out);
}

/// A ziplist: "a" (text), 5 (4 bits), 300 (16 bits), -70000 (24 bits), 1e10 (64 bits), -3 (8 bits).
Bytes ziplist() {
  const std::string_view entries(
      "\x00\x01"
      "a"
      "\x03\xf6"
      "\x02\xc0\x2c\x01"
      "\x04\xf0\x90\xee\xfe"
      "\x05\xe0\x00\xe4\x0b\x54\x02\x00\x00\x00"
      "\x0a\xfe\xfd"
      "\xff",
      28);
  WireWriter out;
  out.put(static_cast<std::uint32_t>(10 + entries.size())).put(std::uint32_t{34});
  out.put(std::uint16_t{6}).put_bytes(as_bytes(entries));
  return out.take();
}

const std::vector<std::string> kElements = {"a", "5", "300", "-70000", "10000000000", "-3"};

TEST(RedisRdb, ReadsZiplistsOfOlderServers) { EXPECT_EQ(read_ziplist(ziplist()), kElements); }

TEST(RedisRdb, ReadsIntsets) {
  WireWriter set;
  set.put(std::uint32_t{4}).put(std::uint32_t{2}).put(std::uint32_t{0xfffffffe});
  set.put(std::uint32_t{70000});
  EXPECT_EQ(read_intset(set.bytes()), (std::vector<std::string>{"-2", "70000"}));
}

TEST(RedisRdb, UnpacksWhatOverlapsItself) {
  // "ab", then 6 bytes from 2 back.
  const Bytes packed = {1, 'a', 'b', 4U << 5U, 1};
  EXPECT_EQ(unpack_lzf(packed, 8), "abababab");
  EXPECT_THROW(static_cast<void>(unpack_lzf(packed, 7)), Error);
  EXPECT_THROW(static_cast<void>(unpack_lzf(packed, 9)), Error);
  EXPECT_THROW(static_cast<void>(unpack_lzf(Bytes{1, 'a', 'b', 4U << 5U, 2}, 8)), Error);
}

TEST(RedisDigest, OfAListIsTheSameInEveryEncoding) {
  Bytes node = text(as_text(ziplist()));
  Bytes plain;
  for (const std::string& element : kElements) append(plain, text(element));
  const Digest digest = digest_of_payload(value(1, {{6}, plain}));
  EXPECT_EQ(digest_of_payload(value(10, {node})), digest);
  EXPECT_EQ(digest_of_payload(value(14, {{1}, node})), digest);
  EXPECT_NE(digest_of_payload(value(1, {{1}, text("a")})), digest);
}

TEST(RedisDigest, OfAHashOrSortedSetTakesNoHeedOfOrder) {
  const Bytes one = value(4, {{2}, text("f"), text("1"), text("g"), text("2")});
  const Bytes other = value(4, {{2}, text("g"), text("2"), text("f"), text("1")});
  const Bytes crossed = value(4, {{2}, text("g"), text("1"), text("f"), text("2")});
  EXPECT_EQ(digest_of_payload(one), digest_of_payload(other));
  EXPECT_NE(digest_of_payload(one), digest_of_payload(crossed));
  // 1.5 as text of the older kind, and as eight bytes.
  const Bytes old_kind = value(3, {{1}, text("m"), text("1.5")});
  const Bytes new_kind = value(5, {{1}, text("m"), {0, 0, 0, 0, 0, 0, 0xf8, 0x3f}});
  EXPECT_EQ(digest_of_payload(old_kind), digest_of_payload(new_kind));
}

TEST(RedisDigest, TellsTypesAndBordersApart) {
  EXPECT_NE(digest_of_payload(value(1, {{1}, text("a")})),
            digest_of_payload(value(2, {{1}, text("a")})));
  EXPECT_NE(digest_of_payload(value(1, {{2}, text("ab"), text("c")})),
            digest_of_payload(value(1, {{2}, text("a"), text("bc")})));
  EXPECT_NE(digest_of_payload(value(4, {{1}, text("ab"), text("c")})),
            digest_of_payload(value(4, {{1}, text("a"), text("bc")})));
}

TEST(RedisDigest, OfAnElementThatComesTwiceCountsTheLast) {
  ValueDigest twice(ValueType::hash);
  twice.add_field("f", "old");
  twice.add_field("g", "1");
  twice.add_field("f", "new");
  ValueDigest once(ValueType::hash);
  once.add_field("f", "new");
  once.add_field("g", "1");
  EXPECT_EQ(twice.finish(), once.finish());
}

TEST(RedisDigest, OfAStringDoesNotDependOnItsPieces) {
  const std::string bytes(3'000'001, 's');
  ValueDigest whole(ValueType::string);
  whole.add(bytes);
  ValueDigest pieces(ValueType::string);
  for (std::size_t at = 0; at < bytes.size(); at += 700'000) pieces.add(bytes.substr(at, 700'000));
  EXPECT_EQ(whole.finish(), pieces.finish());
}

TEST(RedisDigest, SurvivesChangedBytesUnderAGoodChecksum) {
  std::mt19937 random(5);
  const std::vector<Bytes> values = {{10, 40},
                                     {14, 1, 40},
                                     {1, 2, 1, 'a', 1, 'b'},
                                     {5, 1, 1, 'm', 0, 0, 0, 0, 0, 0, 0xf8, 0x3f},
                                     {0, 0xc3, 5, 8, 1, 'a', 'b', 4U << 5U, 1},
                                     {4, 1, 1, 'f', 1, 'v'}};
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    Bytes changed = values[random() % values.size()];
    if (changed[0] == 10 || changed[0] == 14) append(changed, ziplist());
    for (unsigned i = 0; i <= random() % 3; ++i) {
      changed[random() % changed.size()] = static_cast<std::uint8_t>(random());
    }
    changed[0] = static_cast<std::uint8_t>(changed[0] % 22);
    try {
      static_cast<void>(digest_of_payload(payload(changed)));
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::corrupt);
      ++refused;
    }
  }
  EXPECT_GT(refused, 5'000U);
}

}  // namespace
}  // namespace lifeboat::redis
