#include "vault/roll.h"

#include <gmock/gmock.h>

#include "harness/faulty_store.h"
#include "vault/object_names.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;
using store::ObjectKey;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;

/// Requests that a store is asked for while this lives.
class Requests {
 public:
  explicit Requests(FaultyStore& store) {
    store.call_before([this](StoreOperation operation, const std::string&) { ++of_[operation]; });
  }
  int operator[](StoreOperation operation) { return of_[operation]; }

 private:
  std::map<StoreOperation, int> of_;
};

class Rolls : public VaultFixture {
 protected:
  /// Snapshots of nothing: only their records matter here.
  void take(int count) { take_into(store_, count); }
  void take_into(store::ObjectStore& store, int count) {
    const Vault vault(store, capabilities_.at(Role::writer));
    for (int i = 0; i < count; ++i) {
      SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
      SourceSummary source;
      source.name = "shop-db";
      source.kind = "postgres";
      source.at = clock_.now();
      source.guarantee = "exact";
      clock_.advance(std::chrono::minutes(1));
      last_ = writer.commit({source}, true, {});
    }
  }

  void attest(int count) {
    const Vault vault = open_as(Role::identity);
    const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
    for (int i = 0; i < count; ++i) {
      append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
        Attestation attestation;
        attestation.link.generation = vault.generation();
        attestation.link.vault = vault.id();
        attestation.link.author = vault.self_id();
        attestation.link.seq = end.next_seq();
        attestation.link.previous = end.previous;
        attestation.link.finished = clock_.now();
        attestation.snapshot = last_.id();
        attestation.verdict = Verdict::proven;
        return attestation.encode(vault.self().signing_key(), key);
      });
    }
  }

  [[nodiscard]] KeyId author(ObjectType chain) const {
    const Role role = chain == ObjectType::snapshot ? Role::writer : Role::identity;
    return capabilities_.at(role).key_id();
  }
  [[nodiscard]] Bytes object(const ObjectKey& key) { return store_.get(key, kAnySize).value(); }
  [[nodiscard]] ObjectKey roll(std::uint32_t number) const {
    return names::roll(ObjectType::snapshot, author(ObjectType::snapshot), number);
  }
  [[nodiscard]] ObjectKey record(std::uint64_t seq) const {
    return names::link(ObjectType::snapshot, author(ObjectType::snapshot), seq);
  }
  [[nodiscard]] std::vector<Bytes> records(ObjectType chain, std::uint64_t first) {
    std::vector<Bytes> stored;
    for (std::uint64_t seq = first; seq < first + kRollRecords; ++seq) {
      stored.push_back(object(names::link(chain, author(chain), seq)));
    }
    return stored;
  }

  [[nodiscard]] History history() { return read_history(open_as(Role::identity)); }
  /// What a check says of rolls: "kind name".
  [[nodiscard]] std::vector<std::string> check_of_rolls() {
    SilentObserver silent;
    const auto report = check(open_as(Role::identity), CheckDepth::structure, silent, {});
    return texts(report.problems);
  }
  static std::vector<std::string> texts(const std::vector<Problem>& problems) {
    std::vector<std::string> all;
    for (const Problem& problem : problems) {
      all.push_back((problem.kind == ErrorKind::stale ? "stale " : "corrupt ") + problem.object);
    }
    return all;
  }
  /// The seqs, newest first, that a history of snapshots shows: 1 to `newest` without a gap.
  static bool is_whole(const History& history, std::uint64_t newest) {
    std::uint64_t seq = newest;
    for (const SnapshotRecord& snapshot : history.snapshots) {
      if (snapshot.link.seq != seq--) return false;
    }
    return seq == 0;
  }

  SnapshotRecord last_;
};

TEST_F(Rolls, HoldTheRecordsOfTheirBlockByteForByteInBothKindsOfChain) {
  take(256);
  attest(128);
  const auto compare = [&](ObjectType chain, std::uint32_t number) {
    const Bytes stored = object(names::roll(chain, author(chain), number));
    const auto expected = records(chain, (number - 1) * kRollRecords + 1);
    const auto held = decode_roll(stored);
    ASSERT_EQ(held.size(), expected.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(held[i], expected[i])) << i;
    }
  };
  compare(ObjectType::snapshot, 1);
  compare(ObjectType::snapshot, 2);
  compare(ObjectType::record, 1);
  EXPECT_THAT(check_of_rolls(), IsEmpty());
}

TEST_F(Rolls, LetALongChainBeReadByOneRequestForEveryWholeBlock) {
  take(300);
  attest(140);
  FaultyStore counted(store_);
  const Vault vault(counted, capabilities_.at(Role::identity));
  Requests requests(counted);
  const History all = read_history(vault);
  EXPECT_TRUE(is_whole(all, 300));
  EXPECT_EQ(all.attestations.size(), 140U);
  EXPECT_THAT(texts(all.problems), IsEmpty());
  // 300 = 2 rolls and 44 records; 140 = 1 roll and 12 records.
  EXPECT_EQ(requests[StoreOperation::get], 2 + 44 + 1 + 12);
  EXPECT_EQ(requests[StoreOperation::list], 2);
  EXPECT_EQ(requests[StoreOperation::find] + requests[StoreOperation::get_range], 0);
}

TEST_F(Rolls, AreNotNeededForTheLatestWhichCostsOneListingAndOneRead) {
  take(130);
  FaultyStore counted(store_);
  const Vault vault(counted, capabilities_.at(Role::identity));
  Requests requests(counted);
  EXPECT_EQ(resolve_snapshot(vault, "latest").id(), last_.id());
  EXPECT_EQ(requests[StoreOperation::list], 1);
  EXPECT_EQ(requests[StoreOperation::get], 1);
  EXPECT_EQ(requests[StoreOperation::find] + requests[StoreOperation::get_range], 0);
}

