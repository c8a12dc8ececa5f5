// Runs that go on while a pruner marks and sweeps, in the orders that lost data elsewhere.
#include "sweep_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;

/// The store as a program of an older version sees it, which asks for no marks.
class WithoutMarks final : public store::ObjectStore {
 public:
  explicit WithoutMarks(store::ObjectStore& below) : below_(below) {}
  store::PutResult put(const store::ObjectKey& key, ByteView bytes) override {
    return below_.put(key, bytes);
  }
  std::optional<Bytes> get(const store::ObjectKey& key, std::uint64_t limit_bytes) override {
    return below_.get(key, limit_bytes);
  }
  std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                 std::uint64_t count) override {
    return below_.get_range(key, offset, count);
  }
  std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override {
    return below_.find(key);
  }
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const store::ObjectInfo&)>& visit) override {
    below_.list(prefix, after, [&](const store::ObjectInfo& info) {
      return info.key.name().find("/mark/") != std::string::npos || visit(info);
    });
  }
  void remove(const store::ObjectKey& key) override { below_.remove(key); }
  [[nodiscard]] std::string describe() const override { return below_.describe(); }

 private:
  store::ObjectStore& below_;
};

/// A store that says of every pack that it is a year old.
class OldPacks final : public store::ObjectStore {
 public:
  explicit OldPacks(store::ObjectStore& below) : below_(below) {}
  store::PutResult put(const store::ObjectKey& key, ByteView bytes) override {
    return below_.put(key, bytes);
  }
  std::optional<Bytes> get(const store::ObjectKey& key, std::uint64_t limit_bytes) override {
    return below_.get(key, limit_bytes);
  }
  std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                 std::uint64_t count) override {
    return below_.get_range(key, offset, count);
  }
  std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override {
    auto info = below_.find(key);
    if (info) make_old(*info);
    return info;
  }
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const store::ObjectInfo&)>& visit) override {
    below_.list(prefix, after, [&](store::ObjectInfo info) {
      make_old(info);
      return visit(info);
    });
  }
  void remove(const store::ObjectKey& key) override { below_.remove(key); }
  [[nodiscard]] std::string describe() const override { return below_.describe(); }

 private:
  static void make_old(store::ObjectInfo& info) {
    const bool pack = info.key.name().find("/pack/") != std::string::npos ||
                      info.key.name().find("/meta/") != std::string::npos ||
                      info.key.name().find("/index/") != std::string::npos;
    if (pack) info.stored_at -= std::chrono::hours(24 * 365);
  }

  store::ObjectStore& below_;
};

/// Less than what one table takes, more than a snapshot without anything new.
constexpr std::uint64_t kTableBytes = 40 * kKiB;

class Fencing : public SweepFixture {
 protected:
  /// A run that stores and uses these tables, and commits when it is told to. Its own clock stands
  /// still, as that of a machine that was suspended does.
  struct Run {
    Run(Fencing& test, store::ObjectStore& store, Tables names)
        : clock(test.clock_.now()),
          vault(store, test.capabilities_.at(Role::writer)),
          writer(vault, clock, {"shop-db"}, 1),
          tables(std::move(names)) {
      write(writer, tables);
    }
    Taken end() { return {commit(writer), tables}; }

    FakeClock clock;
    Vault vault;
    SnapshotWriter writer;
    Tables tables;
  };

  /// The most that any sweep of that mark could delete.
  void delete_all_condemned(const MarkPlan& plan) {
    for (const StoredObject& object : plan.objects) {
      if (object.parsed.type != ObjectType::session) store_.remove(store::ObjectKey(object.name));
    }
  }

  static ErrorKind kind_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorKind::internal;
  }
};

TEST_F(Fencing, ARunThatBeganBeforeAMarkMovesWhatItUsesOfTheCondemned) {
  five_with_one_forgotten();
  Run run(*this, store_, {"common", "old"});
  const MarkPlan marked = mark();
  const std::size_t packs = count("g1/pack/");
  const Taken taken = run.end();
  EXPECT_GT(count("g1/pack/"), packs) << "the rows of \"old\", moved";
  EXPECT_EQ(taken.record.known_marks, (KnownMarks{{1, 1}}));
  wait_for_the_grace();
  EXPECT_GT(sweep().objects.size(), 0U);
  expect_reads(taken);
  EXPECT_EQ(damage(), "");
  expect_reads(take({"common", "old"}));
  delete_all_condemned(marked);
  expect_reads(taken);
}

