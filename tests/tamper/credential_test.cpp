#include <gtest/gtest.h>

#include <algorithm>

#include "base/wire.h"
#include "seal/sha256.h"
#include "tamper/rewriting.h"
#include "vault/attestation.h"
#include "vault/history.h"
#include "vault/object_names.h"
#include "vault/session.h"
#include "vault/signing.h"

/// What somebody can write who has stolen one credential and the store's consent.
namespace lifeboat::tamper {
namespace {

using namespace vault;

const Expected kBadSnapshot = {kCorrupt, kCorrupt, kNotFound};  // void: it is listed nowhere
const Expected kUnreadable = {kCorrupt, kClean, kCorrupt};      // listed, but nothing comes out
const Expected kNoted = {kCorrupt, kCorrupt, kClean};           // found, and the rest is good

EditFields set(std::uint16_t number, Bytes value) {
  return [number, value = std::move(value)](Fields& fields) { at(fields, number).value = value; };
}
EditFields set(std::uint16_t number, ByteView value) {
  return set(number, Bytes(value.begin(), value.end()));
}
Bytes u64(std::uint64_t value) { return WireWriter().put(value).take(); }

TEST(StolenWriter, AddsNothingToASourceThatIsNotHis) {
  judge(snapshot_again("a snapshot of payroll", {.sealed = inside(1, set(1, as_bytes("payroll")))}),
        kBadSnapshot);
  Attempt staging = attempt("the staging writer adds to shop-db");
  const Taken& mine = scene().staged[1];
  Bytes& stored = staging.objects.at(scene().snapshot_name(mine));
  stored = record_again(ObjectType::snapshot, stored, scene().staging,
                        {.sealed = inside(1, set(1, as_bytes("shop-db")))});
  staging.says = "not listed for shop-db";
  judge(staging, kNoted);
  judge(snapshot_again("a second source that is not his",
                       {.sealed =
                            [](Fields& fields) {
                              RawField second = at(fields, 1);
                              Fields inner = split(second.value);
                              at(inner, 1).value = {'p', 'a', 'y'};
                              second.value = join(inner);
                              fields.insert(fields.begin() + 1, second);
                            }}),
        kBadSnapshot);
}

TEST(StolenWriter, ChangesNoPlaceInItsChainUnnoticed) {
  const Expected elsewhere = {kStale, kStale, kNotFound};
  judge(snapshot_again("a seq that was skipped", {.fields = set(3, u64(4))}), elsewhere);
  judge(snapshot_again("a seq that was used", {.fields = set(3, u64(2))}), elsewhere);
  judge(snapshot_again("seq 0", {.fields = set(3, u64(0))}), elsewhere);
  judge(snapshot_again("no predecessor", {.fields = set(4, Bytes(32, 0))}),
        {kStale, kStale, kClean});
  judge(
      snapshot_again("another predecessor", {.fields = set(4, scene().shop[0].record.id().view())}),
      {kStale, kStale, kClean});
  judge(snapshot_again("another author", {.fields = set(2, scene().staging.key_id().view())}),
        kBadSnapshot);
  judge(snapshot_again("another vault", {.fields = set(1, Bytes(16, 7))}), kBadSnapshot);
}

TEST(StolenWriter, ForksNoChainUnnoticed) {
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}}) {
    Attempt fork = attempt("another snapshot at seq " + std::to_string(place + 1));
    const Taken& replaced = scene().shop[place];
    Bytes& stored = fork.objects.at(scene().snapshot_name(replaced));
    stored = record_again(ObjectType::snapshot, stored, scene().as(Role::writer),
                          {.fields = set(11, u64(1))});
    fork.says = "its successor names another record";
    // Nobody took it, but this writer signed it: it is listed, and the chain says what it is.
    const SnapshotId newest = fork.victim;
    fork.victim = {seal::sha256(stored)};
    SCOPED_TRACE(newest.hex());
    FakeClock clock(*parse_instant("2026-12-24T03:12:00Z"));
    store::MemoryStore store(clock);
    fill(store, fork.objects);
    const Vault vault(store, scene().as(Role::identity));
    const History history = read_history(vault);
    count_case();
    // The first one was seen by others, too: they tell the same.
    ASSERT_EQ(history.problems.size(), place == 0 ? 2U : 1U);
    for (const Problem& problem : history.problems) EXPECT_EQ(problem.kind, ErrorKind::stale);
    EXPECT_NE(history.problems[0].what.find(fork.says), std::string::npos);
    for (const SnapshotRecord& snapshot : history.snapshots) {
      if (snapshot.id() != fork.victim) continue;
      EXPECT_FALSE(history.proofs_of(snapshot).proven_at);
    }
  }
  Attempt first = attempt("a first snapshot with a predecessor");
  Bytes& stored = first.objects.at(scene().snapshot_name(scene().shop[0]));
  const Bytes before = stored;
  stored = record_again(ObjectType::snapshot, before, scene().as(Role::writer),
                        {.fields = set(4, Bytes(32, 9))});
  first.victim = {seal::sha256(stored)};
  FakeClock clock(*parse_instant("2026-12-24T03:12:00Z"));
  store::MemoryStore store(clock);
  fill(store, first.objects);
  count_case();
  const History history = read_history(Vault(store, scene().as(Role::identity)));
  ASSERT_EQ(history.problems.size(), 2U) << "the chain, and who had seen the first one";
  EXPECT_EQ(history.problems[0].what,
            "its successor names another record in its place; it is the first, but names a "
            "predecessor");
}

