#include "vault/rewrap.h"

#include <algorithm>

#include "harness/faulty_store.h"
#include "vault/object_names.h"
#include "vault/stored_session.h"
#include "vault/trust_change.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;

template <typename Work>
ErrorKind kind_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

class RewrapTest : public VaultFixture {
 protected:
  Capability add_identity(const std::string& name) {
    const Vault vault = open_as(Role::identity);
    Capability fresh = new_capability(vault.state(), Role::identity);
    const auto signed_trust = sign_trust(vault.state(),
                                         plan_add(vault.state(), vault.keyring().generation_keys(),
                                                  {Role::identity, name, {}}, fresh, clock_.now()),
                                         capabilities_.at(Role::admin));
    fresh.trust_number = signed_trust.trust.number;
    fresh.trust_hash = signed_trust.trust.hash;
    publish_trust(signed_trust, store_);
    return fresh;
  }
  void change_trust(const std::function<Trust(const TrustState&)>& plan) {
    const Vault vault = open_as(Role::admin);
    publish_trust(sign_trust(vault.state(), plan(vault.state()), vault.self()), store_);
  }
  RewrapReport rewrap(store::ObjectStore& store, const Capability& capability) {
    SilentObserver silent;
    const Vault vault(store, capability);
    return rewrap_sessions(vault, silent, {});
  }
  RewrapReport rewrap() { return rewrap(store_, capabilities_.at(Role::identity)); }
  CheckReport check_as(const Capability& capability) {
    SilentObserver silent;
    const Vault vault(store_, capability);
    return check(vault, CheckDepth::decrypt, silent, {});
  }
  std::string orders_of(const SnapshotRecord& record, const Capability& capability) {
    const Vault vault(store_, capability);
    return read_text(SnapshotReader(vault, record), "public.orders");
  }
  static std::string expected_orders(int rows, int salt = 0) {
    return joined(rows_of("orders", rows, salt)) + joined(rows_of("orders-2", rows));
  }
  [[nodiscard]] static store::ObjectKey header_of(const SnapshotRecord& record,
                                                  std::uint64_t again = 0) {
    return names::session(record.sessions[0].generation, record.sessions[0].id, again);
  }
  Bytes bytes_of(const store::ObjectKey& key) { return store_.get(key, kAnySize).value(); }
  /// A header under the name of `record`'s session, to all identities, of a key that is not its.
  Bytes forged_for(const SnapshotRecord& record) {
    const Vault vault = open_as(Role::identity);
    return seal_session_again(SessionHeader::decode(bytes_of(header_of(record))),
                              seal::random_key(), vault.state());
  }
  void put(const store::ObjectKey& key, const Bytes& bytes) {
    ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
  }
};

TEST_F(RewrapTest, ALaterIdentityRestoresOlderSnapshotsByteForByteOnceTheyAreSealedAgain) {
  const SnapshotRecord first = take_snapshot(3000);
  const SnapshotRecord second = take_snapshot(3000, 1);
  change_trust([&](const TrustState& state) {
    return plan_rotate(state, seal::random_key(), clock_.now());
  });
  const SnapshotRecord third = take_snapshot(3000, 2);
  const Capability later = add_identity("later");
  for (const SnapshotRecord& record : {first, second, third}) {
    EXPECT_EQ(kind_of([&] { orders_of(record, later); }), ErrorKind::denied);
  }
  const RewrapReport report = rewrap();
  EXPECT_EQ(report.sessions, 3U);
  EXPECT_EQ(report.sealed_again, 3U);
  EXPECT_TRUE(report.problems.empty());
  ASSERT_EQ(report.readers.size(), 2U);
  EXPECT_EQ(report.readers[1].name, "later");
  for (const Capability& reader : {later, capabilities_.at(Role::identity)}) {
    EXPECT_EQ(orders_of(first, reader), expected_orders(3000));
    EXPECT_EQ(orders_of(second, reader), expected_orders(3000, 1));
    EXPECT_EQ(orders_of(third, reader), expected_orders(3000, 2));
    const CheckReport checked = check_as(reader);
    EXPECT_TRUE(checked.problems.empty());
    EXPECT_TRUE(checked.not_checked.empty());
    EXPECT_EQ(checked.unreferenced, 3U);  // a flush of each run
    EXPECT_GT(checked.blobs, 10U);
  }
}