TEST_F(Fencing, ARunThatBeginsBehindAMarkStoresTheCondemnedAnew) {
  five_with_one_forgotten();
  const MarkPlan marked = mark();
  const Taken taken = take({"common", "old"});
  EXPECT_GT(taken.record.body->stored_bytes, kTableBytes);
  wait_for_the_grace();
  EXPECT_GT(sweep().spared_objects, 0U) << "older snapshots' segments name the same blobs";
  const Taken again = take({"common", "old"});
  EXPECT_LT(again.record.body->stored_bytes, kTableBytes);
  EXPECT_EQ(damage(), "");
  delete_all_condemned(marked);
  expect_reads(taken);
  expect_reads(again);
}

// Two backups under one id and a collection between them: the newer one's commit says nothing of
// what the older one still uses.
TEST_F(Fencing, TheFirstDuplicacyRaceTwoRunsUnderOneCredentialAndOneMark) {
  five_with_one_forgotten();
  Run slow(*this, store_, {"common", "old"});
  const MarkPlan marked = mark();
  Run quick(*this, store_, {"common", "own 6"});
  const Taken first = quick.end();
  const Taken second = slow.end();
  EXPECT_EQ(second.record.link.seq, first.record.link.seq + 1);
  wait_for_the_grace();
  sweep();
  EXPECT_EQ(damage(), "");
  delete_all_condemned(marked);
  expect_reads(first);
  expect_reads(second);
}

// Two collections that overlap: the second condemns what a run has seen the first one spare.
TEST_F(Fencing, TheSecondDuplicacyRaceTwoSweepsThatOverlap) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  const Vault one = open_as(Role::pruner);
  const SweepPlan first = plan_sweep(survey(one));
  const SweepPlan second = plan_sweep(survey(one));
  const Taken taken = take({"common", "old"});
  static_cast<void>(apply_sweep(one, first, clock_, silent_, {}));
  EXPECT_EQ(kind_of([&] { static_cast<void>(apply_sweep(one, second, clock_, silent_, {})); }),
            ErrorKind::busy);
  expect_reads(taken);
  EXPECT_EQ(damage(), "");
  EXPECT_TRUE(history().missed_marks.empty());
}

TEST_F(Fencing, NoMarkIsMadeWhileOneIsOutstanding) {
  five_with_one_forgotten();
  mark();
  forget(taken_[0].id());
  EXPECT_TRUE(std::holds_alternative<Waiting>(next()));
  wait_for_the_grace();
  EXPECT_FALSE(sweep().snapshots.empty());
  expect_reads(taken_[0]);
  EXPECT_EQ(std::get<MarkPlan>(next()).marks, (KnownMarks{{1, 2}}));
}

// A program that locks beside one that does not: here one that knows no marks.
TEST_F(Fencing, TheLockAgainstLockFreeRaceCostsTheUnawareItsOwnSnapshotAlone) {
  five_with_one_forgotten();
  WithoutMarks blind(store_);
  mark();
  Run seen(*this, blind, {"common", "old"});
  const Taken spared = seen.end();
  EXPECT_TRUE(spared.record.known_marks.empty());
  Run late(*this, blind, {"common", "old"});
  wait_for_the_grace();
  const SweepPlan swept = sweep();
  EXPECT_GT(swept.spared_objects, 0U) << "what the unaware snapshot needs that the sweep saw";
  expect_reads(spared);
  const Taken lost = late.end();
  EXPECT_FALSE(is_listed(lost.id()));
  ASSERT_EQ(history().missed_marks.size(), 1U);
  EXPECT_EQ(history().missed_marks[0].id, lost.id());
  EXPECT_EQ(damage(), "");
}

