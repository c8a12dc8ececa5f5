#include "vault/blob_id_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace lifeboat::vault {
namespace {

BlobId random_id(std::mt19937_64& random) {
  BlobId id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return id;
}

TEST(BlobIdSet, TakesEveryIdOnceHoweverItGrows) {
  std::mt19937_64 random(7);
  std::vector<BlobId> ids;
  BlobIdSet set;
  for (int i = 0; i < 100'000; ++i) {
    ids.push_back(random_id(random));
    ASSERT_TRUE(set.insert(ids.back()));
  }
  for (const BlobId& id : ids) ASSERT_FALSE(set.insert(id));
  EXPECT_EQ(set.size(), ids.size());
}

TEST(BlobIdSet, TellsIdsApartThatDifferInOneBitOfTheFirst16Bytes) {
  std::mt19937_64 random(8);
  const BlobId base = random_id(random);
  BlobIdSet set;
  EXPECT_TRUE(set.insert(base));
  for (std::size_t bit = 0; bit < 128; ++bit) {
    BlobId other = base;
    other.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_TRUE(set.insert(other)) << bit;
    EXPECT_FALSE(set.insert(other)) << bit;
  }
}

TEST(BlobIdSet, HasRoomForTheIdOfZerosToo) {
  BlobIdSet set;
  EXPECT_TRUE(set.insert(BlobId{}));
  EXPECT_FALSE(set.insert(BlobId{}));
  std::mt19937_64 random(9);
  for (int i = 0; i < 5'000; ++i) ASSERT_TRUE(set.insert(random_id(random)));
  EXPECT_FALSE(set.insert(BlobId{}));
  EXPECT_EQ(set.size(), 5'001U);
}

}  // namespace
}  // namespace lifeboat::vault