TEST(StolenWriter, NamesNoTrustThatTheStoreDoesNotShow) {
  const auto trust = [](std::uint32_t number, ByteView hash) {
    return WireWriter().put(number).put_bytes(hash).take();
  };
  const Bytes newest(scene().trusts[2].hash.view().begin(), scene().trusts[2].hash.view().end());
  judge(snapshot_again("trust number 4", {.fields = set(5, trust(4, newest))}), all(kStale));
  judge(snapshot_again("another trust record 3", {.fields = set(5, trust(3, Bytes(32, 1)))}),
        all(kStale));
  judge(snapshot_again("older trust that he knew",
                       {.fields = set(5, trust(2, scene().trusts[1].hash.view()))}),
        all(kClean));
}

TEST(StolenWriter, BorrowsNoSessionHeaderThatIsNotHis) {
  const auto session = [](const SessionRef& other) {
    return inside(6, [other](Fields& fields) {
      at(fields, 2).value.assign(other.id.view().begin(), other.id.view().end());
      at(fields, 3).value.assign(other.header_hash.view().begin(), other.header_hash.view().end());
    });
  };
  // The index still says which session a blob is of, and whose header opens it.
  judge(snapshot_again("the header of the staging writer",
                       {.fields = session(scene().staged[1].record.sessions[0])}),
        {kCorrupt, kClean, kClean});
  judge(snapshot_again("a header that does not exist", {.fields = inside(6, set(2, Bytes(16, 3)))}),
        {kCorrupt, kClean, kClean});
  judge(snapshot_again("another hash of the header", {.fields = inside(6, set(3, Bytes(32, 3)))}),
        kUnreadable);
  judge(snapshot_again("a header in another generation",
                       {.fields = inside(6, set(1, Bytes{1, 0, 0, 0}))}),
        {kCorrupt, kClean, kClean});
}

TEST(StolenWriter, BorrowsNoIndexThatIsNotHis) {
  const auto segment = [](const SegmentRef& other, std::uint32_t more_bytes = 0) {
    return set(7, WireWriter()
                      .put_bytes(other.hash.view())
                      .put(other.generation)
                      .put(other.stored_bytes + more_bytes)
                      .take());
  };
  const SegmentRef theirs = scene().own_segment(scene().staged[1]);
  const SegmentRef own = scene().own_segment(scene().newest());
  judge(snapshot_again("an index of the staging writer", {.fields = segment(theirs)}), kUnreadable);
  judge(snapshot_again("an index of another length", {.fields = segment(own, 1)}),
        {kCorrupt, kClean, kClean});
  SegmentRef missing = own;
  missing.hash.bytes[0] ^= 1U;
  judge(snapshot_again("an index that does not exist", {.fields = segment(missing)}), kUnreadable);
  SegmentRef moved = own;
  moved.generation = moved.generation == 1 ? 2 : 1;
  judge(snapshot_again("an index of another generation", {.fields = segment(moved)}), kUnreadable);
  judge(snapshot_again("no index at all", {.fields =
                                               [](Fields& fields) {
                                                 std::erase_if(fields, [](const RawField& field) {
                                                   return field.number() == 7;
                                                 });
                                               }}),
        kUnreadable);
}

