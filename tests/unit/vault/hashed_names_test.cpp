// Naming mode hashed (docs/format/vault.md §2.1): two runs of one credential at once fork a chain
// where the store cannot keep one of them out. Both count, it is told, and the next run joins them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "vault/append_record.h"
#include "vault/check.h"
#include "vault/copy.h"
#include "vault/roll.h"
#include "vault/trust_change.h"
#include "vault/witness.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class HashedNames : public VaultFixture {
 protected:
  HashedNames() : VaultFixture({.hashed_names = true}) {}

  /// Two snapshots that did not know of each other.
  std::pair<SnapshotRecord, SnapshotRecord> fork(int salt) {
    SnapshotRecord one = take_snapshot(2000, salt);
    hide(key_of(one));
    SnapshotRecord other = take_snapshot(2000, salt + 1);
    put_back();
    return {std::move(one), std::move(other)};
  }

  std::vector<Problem> problems() { return read_history(open_as(Role::identity)).problems; }

  std::vector<SnapshotId> listed() {
    std::vector<SnapshotId> ids;
    for (const auto& snapshot : read_history(open_as(Role::identity)).snapshots) {
      ids.push_back(snapshot.id());
    }
    return ids;
  }

  std::vector<Problem> found_by_check() {
    SilentObserver observer;
    return check(open_as(Role::identity), CheckDepth::decrypt, observer, {}).problems;
  }

  std::string rows_in(const SnapshotRecord& record) {
    const Vault vault = open_as(Role::identity);
    return read_text(SnapshotReader(vault, record), "public.orders");
  }

  Link review(const std::string& text) {
    clock_.advance(std::chrono::minutes(1));
    return append_json_record(open_as(Role::identity), RecordKind::review, text, clock_.now(),
                              clock_.now());
  }
};

TEST_F(HashedNames, EndInTheFirstDigitsOfTheRecordsHash) {
  const auto record = take_snapshot();
  EXPECT_THAT(key_of(record).name(),
              testing::EndsWith("/fffffffffffffffe-" + record.id().hex().substr(0, 16)));
  EXPECT_TRUE(store_.find(key_of(record)));
  EXPECT_THAT(listed(), ElementsAre(record.id()));
  EXPECT_EQ(resolve_snapshot(open_as(Role::viewer), "latest").id(), record.id());
}

TEST_F(HashedNames, ThatAreNoneOfThisModeAreReportedAndIgnored) {
  const auto record = take_snapshot();
  const auto plain = names::link(ObjectType::snapshot, record.link.author, 2);
  static_cast<void>(store_.put(plain, as_bytes("x")));
  EXPECT_THAT(listed(), ElementsAre(record.id()));
  EXPECT_THAT(found_by_check(), ElementsAre(testing::Field(&Problem::object, plain.name())));
}

TEST_F(HashedNames, OfARecordWithOtherBytesAreTold) {
  const auto record = take_snapshot();
  const NameMark other{{1, 2, 3, 4, 5, 6, 7, 8}};
  const auto key = names::link(ObjectType::snapshot, record.link.author, {1, other});
  const Bytes bytes = store_.get(key_of(record), kAnySize).value();
  store_.remove(key_of(record));
  ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
  ASSERT_THAT(problems(), SizeIs(1));
  EXPECT_THAT(problems().front().what, HasSubstr("not what its name says"));
}

TEST_F(HashedNames, OfTwoRunsAtOnceAreAForkThatIsToldAndOfWhichBothCanBeRestored) {
  take_snapshot();
  const auto [one, other] = fork(1);
  ASSERT_EQ(one.link.seq, other.link.seq);
  EXPECT_EQ(listed().size(), 3U);
  ASSERT_THAT(problems(), SizeIs(2));
  for (const Problem& problem : problems()) {
    EXPECT_EQ(problem.kind, ErrorKind::stale);
    EXPECT_TRUE(problem.fork);
  }
  EXPECT_EQ(rows_in(one), joined(rows_of("orders", 2000, 1)) + joined(rows_of("orders-2", 2000)));
  EXPECT_EQ(rows_in(other), joined(rows_of("orders", 2000, 2)) + joined(rows_of("orders-2", 2000)));
  // Nothing is hidden by it, so words find what they mean.
  EXPECT_EQ(resolve_snapshot(open_as(Role::identity), "latest").id(), other.id());
  EXPECT_EQ(resolve_snapshot(open_as(Role::identity), "latest:shop-db").id(), other.id());
}

