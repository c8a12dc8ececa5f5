#include "redis/rdb_splitter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "harness/rdb_builder.h"
#include "harness/redis_records.h"
#include "redis/key_table.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RdbBuilder;
using stream::MemorySource;

/// Gives `step` bytes at a time.
class SlowSource final : public stream::Source {
 public:
  SlowSource(Bytes bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}
  [[nodiscard]] std::size_t read(MutableByteView buffer) override {
    const std::size_t count = std::min({step_, bytes_.size() - at_, buffer.size()});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
    return count;
  }

 private:
  Bytes bytes_;
  std::size_t step_;
  std::size_t at_ = 0;
};

RdbSummary split(const Bytes& rdb, MemoryRecords& records, std::size_t step = 1U << 20U) {
  SlowSource source(rdb, step);
  RdbStream stream(source);
  RecordWriter writer(records);
  SilentObserver observer;
  return RdbSplitter(stream, writer, observer).run();
}

std::optional<ErrorKind> failure_of(const Bytes& rdb) {
  try {
    MemoryRecords records;
    static_cast<void>(split(rdb, records));
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

struct Entry {
  Tag tag;
  std::uint32_t database;
  std::uint64_t expiry_ms;
  std::string key;
  std::string body;
  friend bool operator==(const Entry&, const Entry&) = default;
};

std::vector<Entry> entries_of(MemoryRecords& records) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < records.range_count(); ++i) {
    const auto bytes = records.open_range(i);
    RecordReader reader(*bytes);
    while (const auto record = reader.next()) {
      entries.push_back({record->tag, record->database, record->expiry_ms, std::string(record->key),
                         std::string(as_text(record->body))});
    }
  }
  return entries;
}

/// What DUMP gives for this value.
Bytes payload(const Bytes& type_and_value, unsigned version = 10) {
  Bytes out = type_and_value;
  out.push_back(static_cast<std::uint8_t>(version));
  out.push_back(0);
  const std::uint64_t sum = crc64(0, out);
  for (unsigned i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  return out;
}

Bytes value(unsigned type, const RdbBuilder& built) {
  Bytes out = {static_cast<std::uint8_t>(type)};
  append(out, built.bytes());
  return out;
}

std::uint64_t module_id(std::string_view name) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::uint64_t id = 0;
  for (const char one : name) id = id << 6U | kCharacters.find(one);
  return id << 10U | 3U;  // version of its encoding
}