TEST(StolenWriter, SaysNothingOfListsThatAreNotThere) {
  judge(snapshot_again("a root list that no index knows", {.sealed = set(2, Bytes(32, 5))}),
        kUnreadable);
  judge(snapshot_again("the root list of an older snapshot",
                       {.sealed = set(2, scene().shop[1].record.body->streams.view())}),
        kUnreadable);
}

TEST(StolenWriter, ChangesTheRecipientsOfASessionOnlyInSight) {
  const KeyId identity = scene().as(Role::identity).key_id();
  const auto is_mine = [identity](const RawField& field) {
    if (field.number() != 6) return false;
    Fields inner = split(field.value);
    return std::ranges::equal(at(inner, 1).value, identity.view());
  };
  judge(session_again("the identity stripped",
                      {.fields = [&](Fields& fields) { std::erase_if(fields, is_mine); }}),
        {kDenied, kClean, kDenied});
  judge(session_again("all recipients stripped", {.fields =
                                                      [](Fields& fields) {
                                                        std::erase_if(fields,
                                                                      [](const RawField& field) {
                                                                        return field.number() == 6;
                                                                      });
                                                      }}),
        kUnreadable);
  judge(session_again("two recipients' boxes exchanged",
                      {.fields =
                           [](Fields& fields) {
                             auto first = std::ranges::find(fields, 6, &RawField::number);
                             Fields one = split(first->value);
                             Fields two = split((first + 1)->value);
                             std::swap(at(one, 2).value, at(two, 2).value);
                             first->value = join(one);
                             (first + 1)->value = join(two);
                           }}),
        kUnreadable);
  judge(session_again("a stranger added", {.fields =
                                               [](Fields& fields) {
                                                 RawField stranger = at(fields, 6);
                                                 Fields inner = split(stranger.value);
                                                 at(inner, 1).value.assign(16, 9);
                                                 stranger.value = join(inner);
                                                 fields.push_back(stranger);
                                               }}),
        {kCorrupt, kClean, kClean});
  judge(session_again("a writer added as a reader",
                      {.fields =
                           [](Fields& fields) {
                             RawField added = at(fields, 6);
                             Fields inner = split(added.value);
                             const KeyId writer = scene().staging.key_id();
                             at(inner, 1).value.assign(writer.view().begin(), writer.view().end());
                             added.value = join(inner);
                             fields.push_back(added);
                           }}),
        {kCorrupt, kClean, kClean});
}

TEST(StolenWriter, WritesNoSessionThatIsAnothers) {
  judge(session_again("another vault", {.fields = set(1, Bytes(16, 1))}), kUnreadable);
  judge(session_again("another session id", {.fields = set(2, Bytes(16, 1))}), kUnreadable);
  judge(session_again("another writer", {.fields = set(3, scene().staging.key_id().view())}),
        kUnreadable);
  judge(session_again("another generation", {.header = [](Bytes& header) { header[12] = 1; }}),
        kUnreadable);
}

TEST(StolenWriter, WritesNoIndexThatMisleads) {
  judge(segment_again("another vault", {.fields = set(1, Bytes(16, 1))}), kUnreadable);
  judge(segment_again("another writer", {.fields = set(2, scene().staging.key_id().view())}),
        kUnreadable);
  judge(segment_again("another generation", {.header = [](Bytes& header) { header[12] = 1; }}),
        kUnreadable);
  judge(segment_again("no tables", {.tables = [](Bytes& tables) { tables.clear(); }}), kUnreadable);
  judge(segment_again("a byte more", {.tables = [](Bytes& tables) { tables.push_back(0); }}),
        kUnreadable);
  judge(segment_again("a session id changed", {.tables = [](Bytes& tables) { tables[4] ^= 1U; }}),
        kUnreadable);
  judge(segment_again("a session more than there are",
                      {.tables = [](Bytes& tables) { tables[0] += 1; }}),
        kUnreadable);
}

