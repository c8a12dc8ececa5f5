// What tells a store that shows an old state of itself: docs/format/vault.md §12.2.
#include "vault/witness.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "vault/object_names.h"
#include "vault/trust_change.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

class Witness : public VaultFixture {
 protected:
  /// As a proof does it.
  Link attest(const SnapshotRecord& snapshot) {
    const Vault vault = open_as(Role::identity);
    const auto key = vault.keyring().record_key(vault.generation(), vault.self_id());
    const auto seen = read_other_heads(vault, ObjectType::record);
    Attestation attestation;
    append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
      attestation.link = link_behind(vault, end, seen, clock_.now(), clock_.now());
      attestation.snapshot = snapshot.id();
      attestation.verdict = Verdict::proven;
      attestation.report = "{}";
      return attestation.encode(vault.self().signing_key(), *key);
    });
    return attestation.link;
  }

  void hide(ObjectType type, Role author, std::uint64_t seq) {
    store_.remove(names::link(type, capabilities_.at(author).key_id(), seq));
  }

  [[nodiscard]] std::vector<Problem> problems() {
    return read_history(open_as(Role::viewer)).problems;
  }

  static ErrorKind kind_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.kind();
    }
    throw std::logic_error("no error came");
  }
};

TEST_F(Witness, AHeadSurvivesBeingWrittenDown) {
  const SnapshotRecord snapshot = take_snapshot(100);
  const SeenHead head{
      .author = snapshot.link.author, .type = ObjectType::snapshot, .seq = 1, .id = snapshot.id()};
  const NotedHead noted = NotedHead::from_word(to_word(head));
  EXPECT_EQ(noted.type, ObjectType::snapshot);
  EXPECT_EQ(noted.seq, 1U);
  EXPECT_TRUE(head.author.hex().starts_with(noted.author_digits));
  EXPECT_TRUE(head.id.hex().starts_with(noted.id_digits));
  EXPECT_NO_THROW(require_shown(open_as(Role::viewer), noted));
  for (const char* wrong :
       {"", "latest", "snapshot", "snapshot/1f2e3d4c", "snapshot/1f2e3d4c:1",
        "snapshot/1f2e3d4c:0:0123456789abcdef", "snapshot/1f2e3d4c:x:0123456789abcdef",
        "snapshot/1f2e3d4c:1:0123456789abcde", "snapshot/1f2e3d4:1:0123456789abcdef",
        "pack/1f2e3d4c:1:0123456789abcdef", "snapshot/1f2e3d4g:1:0123456789abcdef",
        "snapshot/1f2e3d4c:1:0123456789abcdef ", "1f2e3d4c:1/snapshot:0123456789abcdef"}) {
    EXPECT_EQ(kind_of([&] { static_cast<void>(NotedHead::from_word(wrong)); }), ErrorKind::usage)
        << wrong;
  }
}

TEST_F(Witness, EveryRecordNamesTheHeadsOfTheOtherChains) {
  const SnapshotRecord first = take_snapshot(100);
  EXPECT_TRUE(first.link.seen.empty());
  const Link proof = attest(first);
  ASSERT_EQ(proof.seen.size(), 1U);
  EXPECT_EQ(proof.seen[0].id, first.id());
  const SnapshotRecord second = take_snapshot(200);
  ASSERT_EQ(second.link.seen.size(), 1U);
  EXPECT_EQ(second.link.seen[0].type, ObjectType::record);
  EXPECT_EQ(second.link.seen[0].id, proof.id);
  EXPECT_TRUE(problems().empty());
  EXPECT_EQ(read_history(open_as(Role::viewer)).heads.size(), 2U);
}

TEST_F(Witness, ASnapshotThatAnAttestationSawAndThatIsHiddenIsStale) {
  take_snapshot(100);
  attest(take_snapshot(200));
  hide(ObjectType::snapshot, Role::writer, 2);
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, ErrorKind::stale);
  EXPECT_NE(found[0].what.find("record 2 was seen, but the store shows none after 1"),
            std::string::npos)
      << found[0].what;
}