// Kopia once trusted the time that a store gave for an object, and it was an old one.
TEST_F(Fencing, KopiasStaleTimesCostARescueAndNoBlob) {
  five_with_one_forgotten();
  bool marked = false;
  MarkPlan condemned;
  FaultyStore faulty(store_);
  faulty.call_after([&](StoreOperation operation, const std::string& name) {
    if (marked || operation != StoreOperation::put || !name.starts_with("g1/index/")) return;
    marked = true;  // the packs and the index are stored, the record is not
    OldPacks old(store_);
    const Vault vault(old, capabilities_.at(Role::pruner));
    condemned = plan_mark(survey(vault), vault.trust());
    EXPECT_GE(condemned.leftovers, 3U);
    static_cast<void>(apply_mark(vault, condemned, clock_));
  });
  const Taken taken = take({"common", "fresh"}, &faulty);
  ASSERT_TRUE(marked);
  wait_for_the_grace();
  EXPECT_GE(sweep().objects.size(), 3U);
  EXPECT_EQ(damage(), "");
  delete_all_condemned(condemned);
  expect_reads(taken);
}

TEST_F(Fencing, AMarkThatNobodyCanReadCondemnsEverything) {
  five_with_one_forgotten();
  mark();
  const auto key = names::mark(1, 1);
  Bytes forged = *store_.get(key, kMaxRecordBytes);
  forged[forged.size() / 2] ^= 1U;
  replace(key.name(), forged);
  EXPECT_NE(damage(), "");
  const Taken taken = take({"common"});
  EXPECT_GT(taken.record.body->stored_bytes, kTableBytes) << "nothing is built upon";
  EXPECT_TRUE(taken.record.base.is_zero());
  expect_reads(taken);
  EXPECT_LT(take({"common"}).record.body->stored_bytes, kTableBytes) << "once is enough";
  const Vault vault = open_as(Role::pruner);
  EXPECT_EQ(kind_of([&] { static_cast<void>(survey(vault)); }), ErrorKind::corrupt);
}

TEST_F(Fencing, ARunDoesNotCommitUnderAMarkThatItCannotRead) {
  five_with_one_forgotten();
  Run run(*this, store_, {"common", "own 6"});
  ASSERT_EQ(store_.put(names::mark(1, 1), as_bytes("LIFEBOAT, or so it says")),
            store::PutResult::created);
  EXPECT_EQ(kind_of([&] { static_cast<void>(run.end()); }), ErrorKind::busy);
}

TEST_F(Fencing, AMarkThatIsMissingBetweenTwoCondemnsEverything) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  sweep();
  forget(taken_[0].id());
  mark();
  store_.remove(names::mark(1, 1));
  const Taken taken = take({"common"});
  EXPECT_GT(taken.record.body->stored_bytes, kTableBytes);
  expect_reads(taken);
}

TEST_F(Fencing, ASnapshotThatMissedAMarkIsNeitherListedNorABase) {
  five_with_one_forgotten();
  WithoutMarks blind(store_);
  Run late(*this, blind, {"common", "old"});
  mark();
  wait_for_the_grace();
  sweep();
  const Taken lost = late.end();
  const Taken next = take({"common", "old"});
  EXPECT_EQ(next.record.link.seq, lost.record.link.seq + 1);
  EXPECT_EQ(next.record.base, taken_[4].id());
  expect_reads(next);
  EXPECT_EQ(damage(), "");
  EXPECT_EQ(history().missed_marks.size(), 1U);
  EXPECT_FALSE(is_listed(lost.id()));
}

TEST_F(Fencing, ARunThatStoodStillBeforeItsRecordIsToldThatASweepPassedItOver) {
  five_with_one_forgotten();
  FaultyStore slow(store_);
  Run late(*this, slow, {"common", "old"});
  bool stood = false;
  slow.call_before([&](StoreOperation operation, const std::string& name) {
    if (stood || operation != StoreOperation::put || !name.starts_with("snapshot/")) return;
    stood = true;
    mark();
    wait_for_the_grace();
    sweep();
    late.clock.advance(clock_.now() - late.clock.now());
  });
  EXPECT_EQ(kind_of([&] { static_cast<void>(late.end()); }), ErrorKind::busy);
  EXPECT_EQ(history().missed_marks.size(), 1U);
  EXPECT_EQ(damage(), "");
}

