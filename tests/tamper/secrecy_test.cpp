#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tamper/judge.h"
#include "vault/check.h"
#include "vault/history.h"
#include "vault/snapshot_reader.h"

/// What a stolen credential opens, beyond what its role is for: nothing.
namespace lifeboat::tamper {
namespace {

using namespace vault;

class Secrecy : public testing::Test {
 protected:
  Secrecy() : clock_(*parse_instant("2026-12-24T03:12:00Z")), store_(clock_) {
    fill(store_, scene().objects);
  }
  [[nodiscard]] Vault open(const Capability& capability) { return {store_, capability}; }

  /// Expects that nothing of any snapshot's data opens with these keys.
  void expect_no_data(const Capability& thief) {
    const Vault vault = open(thief);
    for (const auto* chain : {&scene().shop, &scene().staged}) {
      for (const Taken& taken : *chain) {
        count_case();
        EXPECT_EQ(outcome_of([&] { const SnapshotReader reader(vault, taken.record); }), kDenied);
        const Generation generation = taken.record.link.generation;
        if (taken.record.link.author == vault.self_id()) continue;
        EXPECT_FALSE(vault.keyring().writer_keys(generation, taken.record.link.author));
      }
    }
    for (const auto& [name, bytes] : scene().objects) {
      if (name.find("/session/") == std::string::npos) continue;
      count_case();
      EXPECT_EQ(outcome_of([&] { static_cast<void>(open_session(bytes, thief)); }), kDenied);
    }
  }

  FakeClock clock_;
  store::MemoryStore store_;
};

TEST_F(Secrecy, NoCredentialButAnIdentitysOpensData) {
  for (const Role role : {Role::admin, Role::writer, Role::viewer, Role::operator_, Role::pruner}) {
    SCOPED_TRACE(name_of(role));
    expect_no_data(scene().as(role));
  }
  expect_no_data(scene().staging);
}

TEST_F(Secrecy, TheAdminsCredentialHoldsNoKeyAtAll) {
  const Vault vault = open(scene().as(Role::admin));
  for (const Generation generation : {1U, 2U}) {
    const KeyId writer = scene().as(Role::writer).key_id();
    EXPECT_FALSE(vault.keyring().index_keys(generation, writer));
    EXPECT_FALSE(vault.keyring().record_key(generation, writer));
  }
  for (const SnapshotRecord& snapshot : read_history(vault).snapshots) {
    EXPECT_FALSE(snapshot.body) << "names, times and counts are sealed";
  }
}

TEST_F(Secrecy, OneWriterLearnsNothingOfAnothersSnapshots) {
  const Vault vault = open(scene().staging);
  const KeyId other = scene().as(Role::writer).key_id();
  for (const Generation generation : {1U, 2U}) {
    EXPECT_FALSE(vault.keyring().index_keys(generation, other));
    EXPECT_FALSE(vault.keyring().record_key(generation, other));
  }
  for (const SnapshotRecord& snapshot : read_history(vault).snapshots) {
    EXPECT_EQ(snapshot.body.has_value(), snapshot.link.author == vault.self_id());
  }
  EXPECT_EQ(outcome_of([&] { static_cast<void>(vault.read_index(scene().newest().record)); }),
            kDenied);
}

TEST_F(Secrecy, EqualRowsHaveOtherIdsUnderAnotherWriterOrGeneration) {
  const Vault vault = open(scene().as(Role::identity));
  std::set<BlobId> ids;
  for (const KeyId& writer : {scene().as(Role::writer).key_id(), scene().staging.key_id()}) {
    for (const Generation generation : {1U, 2U}) {
      const auto keys = vault.keyring().writer_keys(generation, writer);
      ids.insert(chunk_id(keys.value(), as_bytes("the same rows\n")));
    }
  }
  EXPECT_EQ(ids.size(), 4U);
}

TEST_F(Secrecy, AnIdentityThatWasAddedLaterIsToldWhatItCannotOpen) {
  const Vault vault = open(scene().other_identity);
  // shop 1 was sealed before it was listed; what came later it reads.
  const SnapshotReader first(vault, scene().shop[0].record);
  const StreamEntry* stream = first.find_stream(0, StreamKind::document, "catalogue.json");
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(outcome_of([&] { static_cast<void>(first.document(0, stream->name)); }), kDenied);
  const SnapshotReader newest(vault, scene().newest().record);
  EXPECT_EQ(as_text(newest.document(0, "catalogue.json")),
            scene().newest().text.at("catalogue.json"));
  SilentObserver silent;
  const CheckReport report = check(vault, CheckDepth::decrypt, silent, {});
  EXPECT_GT(report.blobs, 0U) << "the rest was not looked at";
  ASSERT_FALSE(report.problems.empty());
  for (const Problem& problem : report.problems) EXPECT_EQ(problem.kind, ErrorKind::denied);
}

/// A writer gone bad uploads other bytes under the id of a chunk that an honest run would skip.
TEST_F(Secrecy, NoOtherBytesPassUnderAChunksId) {
  const Vault vault = open(scene().as(Role::identity));
  const SessionRef& session = scene().newest().record.sessions[0];
  const SessionKeys keys = open_session(scene().objects.at(scene().session_name(scene().newest())),
                                        scene().as(Role::identity));
  const KeyId writer = scene().as(Role::writer).key_id();
  const WriterKeys writer_keys = vault.keyring().writer_keys(2, writer).value();
  const BlobContext context{vault.id(), 2, session.id, writer};
  const BlobId honest = chunk_id(writer_keys, as_bytes("honest rows\n"));
  for (const auto& [text, expected] :
       {std::pair{"honest rows\n", kClean}, {"poisoned rows\n", kCorrupt}}) {
    Bytes stored;
    NonceCounter nonces;
    const BlobPlace place = BlobSealer(context).seal(keys, BlobKind::chunk, honest, nonces.next(),
                                                     as_bytes(text), stored);
    count_case();
    EXPECT_EQ(
        outcome_of([&] {
          static_cast<void>(BlobOpener().open(context, keys, writer_keys, honest, place, stored));
        }),
        expected)
        << text;
  }
}

}  // namespace
}  // namespace lifeboat::tamper
