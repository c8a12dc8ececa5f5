// What looking at a vault and adding to it asks of a store: numbers that documents promise.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "harness/faulty_store.h"
#include "vault/roll.h"
#include "vault/witness.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::StoreOperation;

class Requests : public VaultFixture {
 protected:
  explicit Requests(const NewVaultRequest& request = {})
      : VaultFixture(request), counting_(store_) {
    counting_.call_before(
        [this](StoreOperation operation, const std::string&) { ++counted_[operation]; });
  }

  /// A list takes a request for each thousand names; none of these is longer unless it is said.
  std::uint64_t lists() { return counted_[StoreOperation::list]; }
  std::uint64_t gets() {
    return counted_[StoreOperation::get] + counted_[StoreOperation::get_range];
  }
  std::uint64_t puts() { return counted_[StoreOperation::put]; }
  std::uint64_t heads() { return counted_[StoreOperation::find]; }

  void tell(const char* what) {
    std::printf("[  requests ] %s: %llu LIST, %llu GET, %llu HEAD, %llu PUT\n", what,
                static_cast<unsigned long long>(lists()), static_cast<unsigned long long>(gets()),
                static_cast<unsigned long long>(heads()), static_cast<unsigned long long>(puts()));
  }

  [[nodiscard]] Vault open_counted(Role role) { return {counting_, capabilities_.at(role)}; }

  void expect_latest_takes_one_list_and_one_get(const char* what) {
    take_snapshot(100);
    const auto newest = take_snapshot(100, 1);
    const Vault vault = open_counted(Role::viewer);
    counted_.clear();
    EXPECT_EQ(resolve_snapshot(vault, "latest").id(), newest.id());
    tell(what);
    EXPECT_EQ(lists(), 1U);
    EXPECT_EQ(gets(), 1U);
    EXPECT_EQ(heads() + puts(), 0U);
  }

  /// Signed records of snapshots whose data is not there.
  void write_snapshots(std::uint64_t count) {
    const Vault vault = open_as(Role::writer);
    const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
    SnapshotRecord record;
    for (std::uint64_t seq = 1; seq <= count; ++seq) {
      const ChainEnd end{.seq = seq - 1, .previous = record.id(), .parents = {}, .behind = {}};
      record = {};
      record.link = link_behind(vault, end, {}, clock_.now(), clock_.now());
      record.sessions = {{.generation = 1, .id = {}, .header_hash = {}}};
      record.body.emplace();
      const Bytes stored = record.encode(vault.self().signing_key(), key);
      const auto object = vault.key_of(ObjectType::snapshot, record.link);
      ASSERT_EQ(store_.put(object, stored), store::PutResult::created);
      if (seq % kRollRecords == 0) store_missing_roll(vault, ObjectType::snapshot, seq);
    }
  }

  harness::FaultyStore counting_;
  std::map<StoreOperation, std::uint64_t> counted_;
};

class RequestsOfHashedNames : public Requests {
 protected:
  RequestsOfHashedNames() : Requests({.hashed_names = true}) {}
};

TEST_F(Requests, OfOpeningAVaultAreFew) {
  take_snapshot(100);
  static_cast<void>(open_counted(Role::viewer));
  tell("opening");
  EXPECT_EQ(lists(), 1U);
  EXPECT_EQ(gets(), 2U) << "format, and one trust record";
}

TEST_F(Requests, OfLatestAreOneListAndOneGetBesideOpening) {
  expect_latest_takes_one_list_and_one_get("latest");
}

TEST_F(RequestsOfHashedNames, OfLatestAreTheSame) {
  expect_latest_takes_one_list_and_one_get("latest, names hashed");
}

TEST_F(Requests, OfAListOfTenThousandSnapshotsAreAboutAHundredGets) {
  constexpr std::uint64_t kSnapshots = 10'000;
  write_snapshots(kSnapshots);
  const Vault vault = open_counted(Role::viewer);
  counted_.clear();
  const History history = read_history(vault);
  EXPECT_EQ(history.snapshots.size(), kSnapshots);
  EXPECT_TRUE(history.problems.empty());
  tell("ls of 10,000 snapshots (a LIST holds 1,000 names)");
  // A roll for each 128, and the newest record of each whole block's successor: what is in no roll.
  EXPECT_EQ(gets(), kSnapshots / kRollRecords + kSnapshots % kRollRecords);
  EXPECT_EQ(lists(), 2U) << "one for each kind of chain";
  EXPECT_EQ(heads() + puts(), 0U);
}

TEST_F(Requests, OfAnUnchangedSnapshotAreCounted) {
  take_snapshot();
  const auto take = [&] {
    const Vault vault = open_counted(Role::writer);
    counted_.clear();
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    writer.add_stream(0, StreamKind::table, "public.orders",
                      {write_range(writer, rows_of("orders", 5000), 0)});
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.guarantee = "exact";
    static_cast<void>(writer.commit({source}, true, {}));
  };
  take();
  take();
  tell("an unchanged snapshot, beside opening");
  EXPECT_EQ(puts(), 4U) << "session, lists and facts, index segment, record";
  EXPECT_EQ(heads(), 1U) << "when the store took the session";
  EXPECT_LE(gets(), 8U);
  EXPECT_LE(lists(), 9U);
}

}  // namespace
}  // namespace lifeboat::vault
