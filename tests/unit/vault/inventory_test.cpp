// What lies in a store, by kind: every object once, to the byte.
#include "vault/inventory.h"

#include "harness/faulty_store.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::StoreOperation;

class InventoryOfVault : public VaultFixture {
 protected:
  [[nodiscard]] Tally listed(const std::string& prefix) {
    Tally tally;
    store_.list(prefix, "", [&](const store::ObjectInfo& info) {
      tally.add(info.size_bytes);
      return true;
    });
    return tally;
  }
  void put(const std::string& name, std::size_t size) {
    ASSERT_EQ(store_.put(store::ObjectKey(name), Bytes(size)), store::PutResult::created);
  }
};

TEST_F(InventoryOfVault, CountsEveryObjectOnceByItsKind) {
  take_snapshot();
  take_snapshot(5000, 7);
  put("probe/protection", 11);
  put("run/1/2-3", 13);
  put("claim/drill/weekly/20261123t0312z", 17);
  put("g1/mark/0000000001", 19);
  put("g1/pack/no-pack", 23);
  put("something-else", 29);
  const Inventory inventory = take_inventory(open_as(Role::viewer), {});
  EXPECT_EQ(inventory.whole(), listed(""));
  EXPECT_EQ(inventory.of(StoredKind::list_packs), listed("g1/meta/"));
  EXPECT_EQ(inventory.of(StoredKind::index), listed("g1/index/"));
  EXPECT_EQ(inventory.of(StoredKind::sessions), listed("g1/session/"));
  EXPECT_EQ(inventory.of(StoredKind::snapshot_records), listed("snapshot/"));
  EXPECT_EQ(inventory.of(StoredKind::snapshot_records).objects, 2U);
  Tally trust = listed("trust/");
  trust.add(listed("format"));
  EXPECT_EQ(inventory.of(StoredKind::trust), trust);
  EXPECT_EQ(inventory.of(StoredKind::probes), (Tally{1, 11}));
  EXPECT_EQ(inventory.of(StoredKind::journals), (Tally{1, 13}));
  EXPECT_EQ(inventory.of(StoredKind::claims), (Tally{1, 17}));
  EXPECT_EQ(inventory.of(StoredKind::marks), (Tally{1, 19}));
  EXPECT_EQ(inventory.of(StoredKind::unknown), (Tally{2, 23 + 29}));
  const Tally packs = inventory.of(StoredKind::data_packs);
  EXPECT_EQ(packs.objects + 1, listed("g1/pack/").objects);
  EXPECT_EQ(packs.stored_bytes + 23, listed("g1/pack/").stored_bytes);
  EXPECT_EQ(inventory.packs().objects,
            packs.objects + inventory.of(StoredKind::list_packs).objects);
  EXPECT_EQ(inventory.swept, Tally{});
}

TEST_F(InventoryOfVault, TakesSmallPacksForAsLargeAsTheyAreCharged) {
  take_snapshot(100);
  const Inventory as_they_are = take_inventory(open_as(Role::viewer), {});
  EXPECT_EQ(as_they_are.padded_pack_bytes, as_they_are.packs().stored_bytes);
  const Inventory charged = take_inventory(open_as(Role::viewer), {}, 1'000'000);
  EXPECT_EQ(charged.padded_pack_bytes, 1'000'000 * charged.packs().objects);
  EXPECT_EQ(charged.whole(), as_they_are.whole());
}

TEST_F(InventoryOfVault, TellsWhatASweepRemovedAndIsStillThere) {
  const SnapshotRecord record = take_snapshot();
  Sweep sweep;
  Tally expected;
  store_.list("", "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (parsed->type == ObjectType::data_pack || parsed->type == ObjectType::index_segment) {
      sweep.removed.objects.push_back({parsed->generation, parsed->type, parsed->hash});
    } else if (parsed->type == ObjectType::session) {
      sweep.removed.sessions.push_back({parsed->generation, parsed->session});
    } else if (parsed->type == ObjectType::snapshot) {
      sweep.tombstones.push_back({record.link.author, record.link.seq, record.id(), {}});
    } else {
      return true;
    }
    expected.add(info.size_bytes);
    return true;
  });
  const Inventory inventory = take_inventory(open_as(Role::viewer), Swept({sweep}));
  EXPECT_EQ(inventory.swept, expected);
  EXPECT_GE(expected.objects, 4U);
  EXPECT_EQ(inventory.whole(), listed(""));
}

TEST_F(InventoryOfVault, TakesOneListing) {
  take_snapshot();
  harness::FaultyStore counting(store_);
  std::map<StoreOperation, int> counted;
  counting.call_before([&](StoreOperation operation, const std::string&) { ++counted[operation]; });
  const Vault vault(counting, capabilities_.at(Role::viewer));
  counted.clear();
  static_cast<void>(take_inventory(vault, {}));
  EXPECT_EQ(counted, (std::map<StoreOperation, int>{{StoreOperation::list, 1}}));
}

}  // namespace
}  // namespace lifeboat::vault
