#include <condition_variable>
#include <mutex>
#include <random>

#include "base/units.h"
#include "harness/faulty_store.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;

/// A thread waits until another says that it has come so far.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  /// Whether it was opened within a minute.
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

/// Rows that nothing compresses, `bytes` of them.
void add_noise(RangeWriter& range, std::mt19937_64& random, std::size_t bytes) {
  for (std::size_t done = 0; done < bytes;) {
    std::string row;
    for (int i = 0; i < 64; ++i) {
      const std::uint64_t word = random();
      row.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    range.add(as_bytes(row));
    done += row.size();
  }
}

using Upload = VaultFixture;

TEST_F(Upload, HangsWithoutHoldingUpTheCaptureThatFillsTheNextPacks) {
  Gate captured;
  std::atomic<bool> held_up = false;
  std::atomic<int> packs_begun = 0;
  FaultyStore hanging(store_);
  hanging.call_before([&](StoreOperation operation, const std::string& name) {
    if (operation != StoreOperation::put || !name.starts_with("g1/pack/")) return;
    if (packs_begun++ == 0 && !captured.wait()) held_up = true;
  });
  const Vault vault(hanging, capabilities_.at(Role::writer));
  SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
  std::vector<RangeEntry> ranges;
  {
    std::mt19937_64 random(1);
    RangeWriter range(writer.session(), 16);
    // One pack is stuck on its way, one waits behind it, one is nearly full.
    add_noise(range, random, 45 * kMiB);
    EXPECT_EQ(packs_begun, 1);
    captured.open();
    ranges.push_back(range.finish(0));
  }
  writer.add_stream(0, StreamKind::table, "public.noise", ranges);
  SourceSummary source;
  source.name = "shop-db";
  source.kind = "postgres";
  source.guarantee = "exact";
  const SnapshotRecord record = writer.commit({source}, true, {});
  EXPECT_FALSE(held_up) << "the capture waited for the store";
  EXPECT_EQ(packs_begun, 3);
  const Vault reading = open_as(Role::identity);
  SnapshotReader(reading, record).require_packs();
}

TEST_F(Upload, OfARangeThatIsStillBeingWrittenIsNoCommit) {
  const Vault vault = open_as(Role::writer);
  SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
  RangeWriter range(writer.session(), 16);
  std::mt19937_64 random(1);
  add_noise(range, random, kMiB);
  EXPECT_THROW(static_cast<void>(writer.commit({}, true, {})), Error);
  EXPECT_EQ(vault.head_seq(ObjectType::snapshot, vault.self_id()), 0U);
}

}  // namespace
}  // namespace lifeboat::vault