TEST_F(Fencing, ASweepStopsBeforeItSignsIfASnapshotCameThatKnowsNothing) {
  five_with_one_forgotten();
  WithoutMarks blind(store_);
  mark();
  wait_for_the_grace();
  const Vault vault = open_as(Role::pruner);
  const SweepPlan plan = plan_sweep(survey(vault));
  const Taken taken = take({"common", "old"}, &blind);
  EXPECT_EQ(kind_of([&] { static_cast<void>(apply_sweep(vault, plan, clock_, silent_, {})); }),
            ErrorKind::busy);
  EXPECT_TRUE(history().swept.empty());
  sweep();
  expect_reads(taken);
}

TEST_F(Fencing, ASweepDeletesNothingIfSuchASnapshotCameBehindItsRecord) {
  five_with_one_forgotten();
  WithoutMarks blind(store_);
  mark();
  wait_for_the_grace();
  FaultyStore faulty(store_);
  bool done = false;
  faulty.call_after([&](StoreOperation operation, const std::string& name) {
    if (done || operation != StoreOperation::put || !name.starts_with("record/")) return;
    done = true;
    take({"common", "old"}, &blind);
  });
  const std::size_t packs = count("g1/pack/");
  EXPECT_EQ(kind_of([&] { sweep(&faulty); }), ErrorKind::busy);
  EXPECT_GE(count("g1/pack/"), packs);
  const auto finish = std::get<FinishPlan>(next());
  const Vault vault = open_as(Role::pruner);
  static_cast<void>(apply_finish(vault, finish, silent_, {}));
  EXPECT_EQ(damage(), "");
  EXPECT_EQ(history().missed_marks.size(), 1U);
}

TEST_F(Fencing, ASweepStopsIfARecordCameThatMayKeepASnapshot) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  const Vault vault = open_as(Role::pruner);
  const SweepPlan plan = plan_sweep(survey(vault));
  keep_snapshot(open_as(Role::operator_), taken_[1].id(), "the audit", clock_);
  EXPECT_EQ(kind_of([&] { static_cast<void>(apply_sweep(vault, plan, clock_, silent_, {})); }),
            ErrorKind::busy);
  expect_reads(taken_[1]);
}

TEST_F(Fencing, ARunThatIsOlderThanARunMayBeDoesNotCommit) {
  five_with_one_forgotten();
  Run run(*this, store_, {"common", "own 6"});
  clock_.advance(std::chrono::hours(25));
  run.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(kind_of([&] { static_cast<void>(run.end()); }), ErrorKind::busy);
  static_cast<void>(run.writer.suspend());
  EXPECT_GT(
      [&] {
        Run again(*this, store_, {"common", "own 6"});
        static_cast<void>(again.end());
        return again.writer.resumed_bytes();
      }(),
      0U);
}

TEST_F(Fencing, AFlushInCondemnedPacksIsPassedOver) {
  take({"common"});
  {
    Run broken(*this, store_, {"broken off"});
    static_cast<void>(broken.writer.suspend());
  }
  clock_.advance(std::chrono::hours(72));
  mark();
  Run run(*this, store_, {"common", "broken off"});
  EXPECT_EQ(run.writer.resumed_bytes(), 0U);
  const Taken taken = run.end();
  wait_for_the_grace();
  sweep();
  expect_reads(taken);
  EXPECT_EQ(damage(), "");
}

TEST_F(Fencing, ARunThatResumedMovesWhatWasCondemnedMeanwhile) {
  take({"common"});
  {
    Run broken(*this, store_, {"broken off"});
    static_cast<void>(broken.writer.suspend());
  }
  clock_.advance(std::chrono::hours(72));
  Run run(*this, store_, {"common", "broken off"});
  EXPECT_GT(run.writer.resumed_bytes(), 0U);
  const MarkPlan marked = mark();
  const Taken taken = run.end();
  wait_for_the_grace();
  EXPECT_GT(sweep().objects.size(), 0U);
  EXPECT_EQ(damage(), "");
  delete_all_condemned(marked);
  expect_reads(taken);
}

TEST_F(Fencing, ASnapshotWithoutNewMarksCostsTwoListingsMore) {
  five_with_one_forgotten();
  FaultyStore counting(store_);
  std::size_t listings = 0;
  counting.call_before([&](StoreOperation operation, const std::string& name) {
    if (operation == StoreOperation::list && name == "g1/mark/") ++listings;
  });
  take({"common"}, &counting);
  EXPECT_EQ(listings, 2U);
}

}  // namespace
}  // namespace lifeboat::vault
