#include <atomic>
#include <random>

#include "base/units.h"
#include "harness/faulty_store.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/trust_change.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;
/// So many that packs are of 4 MiB.
constexpr int kLanes = 20;

/// A minute passes whenever somebody looks, so that every pack is flushed.
class HastyClock final : public Clock {
 public:
  explicit HastyClock(Instant start) : now_(start.time_since_epoch().count()) {}
  [[nodiscard]] Instant now() const override {
    return Instant(std::chrono::milliseconds(now_ += 61'000));
  }

 private:
  mutable std::atomic<std::int64_t> now_;
};

/// Rows that nothing compresses, the same for the same table and count.
std::vector<std::string> noise(const std::string& table, std::size_t bytes) {
  std::seed_seq seed(table.begin(), table.end());
  std::mt19937_64 random(seed);
  std::vector<std::string> rows;
  for (std::size_t done = 0; done < bytes; done += rows.back().size()) {
    std::string row;
    for (int i = 0; i < 16; ++i) {
      const std::uint64_t word = random();
      row.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Table {
  std::string name;
  std::size_t bytes;
};

class Resume : public VaultFixture {
 protected:
  struct Taken {
    SnapshotRecord record;
    std::uint64_t resumed_bytes = 0;
    std::vector<std::string> warnings;
    [[nodiscard]] std::uint64_t stored() const { return record.body->stored_bytes; }
  };

  static void write(SnapshotWriter& writer, const std::vector<Table>& tables) {
    for (const Table& table : tables) {
      writer.add_stream(0, StreamKind::table, table.name,
                        {write_range(writer, noise(table.name, table.bytes), 0)});
    }
  }

  static SnapshotRecord commit(SnapshotWriter& writer) {
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.guarantee = "exact";
    return writer.commit({source}, true, {});
  }

  Taken take(const std::vector<Table>& tables) {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, hasty_, {"shop-db"}, kLanes);
    write(writer, tables);
    Taken taken;
    taken.record = commit(writer);
    taken.resumed_bytes = writer.resumed_bytes();
    taken.warnings = writer.take_warnings();
    return taken;
  }

  /// A run whose process ends without a word.
  void killed(const std::vector<Table>& tables) {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, hasty_, {"shop-db"}, kLanes);
    write(writer, tables);
  }

  SessionWriter::Kept suspended(const std::vector<Table>& tables) {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, kLanes);
    write(writer, tables);
    return writer.suspend();
  }

  /// What a vault stores for these tables when nothing goes wrong.
  std::uint64_t undisturbed(const std::vector<Table>& tables) const {
    store::MemoryStore store(clock_);
    const NewVault fresh = plan_vault({}, clock_.now());
    publish(fresh, store);
    const Vault vault(store, fresh.capabilities[2]);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, kLanes);
    write(writer, tables);
    return commit(writer).body->stored_bytes;
  }

  void expect_whole(const SnapshotRecord& record, const std::vector<Table>& tables) {
    const Vault vault = open_as(Role::identity);
    const SnapshotReader reader(vault, record);
    reader.require_packs();
    for (const Table& table : tables) {
      EXPECT_EQ(read_text(reader, table.name), joined(noise(table.name, table.bytes)));
    }
    SilentObserver silent;
    const CheckReport report = check(vault, CheckDepth::decrypt, silent, {});
    for (const Problem& problem : report.problems) {
      ADD_FAILURE() << problem.object << ": " << problem.what;
    }
  }

  [[nodiscard]] std::vector<std::string> flush_names() {
    std::vector<std::string> flushes;
    for (const std::string& name : object_names()) {
      if (!name.starts_with("g1/index/")) continue;
      if (read_flush_front(*store_.get(store::ObjectKey(name), kAnySize))) flushes.push_back(name);
    }
    return flushes;
  }

  HastyClock hasty_{clock_.now()};
};

const std::vector<Table> kShop = {{"a", 9 * kMiB}, {"b", 9 * kMiB}};

TEST_F(Resume, WhatAKilledRunHadFlushedIsNotStoredTwice) {
  killed(kShop);
  const Taken second = take(kShop);
  RecordProperty("kept_bytes", std::to_string(second.resumed_bytes));
  EXPECT_GT(second.resumed_bytes, 8 * kMiB);
  EXPECT_LT(second.stored() + second.resumed_bytes, undisturbed(kShop) * 105 / 100);
  EXPECT_EQ(second.record.sessions.size(), 2U);
  EXPECT_TRUE(second.warnings.empty());
  expect_whole(second.record, kShop);
}

TEST_F(Resume, ARunThatIsAskedToStopKeepsAllThatItRead) {
  const SessionWriter::Kept kept = suspended(kShop);
  EXPECT_EQ(kept.failure, "");
  const Taken second = take(kShop);
  // A bundle and lists of the run's own are all that is left to store.
  EXPECT_LE(second.resumed_bytes, kept.bytes);
  EXPECT_GT(second.resumed_bytes, kept.bytes - kKiB) << "its lists name facts of its own";
  EXPECT_LT(second.stored(), undisturbed(kShop) / 50);
  EXPECT_LT(second.stored() + kept.bytes, undisturbed(kShop) * 105 / 100);
  expect_whole(second.record, kShop);
}

TEST_F(Resume, AStoreThatFailsInTheMiddleKeepsWhatItTookAndSaysWhatIsLost) {
  FaultyStore failing(store_);
  std::atomic<int> puts = 0;
  failing.call_before([&](StoreOperation operation, const std::string&) {
    if (operation == StoreOperation::put && ++puts >= 5 && puts < 9) {
      throw Error(ErrorKind::unavailable, "the line was cut");
    }
  });
  const Vault vault(failing, capabilities_.at(Role::writer));
  SessionWriter::Kept kept;
  {
    SnapshotWriter writer(vault, hasty_, {"shop-db"}, kLanes);
    EXPECT_THROW(
        {
          write(writer, kShop);
          static_cast<void>(commit(writer));
        },
        Error);
    kept = writer.suspend();
  }
  EXPECT_GT(kept.bytes, 3 * kMiB);
  EXPECT_EQ(kept.failure, "the line was cut");
  const Taken second = take(kShop);
  EXPECT_GT(second.resumed_bytes, kept.bytes - kKiB);
  EXPECT_LT(second.stored() + kept.bytes, undisturbed(kShop) * 105 / 100);
  expect_whole(second.record, kShop);
}

TEST_F(Resume, ARunThatTakesOverAndBreaksOffAgainAddsToWhatIsKept) {
  const auto first = suspended({kShop[0]}).bytes;
  const auto second = suspended(kShop).bytes;
  EXPECT_GT(second, first + 8 * kMiB);
  const Taken third = take(kShop);
  EXPECT_GT(third.resumed_bytes, second - kKiB);
  EXPECT_EQ(third.record.sessions.size(), 3U);
  EXPECT_LT(third.stored(), undisturbed(kShop) / 50);
  expect_whole(third.record, kShop);
}

TEST_F(Resume, TwoRunsAtOnceUseTheSameFlushes) {
  suspended(kShop);
  const Vault vault_a = open_as(Role::writer);
  const Vault vault_b = open_as(Role::writer);
  SnapshotWriter a(vault_a, clock_, {"shop-db"}, kLanes);
  SnapshotWriter b(vault_b, clock_, {"shop-db"}, kLanes);
  write(a, kShop);
  write(b, kShop);
  const SnapshotRecord record_a = commit(a);
  const SnapshotRecord record_b = commit(b);
  EXPECT_LT(record_a.body->stored_bytes, kMiB);
  EXPECT_LT(record_b.body->stored_bytes, kMiB);
  expect_whole(record_a, kShop);
  expect_whole(record_b, kShop);
}

TEST_F(Resume, APackThatIsGoneIsStoredAgain) {
  suspended(kShop);
  std::size_t gone_bytes = 0;
  for (const std::string& name : object_names()) {
    if (!name.starts_with("g1/pack/")) continue;
    gone_bytes = store_.find(store::ObjectKey(name))->size_bytes;
    store_.remove(store::ObjectKey(name));
    break;
  }
  const Taken second = take(kShop);
  EXPECT_GT(second.stored(), gone_bytes * 9 / 10);
  EXPECT_LT(second.stored(), gone_bytes + kMiB);
  ASSERT_EQ(second.warnings.size(), 1U);
  EXPECT_NE(second.warnings[0].find("is gone"), std::string::npos) << second.warnings[0];
  expect_whole(second.record, kShop);
}

TEST_F(Resume, APackThatWasCutShortIsNotUsed) {
  suspended({kShop[0]});
  for (const std::string& name : object_names()) {
    if (!name.starts_with("g1/pack/")) continue;
    Bytes cut = *store_.get(store::ObjectKey(name), kAnySize);
    cut.resize(cut.size() - 1);
    replace(name, cut);
  }
  const Taken second = take({kShop[0]});
  EXPECT_LT(second.resumed_bytes, kMiB);
  EXPECT_FALSE(second.warnings.empty());
  const Vault vault = open_as(Role::identity);
  const SnapshotReader reader(vault, second.record);
  EXPECT_EQ(read_text(reader, "a"), joined(noise("a", kShop[0].bytes)));
}

TEST_F(Resume, AFlushThatWasAlteredIsPassedOverWhereverItWasAltered) {
  suspended({kShop[0]});
  ASSERT_EQ(flush_names().size(), 1U);
  const std::string name = flush_names()[0];
  const Bytes whole = *store_.get(store::ObjectKey(name), kAnySize);
  const Vault vault = open_as(Role::writer);
  int warned = 0;
  for (std::size_t part = 0; part <= 60; ++part) {
    Bytes bytes = whole;
    if (part % 2 == 0) {
      bytes[std::min(bytes.size() - 1, bytes.size() * part / 60)] ^= 1U;
    } else {
      bytes.resize(bytes.size() * part / 60);
    }
    // Under its old name, and under the name that its bytes have now.
    for (const std::string& under : {name, names::index_segment(1, {seal::sha256(bytes)}).name()}) {
      store_.remove(store::ObjectKey(name));
      static_cast<void>(store_.put(store::ObjectKey(under), bytes));
      Flushes flushes(vault, std::nullopt);
      warned += flushes.take_warnings().empty() ? 0 : 1;
      EXPECT_FALSE(flushes.claim(
          chunk_id(*vault.keyring().writer_keys(1, vault.self_id()), as_bytes("no such chunk"))));
      EXPECT_TRUE(flushes.sessions().empty());
      store_.remove(store::ObjectKey(under));
    }
    static_cast<void>(store_.put(store::ObjectKey(name), whole));
  }
  EXPECT_GT(warned, 60);
  Flushes flushes(vault, std::nullopt);
  EXPECT_TRUE(flushes.take_warnings().empty());
}

TEST_F(Resume, AFlushOfAnotherKeyIsNotLookedAt) {
  suspended({kShop[0]});
  const std::string name = flush_names().at(0);
  const Vault vault = open_as(Role::writer);
  const auto keys = *vault.keyring().index_keys(1, vault.self_id());
  const auto front = read_flush_front(*store_.get(store::ObjectKey(name), kAnySize));
  IndexSegmentBuilder builder;
  const IndexSegment segment = vault.read_segment(
      {.hash = names::parse(name)->hash, .generation = 1, .stored_bytes = 0}, vault.self_id());
  builder.add(segment, std::vector<bool>(segment.size(), true));
  // The same words, signed by somebody else.
  const Bytes forged = builder.encode(
      vault.id(), 1, 0, capabilities_.at(Role::pruner).signing_key(), keys, front->mark);
  store_.remove(store::ObjectKey(name));
  static_cast<void>(store_.put(names::index_segment(1, {seal::sha256(forged)}), forged));
  EXPECT_EQ(take({kShop[0]}).resumed_bytes, 0U);
}

TEST_F(Resume, AFlushWhoseSessionHeaderWasReplacedIsPassedOver) {
  suspended({kShop[0]});
  const Vault vault = open_as(Role::writer);
  for (const std::string& name : object_names()) {
    const auto parsed = names::parse(name);
    if (parsed->type != ObjectType::session) continue;
    Bytes header = *store_.get(store::ObjectKey(name), kAnySize);
    header.back() ^= 1U;
    replace(name, header);
  }
  const Taken second = take({kShop[0]});
  EXPECT_EQ(second.resumed_bytes, 0U);
  ASSERT_EQ(second.warnings.size(), 1U);
  EXPECT_NE(second.warnings[0].find("is not the header"), std::string::npos) << second.warnings[0];
}

TEST_F(Resume, WhatALaterReaderCouldNotOpenIsStoredAgain) {
  suspended(kShop);
  const Vault reader = open_as(Role::identity);
  Capability later = new_capability(reader.state(), Role::identity);
  const SignedTrust changed =
      sign_trust(reader.state(),
                 plan_add(reader.state(), reader.keyring().generation_keys(),
                          {Role::identity, "later", {}}, later, clock_.now()),
                 capabilities_.at(Role::admin));
  publish_trust(changed, store_);
  later.trust_number = changed.trust.number;
  later.trust_hash = changed.trust.hash;

  const Taken taken = take(kShop);
  EXPECT_EQ(taken.resumed_bytes, 0U);
  ASSERT_FALSE(taken.warnings.empty());
  EXPECT_NE(taken.warnings[0].find("readers have changed"), std::string::npos);
  capabilities_[Role::identity] = later;
  const Vault as_later = open_as(Role::identity);
  const SnapshotReader snapshot(as_later, taken.record);
  EXPECT_EQ(read_text(snapshot, "a"), joined(noise("a", 9 * kMiB)));
}

TEST_F(Resume, AFlushIsOfNoUseOnceItsRunHasCommitted) {
  const Taken first = take(kShop);  // flushed as it went
  EXPECT_GT(flush_names().size(), 2U);
  const Vault vault = open_as(Role::writer);
  const auto head = vault.head_snapshot(*vault.trust().find(vault.self_id()));
  harness::FaultyStore counting(store_);
  std::atomic<int> read_whole = 0;
  counting.call_before([&](StoreOperation operation, const std::string& name) {
    if (operation == StoreOperation::get && name.starts_with("g1/index/")) ++read_whole;
  });
  const Vault counted(counting, capabilities_.at(Role::writer));
  const Flushes flushes(counted, head);
  EXPECT_EQ(read_whole, 0);
  EXPECT_EQ(take(kShop).resumed_bytes, 0U);
}

TEST_F(Resume, AnOldFlushThatIsPutBackDoesNoHarm) {
  suspended(kShop);
  std::map<std::string, Bytes> old;
  for (const std::string& name : flush_names()) {
    old[name] = *store_.get(store::ObjectKey(name), kAnySize);
  }
  ASSERT_FALSE(old.empty());
  take(kShop);
  clock_.advance(std::chrono::hours(48));
  const std::vector<Table> more = {kShop[0], kShop[1], {"c", kMiB}};
  take(more);
  clock_.advance(std::chrono::hours(48));
  for (const auto& [name, bytes] : old) replace(name, bytes);
  const Taken last = take(more);
  EXPECT_EQ(last.resumed_bytes, 0U) << "the base knows all of it";
  EXPECT_LT(last.stored(), 100 * kKiB);
  expect_whole(last.record, more);
}

TEST_F(Resume, OldSegmentsCostALookAtTheirNamesOnly) {
  constexpr int kSegments = 10'000;
  for (int i = 0; i < kSegments; ++i) {
    const std::string text = "segment " + std::to_string(i);
    const Bytes bytes(text.begin(), text.end());
    static_cast<void>(store_.put(names::index_segment(1, {seal::sha256(bytes)}), bytes));
  }
  clock_.advance(std::chrono::hours(2));
  take_snapshot(100);
  FaultyStore counting(store_);
  const Vault vault(counting, capabilities_.at(Role::writer));
  const auto head = vault.head_snapshot(*vault.trust().find(vault.self_id()));
  const auto before = counting.operations();
  const auto begun = std::chrono::steady_clock::now();
  const Flushes flushes(vault, head);
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_EQ(counting.operations() - before, 1 + flush_names().size()) << "of the head's own run";
  EXPECT_LT(took, std::chrono::seconds(2));
}

TEST_F(Resume, AFlushIsWrittenForEvery64MiBWhateverTheTime) {
  const std::vector<Table> big = {{"a", 84 * kMiB}};
  {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    write(writer, big);
  }
  EXPECT_EQ(flush_names().size(), 1U);
  const Taken second = take(big);
  EXPECT_GT(second.resumed_bytes, 60 * kMiB);
  const Vault vault = open_as(Role::identity);
  EXPECT_EQ(read_text(SnapshotReader(vault, second.record), "a"), joined(noise("a", big[0].bytes)));
}

}  // namespace
}  // namespace lifeboat::vault
