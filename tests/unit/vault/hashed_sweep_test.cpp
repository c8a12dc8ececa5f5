// Sweeps in naming mode hashed (docs/format/vault.md §2.1, §17), where a chain may fork. A person
// has made sure that nobody else is at work meanwhile.
#include <gtest/gtest.h>

#include "sweep_fixture.h"

namespace lifeboat::vault {
namespace {

class HashedSweep : public SweepFixture {
 protected:
  HashedSweep() : SweepFixture({.hashed_names = true}) {}

  /// What a run stored that nobody else sees until put_back().
  Taken take_unseen(const Tables& tables) {
    Taken taken = take(tables);
    hide(key_of(taken.record));
    return taken;
  }
};

TEST_F(HashedSweep, GoesAsElsewhereWhereNoChainForks) {
  five_with_one_forgotten();
  mark();
  wait_for_the_grace();
  EXPECT_EQ(sweep().snapshots.size(), 1U);
  EXPECT_FALSE(is_listed(taken_[1].id()));
  for (const std::size_t kept : {0U, 2U, 3U, 4U}) expect_reads(taken_[kept]);
  EXPECT_EQ(damage(), "");
}

TEST_F(HashedSweep, NeverRemovesARecordThatForksAChainOrJoinsAFork) {
  take({"common", "first"});
  const Taken one = take_unseen({"common", "one"});
  const Taken other = take({"common", "other"});
  put_back();
  const Taken join = take({"common", "join"});
  ASSERT_EQ(one.record.link.seq, other.record.link.seq);
  ASSERT_EQ(join.record.link.parents.size(), 1U);
  const Taken plain = take({"common", "plain"});
  for (const char* own : {"own 1", "own 2", "own 3"}) take({"common", own});
  clock_.advance(std::chrono::hours(240));
  for (const Taken& each : {one, other, join, plain}) forget(each.id());
  mark();
  wait_for_the_grace();
  EXPECT_EQ(sweep().snapshots.size(), 1U);
  EXPECT_FALSE(is_listed(plain.id()));
  for (const Taken& each : {one, other, join}) {
    EXPECT_TRUE(is_listed(each.id()));
    expect_reads(each);
  }
  EXPECT_EQ(damage(), "");
}

TEST_F(HashedSweep, ARunBehindAForkHeedsTheMarksThatNotAllBranchesKnow) {
  five_with_one_forgotten();
  const Taken unaware = take_unseen({"common"});
  mark();
  const Taken aware = take({"common"});
  put_back();
  ASSERT_EQ(unaware.record.link.seq, aware.record.link.seq);
  // The unaware branch's index still offers the condemned table.
  const Taken joined = take({"common", "old"});
  wait_for_the_grace();
  sweep();
  expect_reads(joined);
  expect_reads(unaware);
  expect_reads(aware);
  EXPECT_EQ(damage(), "");
}

}  // namespace
}  // namespace lifeboat::vault