/// Every value of an index entry is wrong in every entry: nothing wrong may come out.
TEST(StolenWriter, PointsAtNoOtherBytes) {
  struct Part {
    const char* name;
    std::size_t at;
  };
  for (const Part& part :
       {Part{"session", 32}, Part{"counter", 36}, Part{"pack", 44}, Part{"offset", 48},
        Part{"stored length", 52}, Part{"plain length", 56}, Part{"kind and codec", 60}}) {
    judge(segment_again(std::string("another ") + part.name + " in each entry",
                        {.tables =
                             [&](Bytes& tables) {
                               WireReader reader(tables, "tables");
                               const auto sessions = reader.get<std::uint32_t>();
                               const std::size_t packs_at = 4 + std::size_t{16} * sessions;
                               const auto packs =
                                   WireReader(ByteView(tables).subspan(packs_at), "tables")
                                       .get<std::uint32_t>();
                               for (std::size_t entry = packs_at + 4 + std::size_t{37} * packs + 4;
                                    entry < tables.size(); entry += 61) {
                                 tables[entry + part.at] ^= 1U;
                               }
                             }}),
          kUnreadable);
  }
  judge(segment_again("two entries' places exchanged",
                      {.tables =
                           [](Bytes& tables) {
                             const std::size_t last = tables.size() - 61;
                             for (std::size_t i = 32; i < 61; ++i) {
                               std::swap(tables[last + i], tables[last - 61 + i]);
                             }
                           }}),
        kUnreadable);
}

/// The first free place of a chain.
std::uint64_t free_seq(ObjectType type, const KeyId& author) {
  std::uint64_t seq = 1;
  while (scene().objects.contains(names::link(type, author, seq).name())) ++seq;
  return seq;
}

void put_record(Attempt& attempt, ObjectType type, const Capability& author, const Bytes& bytes) {
  const KeyId id = author.key_id();
  attempt.objects[names::link(type, id, free_seq(type, id)).name()] = bytes;
}

/// An attestation of the newest as proven, as the next record of this author's own chain.
Bytes proof_by(const Capability& author) {
  FakeClock clock(*parse_instant("2026-12-24T03:12:00Z"));
  store::MemoryStore store(clock);
  fill(store, scene().objects);
  const Vault vault(store, scene().as(Role::identity));
  Attestation attestation;
  attestation.link.generation = 2;
  attestation.link.vault = vault.id();
  attestation.link.author = author.key_id();
  attestation.link.seq = free_seq(ObjectType::record, author.key_id());
  if (attestation.link.seq > 1) {
    const auto before = names::link(ObjectType::record, author.key_id(), attestation.link.seq - 1);
    attestation.link.previous.bytes = seal::sha256(scene().objects.at(before.name()));
  }
  attestation.link.trust_number = vault.trust().number;
  attestation.link.trust_hash = vault.trust().hash;
  attestation.snapshot = scene().newest().record.id();
  attestation.verdict = Verdict::proven;
  return attestation.encode(author.signing_key(),
                            vault.keyring().record_key(2, author.key_id()).value());
}

TEST(StolenCredential, ProvesNothingUnlessItIsAnIdentitys) {
  for (const Role role : {Role::admin, Role::writer, Role::viewer, Role::operator_, Role::pruner}) {
    Attempt proof = attempt("an attestation by the " + std::string(name_of(role)));
    put_record(proof, ObjectType::record, scene().as(role), proof_by(scene().as(role)));
    proof.says = "void";
    judge(proof, kNoted);
  }
  Attempt staging = attempt("an attestation by the staging writer");
  put_record(staging, ObjectType::record, scene().staging, proof_by(scene().staging));
  judge(staging, kNoted);
}

TEST(StolenCredential, PutsNothingIntoAnIdentitysChain) {
  for (const Role role : {Role::admin, Role::writer, Role::viewer, Role::operator_, Role::pruner}) {
    Attempt proof = attempt("the " + std::string(name_of(role)) + " in the identity's chain");
    proof.objects[scene().attestation_name(3)] = proof_by(scene().as(role));
    judge(proof, kNoted);
  }
}