TEST_F(RewrapTest, LeavesOutSessionsThatLackNobody) {
  take_snapshot(100);
  EXPECT_EQ(rewrap().sealed_again, 0U);
  const Capability later = add_identity("later");
  take_snapshot(100, 1);
  EXPECT_EQ(rewrap().sealed_again, 1U);
  const auto before = object_names();
  EXPECT_EQ(rewrap().sealed_again, 0U);
  EXPECT_EQ(rewrap(store_, later).sealed_again, 0U);
  EXPECT_EQ(object_names(), before);
}

TEST_F(RewrapTest, AThirdIdentityIsServedByOneThatOpensOnlyWhatWasSealedAgain) {
  const SnapshotRecord record = take_snapshot(100);
  const Capability second = add_identity("second");
  EXPECT_EQ(rewrap().sealed_again, 1U);
  const Capability third = add_identity("third");
  EXPECT_EQ(rewrap(store_, second).sealed_again, 1U);
  EXPECT_TRUE(store_.find(header_of(record, 2)));
  EXPECT_EQ(orders_of(record, third), expected_orders(100));
  EXPECT_EQ(rewrap().sealed_again, 0U);
}

TEST_F(RewrapTest, ARevokedIdentityIsGivenNothing) {
  const SnapshotRecord record = take_snapshot(100);
  const KeyId revoked = add_identity("revoked").key_id();
  add_identity("later");
  change_trust(
      [&](const TrustState& state) { return plan_revoke(state.trust, revoked, {}, clock_.now()); });
  EXPECT_EQ(rewrap().sealed_again, 1U);
  const SessionHeader again = SessionHeader::decode(bytes_of(header_of(record, 1)));
  EXPECT_EQ(again.recipients.size(), 2U);
  for (const auto& recipient : again.recipients) EXPECT_NE(recipient.key, revoked);
}

TEST_F(RewrapTest, AnIdentityThatOpensNoneSaysSoAndStoresNothing) {
  const SnapshotRecord record = take_snapshot(100);
  const Capability later = add_identity("later");
  const RewrapReport report = rewrap(store_, later);
  EXPECT_EQ(report.sealed_again, 0U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].kind, ErrorKind::denied);
  EXPECT_EQ(report.problems[0].object, header_of(record).name());
  EXPECT_FALSE(store_.find(header_of(record, 1)));
  const CheckReport checked = check_as(later);
  EXPECT_FALSE(checked.problems.empty());
  for (const Problem& problem : checked.problems) EXPECT_EQ(problem.kind, ErrorKind::denied);
}

TEST_F(RewrapTest, OnlyAnIdentitySealsAgain) {
  for (const Role role : {Role::writer, Role::viewer, Role::pruner, Role::admin}) {
    EXPECT_EQ(kind_of([&] { rewrap(store_, capabilities_.at(role)); }), ErrorKind::denied);
  }
}

TEST_F(RewrapTest, ABadHeaderIsToldPassedOverAndMadeGoodByAnotherOne) {
  const SnapshotRecord record = take_snapshot(100);
  const SnapshotRecord other = take_snapshot(100, 1);
  const Capability later = add_identity("later");
  const Capability old = capabilities_.at(Role::identity);
  const Vault vault = open_as(Role::identity);
  const OpenedSession opened =
      open_stored_session(vault, record.link.generation, record.sessions[0].id);
  Bytes flipped = seal_session_again(opened.plain, opened.key, vault.state());
  flipped.back() ^= 1U;
  const std::vector<Bytes> bad = {
      Bytes(64, 0x4c), flipped, forged_for(record),
      seal_session_again(SessionHeader::decode(bytes_of(header_of(other))), opened.key,
                         vault.state())};
  for (std::size_t n = 1; n <= bad.size(); ++n) put(header_of(record, n), bad[n - 1]);

  EXPECT_EQ(orders_of(record, old), expected_orders(100));
  EXPECT_EQ(kind_of([&] { orders_of(record, later); }), ErrorKind::corrupt);
  const CheckReport checked = check_as(old);
  ASSERT_EQ(checked.problems.size(), bad.size());
  for (std::size_t n = 1; n <= bad.size(); ++n) {
    EXPECT_EQ(checked.problems[n - 1].object, header_of(record, n).name());
    EXPECT_EQ(checked.problems[n - 1].kind, ErrorKind::corrupt);
  }
  const RewrapReport report = rewrap();
  EXPECT_EQ(report.sealed_again, 2U);
  EXPECT_EQ(report.problems.size(), bad.size());
  EXPECT_EQ(orders_of(record, later), expected_orders(100));
  EXPECT_EQ(check_as(later).problems.size(), bad.size());
}

