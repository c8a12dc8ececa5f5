#include "vault/chunker.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/units.h"
#include "vault/row_sum.h"

namespace lifeboat::vault {
namespace {

struct Cut {
  std::vector<std::string> chunks;
  bool bundled = false;
};

seal::SecretArray<16> key() {
  ByteArray<16> bytes{};
  bytes.fill(7);
  return seal::SecretArray<16>(bytes);
}

Cut cut(const std::vector<std::string>& records, unsigned average_log2 = 16) {
  Cut result;
  Chunker chunker(average_log2, [&](ByteView chunk, bool bundle) {
    result.chunks.emplace_back(as_text(chunk));
    result.bundled |= bundle;
  });
  for (const std::string& record : records) {
    chunker.add(as_bytes(record), hash_row(key(), as_bytes(record)));
  }
  chunker.finish();
  return result;
}

std::vector<std::string> rows(int count, int first = 0) {
  std::vector<std::string> result;
  for (int i = first; i < first + count; ++i) {
    result.push_back(std::to_string(i) + "\tcustomer " + std::to_string(i * 31) + "\t" +
                     std::string(static_cast<std::size_t>(20 + i % 90), 'x') + "\n");
  }
  return result;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

TEST(Chunker, LosesAndReordersNothing) {
  for (const int count : {0, 1, 50, 5'000, 60'000}) {
    EXPECT_EQ(joined(cut(rows(count)).chunks), joined(rows(count)));
  }
}

TEST(Chunker, KeepsChunksBetweenAQuarterAndFourTimesTheAverageWithOneTail) {
  const auto chunks = cut(rows(100'000)).chunks;
  ASSERT_GT(chunks.size(), 50U);
  for (const std::string& chunk : chunks) {
    EXPECT_GE(chunk.size(), 64 * kKiB / 4);
    EXPECT_LE(chunk.size(), 64 * kKiB * 4 + 64 * kKiB / 4);
  }
  const double mean =
      static_cast<double>(joined(chunks).size()) / static_cast<double>(chunks.size());
  EXPECT_GT(mean, 0.7 * 64 * kKiB);
  EXPECT_LT(mean, 1.6 * 64 * kKiB);
}

TEST(Chunker, AnEditChangesOnlyTheChunksAroundIt) {
  auto records = rows(100'000);
  const auto before = cut(records).chunks;
  records.insert(records.begin() + 40'000, "a row that is new\n");
  records.erase(records.begin() + 80'000);
  const std::set<std::string> known(before.begin(), before.end());
  std::size_t changed = 0;
  for (const std::string& chunk : cut(records).chunks) changed += known.contains(chunk) ? 0 : 1;
  EXPECT_LE(changed, 6U);
}

TEST(Chunker, BundlesAWholeRangeThatIsTooShort) {
  EXPECT_TRUE(cut(rows(3)).bundled);
  EXPECT_FALSE(cut(rows(3'000)).bundled);
}

TEST(Chunker, CutsARecordBeyondTheGreatestChunkIntoPieces) {
  std::vector<std::string> records = rows(2'000);
  records.insert(records.begin() + 1'000, std::string(5 * kMiB + 17, 'z') + "\n");
  const Cut result = cut(records);
  EXPECT_EQ(joined(result.chunks), joined(records));
  std::size_t pieces = 0;
  for (const std::string& chunk : result.chunks) pieces += chunk.size() == kMiB ? 1 : 0;
  EXPECT_EQ(pieces, 5U);
  EXPECT_FALSE(result.bundled);
}

TEST(Chunker, TakesTheAverageFromTheSizeOfTheSourceAndKeepsItUntilFarOff) {
  EXPECT_EQ(average_log2_for(0, 0), 16U);
  EXPECT_EQ(average_log2_for(60 * kGiB, 0), 16U);
  EXPECT_EQ(average_log2_for(100 * kGiB, 0), 17U);
  EXPECT_EQ(average_log2_for(1000 * kGiB, 0), 20U);
  EXPECT_EQ(average_log2_for(100'000 * kGiB, 0), 20U);
  EXPECT_EQ(average_log2_for(100 * kGiB, 16), 16U);
  EXPECT_EQ(average_log2_for(250 * kGiB, 16), 18U);
}

TEST(RowSum, DoesNotDependOnOrderAndCountsDuplicates) {
  RowSum forward;
  RowSum backward;
  const auto records = rows(500);
  for (const auto& record : records) forward.add(hash_row(key(), as_bytes(record)), record.size());
  for (auto at = records.rbegin(); at != records.rend(); ++at) {
    backward.add(hash_row(key(), as_bytes(*at)), at->size());
  }
  EXPECT_EQ(forward, backward);
  RowSum twice = forward;
  twice.add(hash_row(key(), as_bytes(records[0])), records[0].size());
  twice.add(hash_row(key(), as_bytes(records[0])), records[0].size());
  EXPECT_NE(twice.sum(), forward.sum());
}

TEST(RowSum, AddsUpOverPartsWithCarry) {
  seal::RowHash all_ones;
  all_ones.fill(0xFF);
  RowSum parts;
  RowSum whole;
  for (int i = 0; i < 3; ++i) {
    RowSum one;
    one.add(all_ones, 10);
    parts.add(one);
    whole.add(all_ones, 10);
  }
  EXPECT_EQ(parts, whole);
  EXPECT_EQ(RowSum::decode(parts.encode()), whole);
  EXPECT_EQ(whole.hex(), "fdffffffffffffffffffffffffffffff");
}

}  // namespace
}  // namespace lifeboat::vault