TEST(StolenCredential, TakesNoSnapshotUnlessItIsAWriters) {
  const Bytes& newest = scene().objects.at(scene().snapshot_name(scene().newest()));
  for (const Role role :
       {Role::admin, Role::identity, Role::viewer, Role::operator_, Role::pruner}) {
    Attempt snapshot = attempt("a snapshot by the " + std::string(name_of(role)));
    const Capability& author = scene().as(role);
    const Bytes content(newest.begin(), newest.end() - 64);
    put_record(snapshot, ObjectType::snapshot, author,
               signed_object(author.signing_key(), "lifeboat/v1/snapshot", author.vault, content));
    snapshot.says = "may write no such record";
    judge(snapshot, kNoted);
  }
}

TEST(StolenCredential, SignsNoTrustUnlessItIsTheAdmins) {
  const Bytes& third = scene().objects.at(scene().trust_name(3));
  for (const Role role :
       {Role::identity, Role::writer, Role::viewer, Role::operator_, Role::pruner}) {
    Attempt trust = attempt("trust signed by the " + std::string(name_of(role)));
    const Capability& author = scene().as(role);
    trust.objects[scene().trust_name(4)] =
        signed_object(author.signing_key(), "lifeboat/v1/trust", author.vault,
                      Bytes(third.begin(), third.end() - 64));
    trust.says = "signature";
    judge(trust, all(kCorrupt));
  }
}

TEST(StolenIdentity, MovesNoAttestationWithoutSigningItAgain) {
  // A store that shows one attestation's sealed part with another's public part.
  Attempt mixed = attempt("the sealed part of attestation 1 in attestation 2");
  const Bytes& first = mixed.objects.at(scene().attestation_name(1));
  Bytes& second = mixed.objects.at(scene().attestation_name(2));
  ASSERT_EQ(first.size(), second.size());
  const std::size_t sealed =
      WireReader(ByteView(first).subspan(16), "a record").get<std::uint32_t>();
  std::copy(first.begin() + static_cast<std::ptrdiff_t>(20 + sealed), first.end(),
            second.begin() + static_cast<std::ptrdiff_t>(20 + sealed));
  judge(mixed, kNoted);
  judge(attestation_again("seq 7", {.fields = set(3, u64(7))}), {kStale, kStale, kClean});
  judge(attestation_again("another predecessor", {.fields = set(4, Bytes(32, 7))}),
        {kStale, kStale, kClean});
  judge(attestation_again("another vault", {.fields = set(1, Bytes(16, 7))}), kNoted);
  judge(attestation_again("another author", {.fields = set(2, scene().staging.key_id().view())}),
        kNoted);
}

TEST(StolenRootKey, StillBreaksNoRuleOfTheFormat) {
  const auto key_field = [](std::uint16_t number, Bytes value) {
    return inside(5, set(number, std::move(value)));
  };
  const auto sealed_field = [](std::uint16_t number, Bytes value) {
    return inside(7, set(number, std::move(value)));
  };
  const auto rejected = [](const std::string& name, EditFields edit) {
    judge(trust_again(name, {.fields = std::move(edit)}), all(kCorrupt));
  };
  rejected("number 5 in the place of 4", set(1, Bytes{5, 0, 0, 0}));
  rejected("number 3 again", set(1, Bytes{3, 0, 0, 0}));
  rejected("another predecessor", set(2, Bytes(32, 1)));
  rejected("another format", set(3, Bytes(32, 1)));
  rejected("a key id that is not its key's", key_field(1, Bytes(16, 1)));
  rejected("a key of role 0", key_field(2, Bytes{0}));
  rejected("a key of role 7", key_field(2, Bytes{7}));
  rejected("a signing key that is not its id's", key_field(4, Bytes(32, 1)));
  rejected("a key twice", [](Fields& fields) {
    const auto first = std::ranges::find(fields, 5, &RawField::number);
    const RawField copy = *first;
    fields.insert(first, copy);
  });
  rejected("a box of no bytes", sealed_field(4, {}));
  rejected("a box of other bytes", sealed_field(4, Bytes(112, 1)));
  rejected("a sealed key of another generation", sealed_field(1, Bytes{9, 0, 0, 0}));
  rejected("a sealed key of another kind", sealed_field(2, Bytes{5}));
  judge(trust_again("nothing changed", {}), all(kClean));
}

}  // namespace
}  // namespace lifeboat::tamper
