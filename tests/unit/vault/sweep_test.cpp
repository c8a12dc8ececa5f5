#include "sweep_fixture.h"
#include "vault/trust_change.h"
#include "vault/witness.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;

class Sweeping : public SweepFixture {};

TEST_F(Sweeping, DeletesWhatAForgottenSnapshotAloneNeededAndNothingElse) {
  five_with_one_forgotten();
  const std::size_t packs = count("g1/pack/");
  const MarkPlan marked = mark();
  ASSERT_EQ(marked.snapshots.size(), 1U);
  EXPECT_EQ(marked.snapshots[0].id, taken_[1].id());
  EXPECT_GT(marked.bytes, 100 * kKiB) << "the rows of \"old\" and of its own table";
  EXPECT_EQ(count("g1/pack/"), packs) << "a mark deletes nothing";
  wait_for_the_grace();
  const SweepPlan swept = sweep();
  EXPECT_EQ(swept.snapshots.size(), 1U);
  EXPECT_EQ(swept.spared_objects, 0U);
  EXPECT_LT(count("g1/pack/"), packs);
  EXPECT_EQ(damage(), "");
  EXPECT_FALSE(is_listed(taken_[1].id()));
  for (const std::size_t kept : {0U, 2U, 3U, 4U}) expect_reads(taken_[kept]);
  expect_reads(take({"common", "old", "own 6"}));
  EXPECT_EQ(damage(), "");
}

TEST_F(Sweeping, WaitsUntilTheGraceIsOver) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  clock_.advance(std::chrono::seconds(-1));
  const NextSweepStep early = next();
  ASSERT_TRUE(std::holds_alternative<Waiting>(early));
  EXPECT_EQ(std::get<Waiting>(early).until, clock_.now() + std::chrono::seconds(1));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(std::holds_alternative<SweepPlan>(next()));
}

TEST_F(Sweeping, SparesASnapshotThatIsKeptAgain) {
  five_with_one_forgotten();
  const MarkPlan marked = mark();
  wait_for_the_grace();
  const Vault vault = open_as(Role::operator_);
  keep_snapshot(vault, taken_[1].id(), "the audit", clock_);
  const SweepPlan swept = sweep();
  EXPECT_EQ(swept.spared_snapshots, 1U);
  EXPECT_EQ(swept.spared_objects, marked.objects.size());
  EXPECT_TRUE(swept.objects.empty());
  expect_reads(taken_[1]);
  EXPECT_TRUE(std::holds_alternative<NothingToSweep>(next())) << "the mark is done with";
}

TEST_F(Sweeping, SparesASnapshotThatWasProvenMeanwhileAndIsTheOnlyOne) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  attest(taken_[1].id());
  EXPECT_EQ(sweep().spared_snapshots, 1U);
  expect_reads(taken_[1]);
}

TEST_F(Sweeping, GoesOnWhereItBrokeOffWhateverItDidLast) {
  std::size_t breaks = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    SweepFixture::taken_.clear();
    store_.list("", "", [&](const store::ObjectInfo& info) {
      if (!info.key.name().starts_with("trust/") && info.key.name() != "format") {
        store_.remove(info.key);
      }
      return true;
    });
    five_with_one_forgotten();
    mark();
    wait_for_the_grace();
    FaultyStore faulty(store_);
    const Vault vault(faulty, capabilities_.at(Role::pruner));
    const SweepPlan plan = plan_sweep(survey(vault));
    faulty.fail_at(faulty.operations() + nth, Error(ErrorKind::unavailable, "no network"));
    bool broke = false;
    try {
      static_cast<void>(apply_sweep(vault, plan, clock_, silent_, {}));
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::unavailable);
      broke = true;
    }
    ASSERT_EQ(damage(), "") << "at operation " << nth;
    if (!broke) break;
    ++breaks;
    const Vault again = open_as(Role::pruner);
    const NextSweepStep step = plan_next_step(survey(again), again.trust());
    if (const auto* finish = std::get_if<FinishPlan>(&step)) {
      static_cast<void>(apply_finish(again, *finish, silent_, {}));
    } else if (const auto* whole = std::get_if<SweepPlan>(&step)) {
      static_cast<void>(apply_sweep(again, *whole, clock_, silent_, {}));
    }
    ASSERT_TRUE(std::holds_alternative<NothingToSweep>(next())) << "at operation " << nth;
    for (const std::size_t kept : {0U, 2U, 3U, 4U}) expect_reads(taken_[kept]);
    ASSERT_FALSE(HasFailure()) << "at operation " << nth;
  }
  EXPECT_GT(breaks, 10U);
}

