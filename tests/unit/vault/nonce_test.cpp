// No two blobs of a session under one nonce: while they are written, and as a check finds it.
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <type_traits>

#include "base/error.h"
#include "vault/nonce_counter.h"
#include "vault/object_names.h"
#include "vault/pack.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

static_assert(!std::is_copy_constructible_v<NonceTicket>);
static_assert(!std::is_copy_constructible_v<NonceCounter>);
static_assert(!std::is_constructible_v<NonceTicket, std::uint64_t>);

TEST(NonceCounter, IssuesEachValueOnceToManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  NonceCounter counter;
  std::vector<std::vector<std::uint64_t>> drawn(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : drawn) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) mine.push_back(counter.next().spend());
      });
    }
  }
  std::set<std::uint64_t> all;
  for (const auto& one : drawn) all.insert(one.begin(), one.end());
  EXPECT_EQ(all.size(), std::size_t{kThreads} * kEach);
  EXPECT_EQ(*all.rbegin(), all.size() - 1);
}

TEST(NonceCounter, ATicketIsSpentOnceAndByWhoTookItOver) {
  NonceCounter counter;
  NonceTicket first = counter.next();
  NonceTicket taken = std::move(first);
  EXPECT_EQ(taken.spend(), 0U);
  EXPECT_THROW(static_cast<void>(taken.spend()), Error);
  EXPECT_THROW(static_cast<void>(first.spend()), Error);  // NOLINT(bugprone-use-after-move)
}

/// Every blob of every pack that lies in the vault, with the session that it was sealed in.
class Nonces : public VaultFixture {
 protected:
  struct Use {
    SessionId session;
    std::uint64_t counter;
    friend auto operator<=>(const Use&, const Use&) = default;
  };

  [[nodiscard]] std::vector<Use> uses() {
    const Vault vault = open_as(Role::identity);
    std::vector<Use> found;
    const History history = read_history(vault);
    for (const SnapshotRecord& snapshot : history.snapshots) {
      const Index index = vault.read_index(snapshot);
      for (const Index::Loaded& loaded : index.segments()) {
        for (std::size_t i = 0; i < loaded.segment.size(); ++i) {
          const auto entry = loaded.segment.entry(i);
          if (entry.place.kind == BlobKind::list || !ids_.insert(entry.id).second) continue;
          found.push_back({loaded.segment.sessions()[entry.session], entry.place.counter});
        }
      }
    }
    return found;
  }

  /// A session whose pack holds two chunks, sealed as if two counters had begun for it.
  void store_a_session_with(NonceCounter& first, NonceCounter& second) {
    const Vault vault = open_as(Role::writer);
    const KeyId writer = vault.self_id();
    const NewSession session = start_session(vault.state(), writer, clock_.now());
    put(names::session(vault.generation(), session.header.id), session.stored);
    const BlobContext context{vault.id(), vault.generation(), session.header.id, writer};
    const auto keys = vault.keyring().writer_keys(vault.generation(), writer);
    PackBuilder pack(ObjectType::data_pack, context, session.stored);
    BlobSealer sealer(context);
    for (NonceCounter* counter : {&first, &second}) {
      const std::string text = counter == &first ? "one row\n" : "another row\n";
      const BlobId id = chunk_id(*keys, as_bytes(text));
      pack.added(id, sealer.seal(session.keys, BlobKind::chunk, id, counter->next(), as_bytes(text),
                                 pack.tail()));
    }
    const Pack made = pack.finish(*vault.keyring().index_keys(vault.generation(), writer));
    put(names::pack(made.type, vault.generation(), made.hash), made.bytes);
  }

  [[nodiscard]] CheckReport checked() {
    return check(open_as(Role::identity), CheckDepth::decrypt, silent_, {});
  }

 private:
  void put(const store::ObjectKey& key, ByteView bytes) {
    ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
  }

  std::set<BlobId> ids_;
  SilentObserver silent_;
};

TEST_F(Nonces, OfOneSessionAreAllDifferent) {
  take_snapshot(60'000);
  take_snapshot(60'000, 3);
  const std::vector<Use> all = uses();
  EXPECT_GT(all.size(), 50U);
  EXPECT_EQ(std::set<Use>(all.begin(), all.end()).size(), all.size());
}

TEST_F(Nonces, UsedTwiceAreFoundByACheckThatDecrypts) {
  NonceCounter one;
  store_a_session_with(one, one);
  EXPECT_TRUE(checked().problems.empty());

  NonceCounter again;
  NonceCounter beside;
  store_a_session_with(again, beside);
  const CheckReport report = checked();
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].kind, ErrorKind::corrupt);
  EXPECT_NE(report.problems[0].what.find("one nonce"), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::vault