TEST_F(Witness, AnAttestationThatASnapshotSawAndThatIsHiddenIsStale) {
  attest(take_snapshot(100));
  take_snapshot(200);
  hide(ObjectType::record, Role::identity, 1);
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, ErrorKind::stale);
}

TEST_F(Witness, AForkedRecordInTheSeenOnesPlaceIsStale) {
  const SnapshotRecord seen = take_snapshot(100);
  const auto key = names::link(ObjectType::snapshot, seen.link.author, 1);
  attest(seen);
  const Bytes genuine = *store_.get(key, kMaxRecordBytes);
  store_.remove(key);
  take_snapshot(300);  // the same credential in a rolled-back copy
  ASSERT_NE(*store_.get(key, kMaxRecordBytes), genuine);
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, ErrorKind::stale);
  EXPECT_NE(found[0].what.find("not the one that was seen"), std::string::npos);
}

TEST_F(Witness, AVoidRecordThatWasSeenMayBeGone) {
  const SnapshotRecord first = take_snapshot(100);
  attest(take_snapshot(200));
  const Vault admin = open_as(Role::admin);
  const Trust revoked =
      plan_revoke(admin.trust(), first.link.author, {first.link.seq, first.id()}, clock_.now());
  publish_trust(sign_trust(admin.state(), revoked, admin.self()), store_);
  hide(ObjectType::snapshot, Role::writer, 2);
  EXPECT_TRUE(problems().empty());
}

TEST_F(Witness, ABackupGoesOnWhereAnotherChainsHeadIsDamaged) {
  const Link proof = attest(take_snapshot(100));
  const std::string name = names::link(ObjectType::record, proof.author, 1).name();
  Bytes damaged = *store_.get(store::ObjectKey(name), kMaxRecordBytes);
  damaged[40] ^= 1U;
  replace(name, damaged);
  const SnapshotRecord second = take_snapshot(200);
  EXPECT_EQ(second.link.seq, 2U);
  EXPECT_TRUE(second.link.seen.empty());
}

TEST_F(Witness, ANotedHeadIsHeldAgainstTheStore) {
  const SnapshotRecord first = take_snapshot(100);
  const SnapshotRecord second = take_snapshot(200);
  const auto head = [](const SnapshotRecord& record) {
    return SeenHead{.author = record.link.author,
                    .type = ObjectType::snapshot,
                    .seq = record.link.seq,
                    .id = record.id()};
  };
  const Vault vault = open_as(Role::viewer);
  EXPECT_EQ(contradiction(vault, head(first)), std::nullopt);  // older than the head: still shown
  EXPECT_EQ(contradiction(vault, head(second)), std::nullopt);
  const NotedHead noted = NotedHead::from_word(to_word(head(second)));
  EXPECT_NO_THROW(require_shown(vault, noted));

  SeenHead other = head(first);
  other.id.bytes[0] ^= 1U;
  EXPECT_TRUE(contradiction(vault, other));
  EXPECT_EQ(kind_of([&] { require_shown(vault, NotedHead::from_word(to_word(other))); }),
            ErrorKind::stale);

  hide(ObjectType::snapshot, Role::writer, 2);
  EXPECT_TRUE(contradiction(vault, head(second)));
  EXPECT_EQ(kind_of([&] { require_shown(vault, noted); }), ErrorKind::stale);

  NotedHead stranger = noted;
  stranger.author_digits = "00000000";
  EXPECT_EQ(kind_of([&] { require_shown(vault, stranger); }), ErrorKind::not_found);
}

TEST_F(Witness, ASnapshotThatIsTooOldIsStale) {
  EXPECT_EQ(kind_of([&] { require_snapshot_since(open_as(Role::viewer), clock_.now()); }),
            ErrorKind::stale);
  const SnapshotRecord snapshot = take_snapshot(100);
  const Vault vault = open_as(Role::viewer);
  EXPECT_NO_THROW(require_snapshot_since(vault, snapshot.link.finished));
  EXPECT_EQ(kind_of([&] {
              require_snapshot_since(vault, snapshot.link.finished + std::chrono::hours(1));
            }),
            ErrorKind::stale);
}

}  // namespace
}  // namespace lifeboat::vault
