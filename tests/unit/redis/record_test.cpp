#include "redis/record.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/error.h"
#include "redis/record_writer.h"

namespace lifeboat::redis {
namespace {

struct Kept {
  Tag tag;
  std::uint32_t database;
  std::uint64_t expiry_ms;
  std::string key;
  Bytes body;
  friend bool operator==(const Kept&, const Kept&) = default;
};

std::vector<Kept> read(const Bytes& bytes) {
  stream::MemorySource source(bytes);
  RecordReader reader(source);
  std::vector<Kept> kept;
  while (const auto record = reader.next()) {
    kept.push_back({record->tag, record->database, record->expiry_ms, std::string(record->key),
                    Bytes(record->body.begin(), record->body.end())});
  }
  return kept;
}

Bytes piece(std::uint32_t number, bool last, PieceType type = PieceType::list) {
  return encode({type, number, last, {"ab", ""}});
}

Bytes written(const std::vector<Kept>& records) {
  Bytes bytes;
  for (const Kept& one : records) {
    append_record(bytes, {one.tag, one.database, one.expiry_ms, one.key, one.body});
  }
  return bytes;
}

const std::vector<Kept> kSome = {
    {Tag::value, 0, kNoExpiry, "a", Bytes(11, 7)},
    {Tag::value, 15, 1'700'000'000'000, std::string("\0\r\n", 3), Bytes(200'000, 9)},
    {Tag::piece, 1, 5, "big", piece(0, false)},
    {Tag::piece, 1, 5, "big", piece(1, false)},
    {Tag::piece, 1, 5, "big", piece(2, true)},
    {Tag::gone, 3, kNoExpiry, "", {}},
};

TEST(RedisRecord, ComesBackAsItWasWritten) { EXPECT_EQ(read(written(kSome)), kSome); }

TEST(RedisRecord, IsLaidOutAsTheFormatSays) {
  Bytes bytes;
  append_record(bytes, {Tag::gone, 258, kNoExpiry, "k", {}});
  EXPECT_EQ(to_hex(bytes),
            "12000000"
            "03"
            "02010000"
            "ffffffffffffffff"
            "01000000"
            "6b");
  EXPECT_EQ(to_hex(encode({PieceType::hash, 1, true, {"f", "v2"}})),
            "05"
            "01000000"
            "01"
            "01000000"
            "66"
            "02000000"
            "7632");
}

TEST(RedisRecord, RefusesPiecesOutOfOrder) {
  const Kept first{Tag::piece, 1, 5, "big", piece(0, false)};
  const Kept other_key{Tag::piece, 1, 5, "bog", piece(1, true)};
  const Kept other_type{Tag::piece, 1, 5, "big", piece(1, true, PieceType::set)};
  const Kept skipped{Tag::piece, 1, 5, "big", piece(2, true)};
  const Kept between{Tag::gone, 1, kNoExpiry, "x", {}};
  for (const std::vector<Kept>& bad : std::vector<std::vector<Kept>>{{first},
                                                                     {skipped},
                                                                     {first, other_key},
                                                                     {first, other_type},
                                                                     {first, skipped},
                                                                     {first, between},
                                                                     {first, first}}) {
    EXPECT_THROW(static_cast<void>(read(written(bad))), Error);
  }
}

TEST(RedisRecord, RefusesEveryCutAndSurvivesChangedBytes) {
  const Bytes whole = written(kSome);
  std::size_t whole_records = 0;
  for (std::size_t cut = 1; cut < 600; cut += cut < 60 ? 1 : 7) {
    try {
      whole_records += read(Bytes(whole.begin(), whole.begin() + static_cast<long>(cut))).size();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    }
  }
  EXPECT_EQ(whole_records, 1U);  // only a cut behind the first record leaves whole ones
  std::mt19937 random(3);
  std::size_t refused = 0;
  for (int round = 0; round < 100; ++round) {
    Bytes changed = whole;
    const bool front = round % 2 == 0;
    const std::size_t at = front ? random() % 60 : whole.size() - 1 - random() % 150;
    changed[at] = static_cast<std::uint8_t>(random());
    try {
      static_cast<void>(read(changed));
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::corrupt);
      ++refused;
    }
  }
  EXPECT_GT(refused, 15U);
}

class CountingSink final : public RecordSink {
 public:
  void record(ByteView) override { ++open; }
  void end_range() override {
    ranges.push_back(open);
    open = 0;
  }
  void discard() override { ranges.clear(); }
  std::size_t open = 0;
  std::vector<std::size_t> ranges;
};

TEST(RedisRecordWriter, EndsRangesByTheKeyAndNeverBetweenPieces) {
  CountingSink sink;
  RecordWriter writer(sink);
  std::string cutting;
  for (int i = 0; cutting.empty(); ++i) {
    if (cuts_behind(0, "k" + std::to_string(i))) cutting = "k" + std::to_string(i);
  }
  const Bytes value(11, 1);
  writer.write({Tag::value, 0, kNoExpiry, "plain", value});
  writer.write({Tag::value, 0, kNoExpiry, cutting, value});
  writer.write({Tag::piece, 0, kNoExpiry, cutting, piece(0, false)});
  writer.write({Tag::piece, 0, kNoExpiry, cutting, piece(1, true)});
  writer.write({Tag::value, 0, kNoExpiry, "plain", value});
  writer.end_round();
  writer.end_round();
  EXPECT_EQ(sink.ranges, (std::vector<std::size_t>{2, 2, 1}));
}

TEST(RedisRecordWriter, ForgetsWhatWasReadBeforeItBeganAnew) {
  CountingSink sink;
  RecordWriter writer(sink);
  writer.write({Tag::gone, 0, kNoExpiry, "a", {}});
  writer.discard();
  EXPECT_TRUE(sink.ranges.empty());
  EXPECT_EQ(sink.open, 0U);
  EXPECT_EQ(writer.records(), 0U);
}

}  // namespace
}  // namespace lifeboat::redis