TEST_F(HashedNames, ThatForkedAreJoinedByTheNextRecordWithAllThatBothNeed) {
  take_snapshot();
  const auto [one, other] = fork(1);
  const auto next = take_snapshot(2000, 3);
  EXPECT_EQ(next.link.seq, 3U);
  EXPECT_EQ(next.link.previous, other.id());
  EXPECT_THAT(next.link.parents, ElementsAre(one.id()));
  for (const SnapshotRecord& branch : {one, other}) {
    for (const SegmentRef& segment : branch.segments) {
      EXPECT_THAT(next.segments, testing::Contains(segment));
    }
  }
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(found_by_check(), IsEmpty());
  EXPECT_EQ(listed().size(), 4U);
  // And of both branches nothing is stored twice.
  const auto again = take_snapshot(2000, 1);
  EXPECT_LT(again.body->stored_bytes, 20'000U);
}

TEST_F(HashedNames, OfARunThatWasLateAreJoinedToo) {
  const auto first = take_snapshot();
  const auto late = take_snapshot(100, 1);
  hide(key_of(late));
  take_snapshot(100, 2);
  const auto ahead = take_snapshot(100, 3);
  put_back();
  ASSERT_THAT(problems(), SizeIs(1));
  EXPECT_EQ(problems().front().object, key_of(late).name());
  EXPECT_TRUE(problems().front().fork);
  const auto next = take_snapshot(100, 4);
  EXPECT_EQ(next.link.previous, ahead.id());
  EXPECT_THAT(next.link.parents, ElementsAre(late.id()));
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(HashedNames, OfABranchThatIsHiddenAreTold) {
  take_snapshot();
  const auto [one, other] = fork(1);
  take_snapshot(2000, 3);
  for (const SnapshotRecord& branch : {one, other}) {
    hide(key_of(branch));
    ASSERT_FALSE(problems().empty());
    EXPECT_EQ(problems().front().kind, ErrorKind::stale);
    EXPECT_FALSE(problems().front().fork);
    put_back();
  }
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(HashedNames, OfAnOpenForkAreBothSeenByTheNextRecordOfAnotherChain) {
  take_snapshot();
  const auto [one, other] = fork(1);
  const Link seen = review("{}");
  std::vector<ObjectHash> ids;
  for (const SeenHead& head : seen.seen) ids.push_back(head.id);
  EXPECT_THAT(ids, UnorderedElementsAre(one.id(), other.id()));
  hide(key_of(one));
  ASSERT_THAT(problems(), SizeIs(1));
  EXPECT_THAT(problems().front().what, HasSubstr("not the one that was seen"));
}

TEST_F(HashedNames, ForkAndJoinChainsOfOtherRecordsToo) {
  const Link one = review(R"({"n":1})");
  const auto key = open_as(Role::identity).key_of(ObjectType::record, one);
  hide(key);
  const Link other = review(R"({"n":2})");
  put_back();
  EXPECT_THAT(problems(), SizeIs(2));
  const Link next = review(R"({"n":3})");
  EXPECT_EQ(next.previous, other.id);
  EXPECT_THAT(next.parents, ElementsAre(one.id));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(read_history(open_as(Role::identity)).others, SizeIs(3));
}

TEST_F(HashedNames, OfARevokedWriterCountUpToTheBranchThatTrustNames) {
  take_snapshot();
  const auto [one, other] = fork(1);
  review("{}");  // has seen both branches
  Vault admin = open_as(Role::admin);
  const auto revoked = sign_trust(
      admin.state(), plan_revoke(admin.trust(), one.link.author, {2, one.id()}, clock_.now()),
      capabilities_.at(Role::admin));
  publish_trust(revoked, store_);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(listed(), SizeIs(2));
  EXPECT_EQ(resolve_snapshot(open_as(Role::identity), "latest").id(), one.id());
  EXPECT_THAT(read_history(open_as(Role::identity)).void_records, SizeIs(1));
}

TEST_F(HashedNames, AreCopiedWithBothBranches) {
  take_snapshot();
  fork(1);
  store::MemoryStore copy(clock_);
  SilentObserver observer;
  const auto report = copy_vault(open_as(Role::viewer), copy, CopyScope::everything, observer, {});
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_EQ(report.snapshots, 3U);
  const Vault there(copy, capabilities_.at(Role::identity));
  EXPECT_THAT(read_history(there).snapshots, SizeIs(3));
}

TEST_F(HashedNames, AreReadOutOfRollsExceptWhereTheChainForks) {
  std::vector<Link> links;
  for (int i = 0; i < 128; ++i) links.push_back(review("{}"));
  const Vault vault = open_as(Role::identity);
  const auto roll = names::roll(ObjectType::record, vault.self_id(), 1);
  ASSERT_TRUE(store_.find(roll));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(found_by_check(), IsEmpty());
  // A late record into a block that has its roll.
  hide(vault.key_of(ObjectType::record, links.back()));
  const Link late = review(R"({"late":1})");
  put_back();
  review("{}");
  EXPECT_EQ(late.seq, 128U);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(found_by_check(), IsEmpty());
  EXPECT_THAT(read_history(open_as(Role::identity)).others, SizeIs(130));
  // A block that forks gets none.
  store_.remove(roll);
  for (int i = 0; i < 16; ++i) review("{}");
  EXPECT_FALSE(store_.find(roll));
}

TEST_F(HashedNames, OfAHeadThatWasNotedAreHeldAgainstTheStore) {
  const auto record = take_snapshot();
  const SeenHead head{
      .author = record.link.author, .type = ObjectType::snapshot, .seq = 1, .id = record.id()};
  require_shown(open_as(Role::viewer), NotedHead::from_word(to_word(head)));
  EXPECT_FALSE(contradiction(open_as(Role::viewer), head));
  hide(key_of(record));
  take_snapshot(100, 7);
  EXPECT_TRUE(contradiction(open_as(Role::viewer), head));
  EXPECT_THROW(require_shown(open_as(Role::viewer), NotedHead::from_word(to_word(head))), Error);
}

}  // namespace
}  // namespace lifeboat::vault
