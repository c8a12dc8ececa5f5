#include "vault/trust_change.h"

#include <set>

#include "vault/keyring.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

class TrustChange : public VaultFixture {
 protected:
  [[nodiscard]] Vault admin() { return open_as(Role::admin); }
  void publish_plan(Trust plan) {
    const Vault vault = admin();
    publish_trust(sign_trust(vault.state(), std::move(plan), vault.self()), store_);
  }
  Capability add(Role role, const std::string& name) {
    const Vault vault = open_as(Role::identity);
    Capability fresh = new_capability(vault.state(), role);
    const auto signed_trust = sign_trust(vault.state(),
                                         plan_add(vault.state(), vault.keyring().generation_keys(),
                                                  {role, name, {}}, fresh, clock_.now()),
                                         capabilities_.at(Role::admin));
    fresh.trust_number = signed_trust.trust.number;
    fresh.trust_hash = signed_trust.trust.hash;
    publish_trust(signed_trust, store_);
    return fresh;
  }
  void revoke(const std::string& name, const TrustedKey::Cut& cut) {
    const Trust trust = admin().trust();
    publish_plan(plan_revoke(trust, find_key(trust, name).id, cut, clock_.now()));
  }
  void rotate() { publish_plan(plan_rotate(admin().state(), seal::random_key(), clock_.now())); }
  static TrustedKey::Cut cut_at(const SnapshotRecord& record) {
    return {record.link.seq, record.id()};
  }
};

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

TEST_F(TrustChange, AnAddedWriterTakesSnapshotsThatTheOldIdentityReads) {
  capabilities_[Role::writer] = add(Role::writer, "new-writer");
  const SnapshotRecord record = take_snapshot(100);
  const Vault reader = open_as(Role::identity);
  EXPECT_EQ(resolve_snapshot(reader, "latest").id(), record.id());
  EXPECT_EQ(read_text(SnapshotReader(reader, record), "public.tiny"), "1\tone\n2\ttwo\n");
}

TEST_F(TrustChange, RecordsBehindTheCutAreVoidAndThoseBeforeItStillRestore) {
  const SnapshotRecord honest = take_snapshot(100);
  take_snapshot(100, 1);
  take_snapshot(100, 2);
  revoke("writer", cut_at(honest));
  const Vault reader = open_as(Role::identity);
  const History history = read_history(reader);
  ASSERT_EQ(history.snapshots.size(), 1U);
  EXPECT_TRUE(history.problems.empty());
  ASSERT_EQ(history.void_records.size(), 1U);
  EXPECT_EQ(history.void_records[0].records, 2U);
  EXPECT_EQ(history.void_records[0].name, "writer");
  EXPECT_EQ(resolve_snapshot(reader, "latest").id(), honest.id());
  EXPECT_EQ(read_text(SnapshotReader(reader, honest), "public.orders"),
            joined(rows_of("orders", 100)) + joined(rows_of("orders-2", 100)));
  SilentObserver silent;
  const CheckReport report = check(reader, CheckDepth::decrypt, silent, {});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.void_records.size(), 1U);
}

TEST_F(TrustChange, ACutBeforeTheFirstRecordMakesAllVoid) {
  take_snapshot(100);
  revoke("writer", {});
  const Vault reader = open_as(Role::identity);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(reader, "latest")); }),
            ErrorKind::not_found);
}

TEST_F(TrustChange, ARecordThatIsNotTheOneOfTheCutIsStale) {
  const SnapshotRecord honest = take_snapshot(100);
  revoke("writer", {honest.link.seq, {seal::random_array<32>()}});
  const Vault reader = open_as(Role::identity);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(reader, "latest")); }),
            ErrorKind::stale);
  const History history = read_history(reader);
  ASSERT_EQ(history.problems.size(), 1U);
  EXPECT_EQ(history.problems[0].kind, ErrorKind::stale);
}

TEST_F(TrustChange, AMissingRecordOfTheCutIsStale) {
  const SnapshotRecord honest = take_snapshot(100);
  revoke("writer", {honest.link.seq + 1, {seal::random_array<32>()}});
  const Vault reader = open_as(Role::identity);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(reader, "latest")); }),
            ErrorKind::stale);
}

