// What snapshots added, by source and by age, as their records say.
#include "vault/added_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "added_by_hand.h"

namespace lifeboat::vault {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr std::uint8_t kShopWriter = 1;

/// A record of one writer's chain, oldest first.
class RecordsByHand {
 public:
  SnapshotRecord& add(Instant time, std::uint64_t stored_bytes,
                      const std::vector<std::pair<std::string, std::uint64_t>>& sources,
                      std::uint8_t writer = kShopWriter) {
    SnapshotRecord record;
    record.link.author.bytes[0] = writer;
    record.link.seq = ++seqs_[writer];
    record.link.id.bytes[0] = writer;
    record.link.id.bytes[1] = static_cast<std::uint8_t>(record.link.seq);
    record.store_time = time;
    record.body.emplace().stored_bytes = stored_bytes;
    for (const auto& [name, read_bytes] : sources) {
      SourceSummary& source = record.body->sources.emplace_back();
      source.name = name;
      source.read_bytes = read_bytes;
    }
    history_.snapshots.insert(history_.snapshots.begin(), std::move(record));
    return history_.snapshots.front();
  }
  [[nodiscard]] History& history() { return history_; }

 private:
  History history_;
  std::map<std::uint8_t, std::uint64_t> seqs_;
};

std::vector<std::uint64_t> bytes_of(const SourceSeries& series) {
  std::vector<std::uint64_t> bytes;
  for (const Addition& one : series.additions) bytes.push_back(one.added_bytes);
  return bytes;
}

const Instant kDay = at("2026-11-22");

TEST(AddedBytes, AreListedBySourceOldestFirst) {
  RecordsByHand records;
  records.add(kDay, 100, {{"shop-db", 700}});
  records.add(kDay + hours(1), 5, {{"sessions", 7}});
  records.add(kDay + hours(2), 3, {{"shop-db", 701}});
  const AddedBytes added = added_bytes(records.history(), {});
  ASSERT_EQ(added.series.size(), 2U);
  EXPECT_EQ(added.series[0].source, "sessions");
  EXPECT_EQ(added.series[1].source, "shop-db");
  EXPECT_THAT(bytes_of(added.series[1]), ElementsAre(100, 3));
  EXPECT_EQ(added.series[1].additions[1].read_bytes, 701U);
  EXPECT_EQ(added.whole(), 108U);
  EXPECT_EQ(added.split, 0U);
}

TEST(AddedBytes, OfTwoWritersOfOneSourceStayApart) {
  RecordsByHand records;
  records.add(kDay, 100, {{"shop-db", 1}}, 1);
  records.add(kDay, 50, {{"shop-db", 1}}, 2);
  const AddedBytes added = added_bytes(records.history(), {});
  ASSERT_EQ(added.series.size(), 2U);
  EXPECT_NE(added.series[0].writer, added.series[1].writer);
}

TEST(AddedBytes, OfSeveralSourcesAreSplitByWhatWasReadToTheByte) {
  RecordsByHand records;
  records.add(kDay, 100, {{"a", 1}, {"b", 1}, {"c", 1}});
  records.add(kDay + hours(1), 10, {{"a", 30}, {"b", 70}, {"c", 0}});
  records.add(kDay + hours(2), 7, {{"a", 0}, {"b", 0}, {"c", 0}});
  const AddedBytes added = added_bytes(records.history(), {});
  EXPECT_THAT(bytes_of(added.series[0]), ElementsAre(33, 3, 2));
  EXPECT_THAT(bytes_of(added.series[1]), ElementsAre(33, 7, 2));
  EXPECT_THAT(bytes_of(added.series[2]), ElementsAre(34, 0, 3));
  EXPECT_EQ(added.whole(), 117U);
  EXPECT_EQ(added.split, 3U);
  EXPECT_EQ(added.series[0].additions[0].sources, 3U);
}

TEST(AddedBytes, NameWhatCannotBeReadAndWhatIsForgotten) {
  RecordsByHand records;
  records.add(kDay, 100, {{"shop-db", 1}}).body.reset();
  const SnapshotId id = records.add(kDay + hours(1), 4, {{"shop-db", 1}}).id();
  records.add(kDay + hours(2), 2, {{"shop-db", 1}});
  PinsAndForgets pins;
  pins.forgotten[id].since = kDay + hours(5);
  const AddedBytes added = added_bytes(records.history(), pins);
  EXPECT_EQ(added.sealed, 1U);
  EXPECT_EQ(added.forgotten, 1U);
  EXPECT_EQ(added.forgotten_bytes, 4U);
  EXPECT_EQ(added.whole(), 6U);
  EXPECT_EQ(added.series[0].additions[0].forgotten, kDay + hours(5));
  EXPECT_FALSE(added.series[0].additions[1].forgotten);
}

TEST(AddedBytes, KnowWhereASweepTookSomethingAway) {
  RecordsByHand records;
  for (int i = 0; i < 4; ++i) records.add(kDay + hours(i), 10, {{"shop-db", 1}});
  History& history = records.history();
  const KeyId writer = history.snapshots.front().link.author;
  const auto sweep = [&](std::uint64_t seq) {
    Sweep one;
    one.tombstones.push_back({writer, seq, {}, {}});
    history.swept = Swept({one});
    std::erase_if(history.snapshots,
                  [&](const SnapshotRecord& record) { return record.link.seq == seq; });
    return added_bytes(history, {}).series.front();
  };
  const SourceSeries whole = added_bytes(history, {}).series.front();
  EXPECT_TRUE(whole.begins_whole);
  EXPECT_EQ(whole.swept_seq, 0U);
  const SourceSeries middle = sweep(3);
  EXPECT_TRUE(middle.begins_whole);
  EXPECT_EQ(middle.swept_seq, 3U);
  const SourceSeries first = sweep(1);
  EXPECT_FALSE(first.begins_whole);
  EXPECT_EQ(first.swept_seq, 1U);
}

TEST(AddedBytes, FallIntoAgesToTheMillisecond) {
  SourceByHand shop;
  const Instant now = kDay;
  shop.add(now + hours(1), 1);  // dated ahead
  shop.add(now - days(1) + milliseconds(1), 2);
  shop.add(now - days(1), 4);
  shop.add(now - days(7), 8);
  shop.add(now - days(30), 16);
  shop.add(now - days(90), 32);
  shop.add(now - days(365) + milliseconds(1), 64);
  shop.add(now - days(365), 128);
  EXPECT_THAT(bytes_by_age(shop.series(), now), ElementsAre(3, 4, 8, 16, 96, 128));
}

}  // namespace
}  // namespace lifeboat::vault
