// Values above 8 MiB, which are carried in pieces.
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "base/wire.h"
#include "harness/rdb_builder.h"
#include "harness/redis_records.h"
#include "redis/key_table.h"
#include "redis/rdb_splitter.h"
#include "redis/value_digest.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RdbBuilder;

constexpr std::size_t kMany = 9'000;

/// Different ones, of a thousand bytes.
std::string element(std::size_t number) { return std::to_string(number) + std::string(1'000, 'x'); }

/// A listpack of these two, with 12-bit lengths.
std::string listpack(const std::string& a, const std::string& b) {
  WireWriter entries;
  for (const std::string& one : {a, b}) {
    entries.put(static_cast<std::uint8_t>(0xe0U | one.size() >> 8U));
    entries.put(static_cast<std::uint8_t>(one.size() & 0xffU)).put_bytes(as_bytes(one));
    // How far back it begins: two bytes of seven bits.
    const std::size_t back = one.size() + 2;
    entries.put(static_cast<std::uint8_t>(back >> 7U));
    entries.put(static_cast<std::uint8_t>((back & 0x7fU) | 0x80U));
  }
  WireWriter whole;
  whole.put(static_cast<std::uint32_t>(7 + entries.bytes().size())).put(std::uint16_t{2});
  whole.put_bytes(entries.bytes()).put(std::uint8_t{0xff});
  return std::string(as_text(whole.bytes()));
}

/// A ziplist of one element, with a 14-bit length.
std::string ziplist(const std::string& one) {
  WireWriter whole;
  whole.put(static_cast<std::uint32_t>(10 + 3 + one.size() + 1)).put(std::uint32_t{10});
  whole.put(std::uint16_t{1}).put(std::uint8_t{0});
  whole.put(static_cast<std::uint8_t>(0x40U | one.size() >> 8U));
  whole.put(static_cast<std::uint8_t>(one.size() & 0xffU)).put_bytes(as_bytes(one));
  whole.put(std::uint8_t{0xff});
  return std::string(as_text(whole.bytes()));
}

/// LZF of `plain`, without a single copy in it.
std::string literal_lzf(const std::string& plain) {
  std::string packed;
  for (std::size_t at = 0; at < plain.size(); at += 32) {
    const std::string part = plain.substr(at, 32);
    packed += static_cast<char>(part.size() - 1);
    packed += part;
  }
  return packed;
}

struct Split {
  std::size_t pieces = 0;
  std::size_t longest = 0;
  Digest digest{};
};

/// Splits an RDB with this one key, and looks whether the records mean what the payload means.
Split split(unsigned type, const RdbBuilder& value) {
  RdbBuilder rdb;
  rdb.time().key(type, "big").raw(as_text(value.bytes()));
  MemoryRecords records;
  stream::MemorySource source(rdb.finish());
  RdbStream stream(source);
  RecordWriter writer(records);
  SilentObserver observer;
  static_cast<void>(RdbSplitter(stream, writer, observer).run());
  Split result;
  KeyTable table(0, 1);
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      if (record->tag == Tag::piece) ++result.pieces;
      result.longest = std::max(result.longest, record->body.size());
      table.apply(*record);
    }
  }
  const auto rows = table.finish();
  EXPECT_EQ(rows.size(), 1U);
  if (!rows.empty()) result.digest = rows[0].digest;
  return result;
}

Digest digest_of(unsigned type, const RdbBuilder& value) {
  Bytes payload = {static_cast<std::uint8_t>(type)};
  append(payload, value.bytes());
  payload.push_back(10);
  payload.push_back(0);
  const std::uint64_t sum = crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  return digest_of_payload(payload);
}

void expect_pieces(unsigned type, const RdbBuilder& value) {
  const Split result = split(type, value);
  EXPECT_GE(result.pieces, 9U) << "type " << type;
  EXPECT_LT(result.longest, 1'200'000U) << "type " << type;
  EXPECT_EQ(result.digest, digest_of(type, value)) << "type " << type;
}

