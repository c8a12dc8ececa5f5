#include <gtest/gtest.h>

#include <random>

#include "harness/faulty_store.h"
#include "vault/index_merge.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;

BlobId random_id(std::mt19937_64& random) {
  BlobId id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random());
  return id;
}

/// Segments under keys of their own, and what they are to hold after a merge.
class Merge : public testing::Test {
 protected:
  Merge() : key_(seal::signing_key_from(seal::random_key())) {
    vault_.bytes.fill(7);
    keys_ = {.list_id = seal::random_key(), .aead = seal::random_key()};
  }

  /// A segment of `count` new blobs and of each third of those before, in one pack.
  IndexSegment segment(std::size_t count) {
    Pack pack;
    pack.type = ObjectType::data_pack;
    pack.hash.bytes[0] = static_cast<std::uint8_t>(++packs_);
    pack.bytes.resize(packs_);
    std::vector<BlobId> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(random_id(random_));
    std::size_t place = 0;
    for (const auto& [id, first] : expected_) {
      if (++place % 3 == 0) ids.push_back(id);
    }
    for (const BlobId& id : ids) {
      BlobPlace at;
      at.kind = BlobKind::chunk;
      at.counter = random_();
      at.offset = static_cast<std::uint32_t>(random_());
      pack.blobs.push_back({id, at});
      expected_.try_emplace(id, Expected{pack.hash, at.counter});
    }
    SessionId session;
    session.bytes[0] = static_cast<std::uint8_t>(packs_ % 3);
    IndexSegmentBuilder builder;
    builder.add(session, pack);
    return decoded(builder.encode(vault_, 1, 0, key_, keys_));
  }

  [[nodiscard]] IndexSegment decoded(Bytes stored) const {
    return IndexSegment::decode(std::move(stored), vault_, key_.public_key, keys_);
  }

  struct Expected {
    ObjectHash pack;
    std::uint64_t counter = 0;
  };
  std::mt19937_64 random_{20261125};
  VaultId vault_;
  seal::SigningKey key_;
  IndexKeys keys_;
  std::size_t packs_ = 0;
  std::map<BlobId, Expected> expected_;
};

TEST_F(Merge, KeepsEveryIdOnceAsTheFirstSegmentThatHasItSays) {
  std::vector<IndexSegment> segments;
  for (const std::size_t count : {300, 1, 0, 77, 500, 2, 40, 9}) {
    segments.push_back(segment(count));
  }
  std::vector<const IndexSegment*> inputs;
  for (const IndexSegment& one : segments) inputs.push_back(&one);
  const IndexSegment merged = decoded(merge_segments(inputs, vault_, 1, 1, key_, keys_));
  EXPECT_EQ(merged.level(), 1);
  EXPECT_EQ(merged.sessions().size(), 3U);
  EXPECT_EQ(merged.packs().size(), 8U);
  ASSERT_EQ(merged.size(), expected_.size());
  for (const auto& [id, expected] : expected_) {
    const auto found = merged.find(id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->pack, expected.pack);
    EXPECT_EQ(found->place.counter, expected.counter);
    EXPECT_EQ(found->session.bytes[0], expected.pack.bytes[0] % 3);
  }
  EXPECT_FALSE(merged.find(random_id(random_)));
}

TEST_F(Merge, OfSegmentsThatHoldNothingHoldsNothing) {
  const IndexSegment none = segment(0);
  const IndexSegment* const inputs[] = {&none, &none};
  EXPECT_EQ(decoded(merge_segments(inputs, vault_, 1, 1, key_, keys_)).size(), 0U);
}

TEST_F(VaultFixture, ACommitReadsASegmentOnlyToMergeIt) {
  FaultyStore counted(store_);
  for (int i = 1; i <= 24; ++i) {
    const Vault vault(counted, capabilities_.at(Role::writer));
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    writer.add_stream(0, StreamKind::table, "t", {write_range(writer, rows_of("t", 100, i), 0)});
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.guarantee = "exact";
    int reads = 0;
    counted.call_before([&](StoreOperation operation, const std::string& name) {
      if (operation == StoreOperation::get && name.find("/index/") != std::string::npos) ++reads;
    });
    const SnapshotRecord record = writer.commit({source}, true, {});
    counted.call_before({});
    // The base index has the others; what this session wrote is read to be merged, on the eighth.
    EXPECT_EQ(reads, i % 8 == 0 ? 1 : 0) << i;
    EXPECT_EQ(record.segments.size(), static_cast<std::size_t>(i / 8 + i % 8)) << i;
  }
}

}  // namespace
}  // namespace lifeboat::vault