TEST_F(Sweeping, CondemnsWhatARunLeftThatBrokeOffOnceNoRunCanBeItsOwn) {
  take({"common"});
  const std::size_t before = object_names().size();
  {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    write(writer, {"broken off"});
    static_cast<void>(writer.suspend());
  }
  EXPECT_GT(object_names().size(), before + 2) << "a header, a pack, a flush";
  clock_.advance(std::chrono::hours(48));
  const auto leftovers = [&] {
    const NextSweepStep step = next();
    const auto* plan = std::get_if<MarkPlan>(&step);
    return plan == nullptr ? std::size_t{0} : plan->leftovers;
  };
  EXPECT_EQ(leftovers(), 0U) << "MAX_RUN + 25 h is not over";
  clock_.advance(std::chrono::hours(2));
  EXPECT_GE(leftovers(), 3U);
  mark();
  wait_for_the_grace();
  sweep();
  EXPECT_EQ(damage(), "");
  EXPECT_EQ(object_names().size(), before + 2) << "what the mark and the sweep say";
  expect_reads(taken_[0]);
}

TEST_F(Sweeping, KeepsWhatALaterGenerationHoldsAndSweepsTheFirst) {
  take({"common", "own 1"});
  take({"common", "old", "own 2"});
  const Vault admin = open_as(Role::admin);
  Trust trust = plan_rotate(admin.state(), seal::random_key(), clock_.now());
  publish_trust(sign_trust(admin.state(), std::move(trust), capabilities_.at(Role::admin)), store_);
  for (const char* own : {"own 3", "own 4", "own 5"}) take({"common", own});
  clock_.advance(std::chrono::hours(240));
  for (const std::size_t each : {0U, 1U}) forget(taken_[each].id());
  const MarkPlan marked = mark();
  EXPECT_EQ(marked.marks, (KnownMarks{{1, 1}}));
  wait_for_the_grace();
  sweep();
  EXPECT_EQ(damage(), "");
  EXPECT_EQ(count("g1/pack/"), 0U);
  for (const std::size_t kept : {2U, 3U, 4U}) expect_reads(taken_[kept]);
  expect_reads(take({"common", "old"}));
  EXPECT_EQ(damage(), "");
}

TEST_F(Sweeping, StopsWhereAListThatIsNeededCannotBeRead) {
  five_with_one_forgotten();
  for (const std::string& name : object_names()) {
    if (name.starts_with("g1/meta/")) store_.remove(store::ObjectKey(name));
  }
  const Vault vault = open_as(Role::pruner);
  EXPECT_THROW(static_cast<void>(survey(vault)), Error);
}

TEST_F(Sweeping, IsThePrunersAlone) {
  five_with_one_forgotten();
  for (const Role role : {Role::identity, Role::writer, Role::viewer, Role::operator_}) {
    const Vault vault = open_as(role);
    try {
      static_cast<void>(survey(vault));
      ADD_FAILURE() << name_of(role) << " may plan a sweep";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::denied);
    }
  }
}

TEST_F(Sweeping, TellsAMarkThatAnotherPrunerMadeFirst) {
  five_with_one_forgotten();
  const Vault vault = open_as(Role::pruner);
  const MarkPlan plan = plan_mark(survey(vault), vault.trust());
  mark();
  try {
    static_cast<void>(apply_mark(vault, plan, clock_));
    ADD_FAILURE() << "two marks of one number";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::busy);
  }
}

TEST_F(Sweeping, AMissingRecordWithoutItsTombstoneIsAnAttack) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  sweep();
  EXPECT_TRUE(history().problems.empty());
  // The sweep record is the pruner's newest: a store that hides it shows a gap.
  const KeyId pruner = capabilities_.at(Role::pruner).key_id();
  store_.remove(names::link(ObjectType::record, pruner, 2));
  const History hidden = history();
  ASSERT_FALSE(hidden.problems.empty());
  EXPECT_EQ(hidden.problems[0].kind, ErrorKind::stale);
}

TEST_F(Sweeping, AWitnessOfASweptRecordIsContent) {
  five_with_one_forgotten();
  const SeenHead seen{.author = taken_[1].record.link.author,
                      .type = ObjectType::snapshot,
                      .seq = 2,
                      .id = taken_[1].id()};
  mark();
  wait_for_the_grace();
  sweep();
  const Vault vault = open_as(Role::viewer);
  EXPECT_EQ(contradiction(vault, seen), std::nullopt);
  require_shown(vault, NotedHead::from_word(to_word(seen)));
  SeenHead other = seen;
  other.id = taken_[0].id();
  EXPECT_NE(contradiction(vault, other), std::nullopt);
}

TEST_F(Sweeping, ARecordThatComesBackUnderItsOldNameIsNotListed) {
  five_with_one_forgotten();
  const auto key = names::link(ObjectType::snapshot, taken_[1].record.link.author, 2);
  const Bytes old = *store_.get(key, kMaxRecordBytes);
  mark();
  wait_for_the_grace();
  sweep();
  ASSERT_EQ(store_.put(key, old), store::PutResult::created);
  EXPECT_FALSE(is_listed(taken_[1].id()));
  EXPECT_EQ(damage(), "");
  const NextSweepStep step = next();
  EXPECT_TRUE(std::holds_alternative<FinishPlan>(step)) << "a leftover like any other";
}

}  // namespace
}  // namespace lifeboat::vault