TEST(RdbPieces, OfAString) {
  std::string text;
  for (std::size_t i = 0; i < kMany; ++i) text += element(i);
  expect_pieces(0, RdbBuilder("").text(text));
  expect_pieces(0, RdbBuilder("").lzf(literal_lzf(text), text.size()));
}

TEST(RdbPieces, OfAStringThatIsBigOnlyWhenItIsUnpacked) {
  // Copies of 264 bytes from one byte back: 9.5 MB out of 108 kB.
  std::string packed("\x00z", 2);
  constexpr std::size_t kCopies = 36'000;
  for (std::size_t i = 0; i < kCopies; ++i) packed += std::string("\xe0\xff\x00", 3);
  expect_pieces(0, RdbBuilder("").lzf(packed, 1 + 264 * kCopies));
}

TEST(RdbPieces, OfAStringWhoseCopiesReachAsFarBackAsTheyCan) {
  std::mt19937 random(5);
  std::string noise(8'192, '\0');
  for (char& one : noise) one = static_cast<char>(random());
  std::string packed = literal_lzf(noise);
  std::size_t plain = noise.size();
  while (plain < 10'000'000) {
    const auto back = static_cast<unsigned>(8'191 - random() % 3);  // counted from 0
    packed += static_cast<char>(0xe0U | back >> 8U);
    const auto more = static_cast<unsigned>(random() % 256);
    packed += static_cast<char>(more);
    packed += static_cast<char>(back & 0xffU);
    plain += 7 + more + 2;
  }
  expect_pieces(0, RdbBuilder("").lzf(packed, plain));
}

TEST(RdbPieces, OfAList) {
  RdbBuilder plain("");
  RdbBuilder ziplists("");
  RdbBuilder nodes("");
  plain.length(kMany);
  ziplists.length(kMany);
  nodes.length(kMany / 2 + 1);
  for (std::size_t i = 0; i < kMany; ++i) {
    plain.text(element(i));
    ziplists.text(ziplist(element(i)));
    if (i % 2 == 0) nodes.length(2).text(listpack(element(i), element(i + 1)));
  }
  nodes.length(1).text("alone");
  expect_pieces(1, plain);
  expect_pieces(14, ziplists);
  expect_pieces(18, nodes);
}

TEST(RdbPieces, OfASetAHashAndSortedSets) {
  RdbBuilder set("");
  RdbBuilder hash("");
  RdbBuilder zset("");
  RdbBuilder old_zset("");
  for (RdbBuilder* one : {&set, &hash, &zset, &old_zset}) one->length(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    set.text(element(i));
    hash.text(element(i)).text("value");
    zset.text(element(i)).number(i == 7 ? -1.0 / 0.0 : 0.1 * static_cast<double>(i));
    old_zset.text(element(i));
    i == 7 ? old_zset.byte(254) : old_zset.byte(4).raw("1e-3");
  }
  expect_pieces(2, set);
  expect_pieces(4, hash);
  expect_pieces(5, zset);
  expect_pieces(3, old_zset);
}

TEST(RdbPieces, LeavesWholeWhatCannotBeTakenApart) {
  const RdbBuilder blob = RdbBuilder("").raw("expiry..").text(std::string(9U << 20U, 'b'));
  const Split result = split(25, blob);
  EXPECT_EQ(result.pieces, 0U);
  EXPECT_EQ(result.digest, digest_of(25, blob));
}

TEST(RdbPieces, RefusesCompressedBytesThatGiveSomethingElse) {
  const std::string text(9U << 20U, 't');
  const std::string packed = literal_lzf(text);
  EXPECT_THROW(static_cast<void>(split(0, RdbBuilder("").lzf(packed, text.size() + 1))), Error);
  EXPECT_THROW(static_cast<void>(split(0, RdbBuilder("").lzf(packed, text.size() - 1))), Error);
  // A copy from before the beginning.
  std::string early("\x20\x05", 2);
  early += packed;
  EXPECT_THROW(static_cast<void>(split(0, RdbBuilder("").lzf(early, text.size() + 3))), Error);
}

}  // namespace
}  // namespace lifeboat::redis