TEST_F(TrustChange, ARevokedCredentialIsDeniedAndTheOthersGoOn) {
  const SnapshotRecord honest = take_snapshot(100);
  revoke("writer", cut_at(honest));
  EXPECT_EQ(kind_of([&] { take_snapshot(100); }), ErrorKind::denied);
  EXPECT_EQ(open_as(Role::viewer).trust().number, 2U);
  EXPECT_EQ(open_as(Role::pruner).trust().number, 2U);
}

TEST_F(TrustChange, AfterARotationOldKeysReadOldAndNewSnapshots) {
  const SnapshotRecord before = take_snapshot(100);
  rotate();
  const SnapshotRecord after = take_snapshot(100);
  EXPECT_EQ(after.link.generation, 2U);
  const Vault reader = open_as(Role::identity);
  for (const SnapshotRecord& record : {before, after}) {
    EXPECT_EQ(read_text(SnapshotReader(reader, record), "public.tiny"), "1\tone\n2\ttwo\n");
  }
  SilentObserver silent;
  EXPECT_TRUE(check(reader, CheckDepth::decrypt, silent, {}).problems.empty());
}

TEST_F(TrustChange, ARotationGivesARevokedKeyNothing) {
  add(Role::viewer, "second-viewer");
  const KeyId revoked = find_key(admin().trust(), "viewer").id;
  revoke("viewer", {});
  rotate();
  std::set<KeyId> recipients;
  const Trust rotated = admin().trust();
  for (const SealedKey& sealed : rotated.sealed) {
    if (sealed.generation == 2) recipients.insert(sealed.recipient);
  }
  EXPECT_FALSE(recipients.contains(revoked));
  EXPECT_EQ(recipients.size(), 5U);  // identity, writer, operator, pruner, second-viewer
}

TEST_F(TrustChange, AKeyAddedAfterARotationHoldsEveryGeneration) {
  rotate();
  const Vault second(store_, add(Role::identity, "second"));
  EXPECT_EQ(second.keyring().generation_keys().size(), 2U);
}

TEST_F(TrustChange, RefusesToRevokeTheAdminOrTheLastIdentity) {
  EXPECT_EQ(kind_of([&] { revoke("admin", {}); }), ErrorKind::refused);
  EXPECT_EQ(kind_of([&] { revoke("identity", {}); }), ErrorKind::refused);
  add(Role::identity, "second");
  revoke("second", {});
  EXPECT_EQ(kind_of([&] { revoke("identity", {}); }), ErrorKind::refused);
}

TEST_F(TrustChange, MovesACutOnlyBack) {
  const SnapshotRecord first = take_snapshot(100);
  const SnapshotRecord second = take_snapshot(100, 1);
  revoke("writer", cut_at(first));
  EXPECT_EQ(kind_of([&] { revoke("writer", cut_at(second)); }), ErrorKind::refused);
  revoke("writer", {});
  EXPECT_EQ(admin().trust().number, 3U);
}

TEST_F(TrustChange, OfTwoChangesAtOnceOneIsBusyAndNeverStored) {
  const TrustState state = admin().state();
  publish_plan(plan_rotate(state, seal::random_key(), clock_.now()));
  EXPECT_EQ(kind_of([&] { publish_plan(plan_rotate(state, seal::random_key(), clock_.now())); }),
            ErrorKind::busy);
  EXPECT_EQ(admin().trust().number, 2U);
}

TEST_F(TrustChange, NobodyButTheAdminSigns) {
  const Vault identity = open_as(Role::identity);
  Trust plan = plan_rotate(identity.state(), seal::random_key(), clock_.now());
  EXPECT_EQ(
      kind_of([&] { static_cast<void>(sign_trust(identity.state(), plan, identity.self())); }),
      ErrorKind::denied);
}

TEST_F(TrustChange, RefusesANameInUseAndASecondAdmin) {
  EXPECT_EQ(kind_of([&] { add(Role::viewer, "viewer"); }), ErrorKind::refused);
  EXPECT_EQ(kind_of([&] { add(Role::admin, "second"); }), ErrorKind::usage);
}

}  // namespace
}  // namespace lifeboat::vault