TEST_F(Rolls, AreStoredByALaterRunWhereOneIsMissing) {
  take(256);
  const Bytes first = object(roll(1));
  store_.remove(roll(1));
  EXPECT_TRUE(is_whole(history(), 256));
  take(15);
  EXPECT_FALSE(store_.find(roll(1)));
  take(1);
  EXPECT_EQ(object(roll(1)), first);
}

TEST_F(Rolls, NeverFailASnapshotThatCannotStoreThem) {
  FaultyStore refusing(store_);
  refusing.call_before([](StoreOperation operation, const std::string& name) {
    if (name.find("/roll/") == std::string::npos) return;
    if (operation == StoreOperation::put) throw Error(ErrorKind::denied, "not allowed: " + name);
  });
  EXPECT_NO_THROW(take_into(refusing, 130));
  EXPECT_EQ(last_.link.seq, 130U);
  EXPECT_FALSE(store_.find(roll(1)));
  EXPECT_TRUE(is_whole(history(), 130));
}

TEST_F(Rolls, LoseNoSnapshotWhenDamagedAndAreNamed) {
  take(130);
  const Bytes good = object(roll(1));
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{8}, std::size_t{12}, std::size_t{16}, std::size_t{20},
        std::size_t{40}, good.size() / 2, good.size() - 1}) {
    Bytes damaged = good;
    damaged[at] ^= 0x20U;
    replace(roll(1).name(), damaged);
    const History read = history();
    EXPECT_TRUE(is_whole(read, 130)) << at;
    EXPECT_THAT(texts(read.problems), ElementsAre("corrupt " + roll(1).name())) << at;
    EXPECT_THAT(check_of_rolls(), ElementsAre("corrupt " + roll(1).name())) << at;
  }
  replace(roll(1).name(), Bytes(good.begin(), good.end() - 1));
  EXPECT_TRUE(is_whole(history(), 130));
  EXPECT_THAT(check_of_rolls(), ElementsAre("corrupt " + roll(1).name()));
}

TEST_F(Rolls, AreToldWhenTheyReorderOrReplaceRecords) {
  take(258);
  auto swapped = records(ObjectType::snapshot, 1);
  std::swap(swapped[30], swapped[90]);
  replace(roll(1).name(), encode_roll(swapped));
  // The second roll holds the records of the first: each is signed, none is in its place.
  replace(roll(2).name(), encode_roll(records(ObjectType::snapshot, 1)));
  const History read = history();
  EXPECT_TRUE(is_whole(read, 258));
  EXPECT_THAT(texts(read.problems),
              ElementsAre("corrupt " + roll(2).name(), "corrupt " + roll(1).name()));
  EXPECT_THAT(check_of_rolls(),
              ElementsAre("corrupt " + roll(2).name(), "corrupt " + roll(1).name()));
}

TEST_F(Rolls, DoNotHideThatARecordIsMissing) {
  take(130);
  store_.remove(record(57));
  const History read = history();
  EXPECT_EQ(read.snapshots.size(), 129U);
  EXPECT_THAT(texts(read.problems), ElementsAre("stale " + record(57).name()));
  EXPECT_THAT(check_of_rolls(), ElementsAre("stale " + record(57).name()));
}

TEST_F(Rolls, ShowThatTheNewestRecordsAreHidden) {
  take(128);
  store_.remove(record(128));
  EXPECT_THAT(texts(history().problems), ElementsAre("stale " + roll(1).name()));
  EXPECT_THAT(history().problems.at(0).what, HasSubstr("the chain ends at 127"));
}

TEST_F(Rolls, DoNotHideFromACheckThatARecordWasAltered) {
  take(130);
  Bytes altered = object(record(57));
  altered[altered.size() / 2] ^= 1U;
  replace(record(57).name(), altered);
  EXPECT_TRUE(is_whole(history(), 130));  // the roll has it, and its successor names it
  EXPECT_THAT(check_of_rolls(), Contains("corrupt " + record(57).name()));
}

TEST_F(Rolls, AGapOfAnyLengthIsOneProblem) {
  take(3);
  // A name that claims to be far ahead: nothing is looked for in between one by one.
  ASSERT_EQ(store_.put(record(std::uint64_t{1} << 60U), object(record(3))),
            store::PutResult::created);
  const History read = history();
  EXPECT_EQ(read.snapshots.size(), 3U);
  EXPECT_EQ(read.problems.size(), 2U);
}

TEST(Names, OfRollsParseBack) {
  const KeyId author{{1, 2, 3}};
  for (const ObjectType chain : {ObjectType::snapshot, ObjectType::record}) {
    const std::string name = names::roll(chain, author, 78).name();
    const auto parsed = names::parse(name);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->type, ObjectType::roll);
    EXPECT_EQ(parsed->chain, chain);
    EXPECT_EQ(parsed->author, author);
    EXPECT_EQ(parsed->number, 78U);
    // A listing shows the head first and rolls last.
    EXPECT_LT(names::link(chain, author, 1).name(), name);
  }
  const std::string prefix = names::chain_prefix(ObjectType::snapshot, author);
  for (const char* wrong : {"roll/0000000000", "roll/1", "roll/00000000x1", "rolls/0000000001"}) {
    EXPECT_FALSE(names::parse(prefix + wrong)) << wrong;
  }
}

}  // namespace
}  // namespace lifeboat::vault