/// Every mark and every kind of value, small.
RdbBuilder everything() {
  RdbBuilder rdb;
  rdb.setting("redis-ver", "7.0.15").time().setting("repl-id", std::string(40, 'a'));
  rdb.byte(245).text("#!lua name=a").byte(245).text("#!lua name=b");
  rdb.byte(247).length(module_id("ReJSON-RL")).length(2).length(1);
  rdb.length(2).length(7).length(5).text("aux").length(0);
  rdb.database(0).byte(251).length(9).length(1);
  rdb.byte(252).little_endian(4'000'000'000'123, 8).byte(248).length(77).key(0, "raw").text("v");
  rdb.byte(249).byte(200).key(0, "int").byte(0xc1).little_endian(0xfffe, 2);
  rdb.key(0, "lzf").lzf(std::string("\x01"
                                    "ab\x80\x01",
                                    5),
                        8);
  rdb.byte(253).little_endian(2'000'000'000, 4).key(1, "list").length(2).text("a").text("b");
  rdb.key(2, "set").length(1).text("m");
  rdb.key(3, "old zset").length(2).text("m").byte(3).raw("1.5").text("n").byte(254);
  rdb.database(700'000).key(4, "hash").length(1).text("f").text("v");
  rdb.key(5, "zset").length(1).text("m").number(2.5);
  rdb.key(7, "module").length(99).length(1).length(5).length(3).raw("ffff").length(4);
  rdb.raw("dddddddd").length(5).text("s").length(0);
  for (const unsigned type : {10U, 11U, 12U, 13U, 16U, 17U, 20U}) {
    rdb.key(type, "packed" + std::to_string(type)).text("one blob");
  }
  rdb.key(14, "quicklist").length(1).text("ziplist");
  rdb.key(18, "quicklist2").length(2).length(1).text("plain").length(2).text("listpack");
  for (const unsigned type : {15U, 19U, 21U}) {
    rdb.key(type, "stream" + std::to_string(type)).length(1).text(std::string(16, 'i')).text("lp");
    for (int i = 0; i < (type >= 19 ? 8 : 3); ++i) rdb.length(1);
    rdb.length(1).text("group").length(1).length(1);
    if (type >= 19) rdb.length(1);
    rdb.length(1).raw(std::string(24, 'p')).length(2);
    rdb.length(1).text("consumer").raw(std::string(type >= 21 ? 16 : 8, 't'));
    rdb.length(1).raw(std::string(16, 'q'));
  }
  rdb.key(24, "expiring").raw("expiry..").length(1).length(0).text("f").text("v");
  rdb.key(25, "expiring packed").raw("expiry..").text("blob");
  return rdb;
}

TEST(RdbSplitter, MakesARecordOfEachKeyAsDumpWouldGiveIt) {
  MemoryRecords records;
  const RdbSummary summary = split(everything().finish(), records);
  EXPECT_EQ(summary.version, 10);
  EXPECT_EQ(summary.at, Instant(std::chrono::seconds(1'800'000'000)));
  EXPECT_TRUE(summary.has_checksum);
  const std::map<std::uint32_t, std::uint64_t> databases = {{0, 6}, {700'000, 17}};
  EXPECT_EQ(summary.databases, databases);
  const std::vector<Entry> entries = entries_of(records);
  ASSERT_EQ(entries.size(), 23U);
  const auto body = [](unsigned type, const RdbBuilder& built) {
    return std::string(as_text(payload(value(type, built))));
  };
  EXPECT_EQ(entries[0],
            (Entry{Tag::value, 0, 4'000'000'000'123, "raw", body(0, RdbBuilder("").text("v"))}));
  EXPECT_EQ(entries[1],
            (Entry{Tag::value, 0, kNoExpiry, "int", body(0, RdbBuilder("").raw("\xc1\xfe\xff"))}));
  EXPECT_EQ(entries[3], (Entry{Tag::value, 0, 2'000'000'000'000, "list",
                               body(1, RdbBuilder("").length(2).text("a").text("b"))}));
  EXPECT_EQ(entries[6], (Entry{Tag::value, 700'000, kNoExpiry, "hash",
                               body(4, RdbBuilder("").length(1).text("f").text("v"))}));
  EXPECT_EQ(entries.back(), (Entry{Tag::value, 700'000, kNoExpiry, "expiring packed",
                                   body(25, RdbBuilder("").raw("expiry..").text("blob"))}));
}

TEST(RdbSplitter, MakesOfFunctionsWhatFunctionDumpGives) {
  MemoryRecords records;
  const RdbSummary summary = split(everything().finish(), records);
  const RdbBuilder code =
      RdbBuilder("").byte(245).text("#!lua name=a").byte(245).text("#!lua name=b");
  EXPECT_EQ(summary.functions, payload(code.bytes()));
  MemoryRecords none;
  EXPECT_FALSE(split(RdbBuilder().time().finish(), none).functions);
}

TEST(RdbSplitter, NamesWhatAModuleKeepsBesideItsKeys) {
  MemoryRecords records;
  const RdbSummary summary = split(everything().finish(), records);
  ASSERT_EQ(summary.not_carried.size(), 1U);
  EXPECT_EQ(summary.not_carried[0].object, "what the module ReJSON-RL keeps beside its keys");
  EXPECT_EQ(summary.not_carried[0].severity, Severity::loss);
}

TEST(RdbSplitter, GivesTheSameInWhateverPortionsTheBytesCome) {
  const Bytes rdb = everything().finish();
  MemoryRecords whole;
  static_cast<void>(split(rdb, whole));
  for (const std::size_t step : {1U, 2U, 7U, 64U}) {
    MemoryRecords records;
    static_cast<void>(split(rdb, records, step));
    EXPECT_EQ(records.ranges(), whole.ranges()) << step;
  }
}

TEST(RdbSplitter, NeverTakesAPartForTheWhole) {
  const Bytes rdb = everything().finish();
  for (std::size_t cut = 0; cut < rdb.size(); ++cut) {
    const Bytes front(rdb.begin(), rdb.begin() + static_cast<std::ptrdiff_t>(cut));
    EXPECT_EQ(failure_of(front), ErrorKind::corrupt) << cut;
  }
}

TEST(RdbSplitter, SeesEveryByteThatWasChanged) {
  const Bytes rdb = everything().finish();
  for (std::size_t at = 0; at < rdb.size(); ++at) {
    for (const unsigned bit : {0x01U, 0x80U}) {
      Bytes changed = rdb;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ bit);
      EXPECT_TRUE(failure_of(changed)) << at;
    }
  }
}

TEST(RdbSplitter, TakesAnRdbWithoutAChecksumAndSaysSo) {
  RdbBuilder rdb = everything();
  rdb.byte(255).little_endian(0, 8);
  MemoryRecords records;
  EXPECT_FALSE(split(rdb.bytes(), records).has_checksum);
}

TEST(RdbSplitter, PassesOverNothingThatItDoesNotKnow) {
  for (const unsigned type : {6U, 8U, 9U, 22U, 23U, 26U, 100U, 243U, 244U, 246U}) {
    RdbBuilder rdb;
    EXPECT_EQ(failure_of(rdb.time().key(type, "k").text("v").finish()), ErrorKind::refused) << type;
  }
  for (const char* head : {"REDIS0004", "REDIS0013", "VALKEY081"}) {
    EXPECT_EQ(failure_of(RdbBuilder(head).time().finish()), ErrorKind::refused) << head;
  }
  for (const char* head : {"REDIS00a1", "RODIS0010", "VALKEYxyz"}) {
    EXPECT_EQ(failure_of(RdbBuilder(head).time().finish()), ErrorKind::corrupt) << head;
  }
}

TEST(RdbSplitter, ReadsHashesWhoseFieldsExpireAsValkeyHasThem) {
  RdbBuilder rdb("VALKEY080");
  rdb.time().key(22, "h").length(1).text("f").text("v").little_endian(4'000'000'000'000, 8);
  MemoryRecords records;
  const RdbSummary summary = split(rdb.finish(), records);
  EXPECT_EQ(summary.version, 80);
  const RdbBuilder built =
      RdbBuilder("").length(1).text("f").text("v").little_endian(4'000'000'000'000, 8);
  EXPECT_EQ(entries_of(records).at(0).body, as_text(payload(value(22, built), 80)));
}

TEST(RdbSplitter, RefusesWhatCannotBe) {
  const auto kind = [](RdbBuilder rdb) { return failure_of(rdb.finish()); };
  EXPECT_EQ(failure_of(RdbBuilder().finish()), ErrorKind::corrupt);  // no time
  EXPECT_EQ(kind(RdbBuilder().setting("ctime", "12x")), ErrorKind::corrupt);
  EXPECT_EQ(kind(RdbBuilder().time().database(std::uint64_t{1} << 32U)), ErrorKind::corrupt);
  // An expiry that would mean none.
  EXPECT_EQ(kind(RdbBuilder().time().byte(252).little_endian(~std::uint64_t{0}, 8)),
            ErrorKind::corrupt);
  EXPECT_EQ(kind(RdbBuilder().time().key(7, "m").length(1).length(6)), ErrorKind::corrupt);
}

TEST(RdbSplitter, ReservesNothingThatALengthPromises) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 62U;
  // A key, a string, an element, a number of elements, and compressed bytes, of that length.
  for (const auto& promise :
       {RdbBuilder().time().byte(0).length(kHuge), RdbBuilder().time().key(0, "k").length(kHuge),
        RdbBuilder().time().key(1, "k").length(1).length(kHuge),
        RdbBuilder().time().key(5, "k").length(kHuge),
        RdbBuilder().time().key(16, "k").length(kHuge),
        RdbBuilder().time().key(21, "k").length(kHuge), RdbBuilder().time().byte(250).length(kHuge),
        RdbBuilder().time().byte(245).length(kHuge),
        RdbBuilder().time().key(0, "k").byte(0xc3).length(kHuge).length(9),
        RdbBuilder().time().key(0, "k").byte(0xc3).length(3).length(kHuge)}) {
    RdbBuilder rdb = promise;
    EXPECT_EQ(failure_of(rdb.raw("a few bytes").finish()), ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace lifeboat::redis