TEST_F(RewrapTest, AKeyThatIsNotTheSessionsIsTakenByNoReader) {
  const SnapshotRecord record = take_snapshot(100);
  const Capability later = add_identity("later");
  put(header_of(record, 1), forged_for(record));
  EXPECT_EQ(kind_of([&] { orders_of(record, later); }), ErrorKind::corrupt);
}

TEST_F(RewrapTest, AnotherHeaderInThePlaceOfTheOneThatARecordNamesIsNotSealedAgain) {
  const SnapshotRecord record = take_snapshot(100);
  add_identity("later");
  replace(header_of(record).name(), forged_for(record));
  const RewrapReport report = rewrap();
  EXPECT_EQ(report.sealed_again, 0U);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].kind, ErrorKind::corrupt);
}

TEST_F(RewrapTest, CheckTellsOfAHeaderWithoutItsPlainOne) {
  const SnapshotRecord record = take_snapshot(100);
  add_identity("later");
  static_cast<void>(rewrap());
  store_.remove(header_of(record));
  for (const Role role : {Role::identity, Role::viewer}) {
    SilentObserver silent;
    std::vector<std::string> told;
    for (const Problem& problem :
         check(open_as(role), CheckDepth::structure, silent, {}).problems) {
      told.push_back(problem.object);
    }
    EXPECT_EQ(std::ranges::count(told, header_of(record, 1).name()), 1);
  }
}

TEST_F(RewrapTest, BrokenOffAnywhereItIsGoneOnWithByAnotherCall) {
  std::vector<SnapshotRecord> records;
  for (int salt = 0; salt < 3; ++salt) records.push_back(take_snapshot(100, salt));
  const Capability later = add_identity("later");
  // Each call is killed at its first put: now before the header is stored, now behind it.
  int calls = 0;
  for (bool done = false; !done; ++calls) {
    ASSERT_LT(calls, 10);
    harness::FaultyStore faulty(store_);
    const auto die = [](harness::StoreOperation operation, const std::string&) {
      if (operation == harness::StoreOperation::put) {
        throw Error(ErrorKind::unavailable, "killed");
      }
    };
    if (calls % 2 == 0) {
      faulty.call_before(die);
    } else {
      faulty.call_after(die);
    }
    try {
      EXPECT_EQ(rewrap(faulty, capabilities_.at(Role::identity)).sealed_again, 0U);
      done = true;
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::unavailable);
    }
  }
  EXPECT_EQ(calls, 7);  // 3 behind, 3 before, and one that has nothing to do
  for (int salt = 0; salt < 3; ++salt) {
    const auto& record = records[static_cast<std::size_t>(salt)];
    EXPECT_TRUE(store_.find(header_of(record, 1)));
    EXPECT_FALSE(store_.find(header_of(record, 2)));
    EXPECT_EQ(orders_of(record, later), expected_orders(100, salt));
  }
}

TEST_F(RewrapTest, ALostRaceOnANameIsLookedAtAgain) {
  const SnapshotRecord record = take_snapshot(100);
  const Capability later = add_identity("later");
  harness::FaultyStore faulty(store_);
  bool raced = false;
  faulty.call_before([&](harness::StoreOperation operation, const std::string&) {
    if (operation != harness::StoreOperation::put || raced) return;
    raced = true;
    EXPECT_EQ(rewrap().sealed_again, 1U);
  });
  const RewrapReport report = rewrap(faulty, capabilities_.at(Role::identity));
  EXPECT_TRUE(raced);
  EXPECT_EQ(report.sealed_again, 0U);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_FALSE(store_.find(header_of(record, 2)));
  EXPECT_EQ(orders_of(record, later), expected_orders(100));
}

TEST_F(RewrapTest, StopsWhenAskedTo) {
  take_snapshot(100);
  std::stop_source stop;
  stop.request_stop();
  SilentObserver silent;
  const Vault vault = open_as(Role::identity);
  EXPECT_EQ(kind_of([&] { static_cast<void>(rewrap_sessions(vault, silent, stop.get_token())); }),
            ErrorKind::cancelled);
}

}  // namespace
}  // namespace lifeboat::vault
