#include <gtest/gtest.h>

#include <algorithm>

#include "seal/sha256.h"
#include "tamper/judge.h"
#include "tamper/regions.h"
#include "tamper/victims.h"
#include "vault/object_names.h"

/// What a store can do to the objects it holds, without any key.
namespace lifeboat::tamper {
namespace {

using namespace vault;

bool is_pack(const Victim& victim) {
  return victim.type == ObjectType::data_pack || victim.type == ObjectType::meta_pack;
}

/// A restore reads of a pack the blobs it needs, and nothing else of it.
Expected flipped(const Victim& victim, const std::string& region) {
  Expected expected = victim.altered;
  if (is_pack(victim) && region != "blobs") expected.restore = kClean;
  if (victim.type == ObjectType::format &&
      (region == "field 1 value" || region == "field 3 value")) {
    expected = all(kDenied);  // says to be another vault
  }
  return expected;
}

TEST(LyingStore, IsToldWhenItFlipsABitOfAnyField) {
  for (const Victim& victim : victims()) {
    const Bytes& stored = scene().objects.at(victim.name);
    for (const Region& region : regions_of(victim.type, stored)) {
      Attempt flip = attempt(victim.what + ": one bit of " + region.name);
      flip.objects.at(victim.name)[region.at] ^= 0x20U;
      judge(flip, flipped(victim, region.name));
    }
  }
}

TEST(LyingStore, IsToldWhenItCutsAnObjectOff) {
  for (const Victim& victim : victims()) {
    const std::size_t whole = scene().objects.at(victim.name).size();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{16}, whole / 2, whole - 1}) {
      Attempt cut = attempt(victim.what + ": cut to " + std::to_string(size));
      cut.objects.at(victim.name).resize(size);
      judge(cut, victim.altered);
    }
  }
}

TEST(LyingStore, IsToldWhenItAppendsToAnObject) {
  for (const Victim& victim : victims()) {
    Attempt longer = attempt(victim.what + ": a byte more");
    longer.objects.at(victim.name).push_back(0);
    judge(longer, victim.altered);
    Attempt doubled = attempt(victim.what + ": twice in one object");
    Bytes& bytes = doubled.objects.at(victim.name);
    const Bytes once = bytes;
    append(bytes, once);
    judge(doubled, victim.altered);
  }
}

TEST(LyingStore, IsToldWhenItFillsAnObjectWithZeros) {
  for (const Victim& victim : victims()) {
    Attempt zeros = attempt(victim.what + ": zeros");
    std::ranges::fill(zeros.objects.at(victim.name), std::uint8_t{0});
    judge(zeros, victim.altered);
  }
}

TEST(LyingStore, IsToldWhenItHidesAnObject) {
  for (const Victim& victim : victims()) {
    Attempt hidden = attempt(victim.what + ": hidden");
    hidden.objects.erase(victim.name);
    judge(hidden, victim.deleted);
  }
}

TEST(LyingStore, IsToldWhenItShowsAnObjectUnderAnotherName) {
  for (const Victim& victim : victims()) {
    Attempt twice = attempt(victim.what + ": also as " + victim.second_name);
    twice.objects[victim.second_name] = twice.objects.at(victim.name);
    judge(twice, victim.duplicated);
  }
}

/// All that read only a few of these leave alone: what is exchanged decides.
TEST(LyingStore, IsToldWhenItExchangesTwoObjects) {
  for (const Victim& one : victims()) {
    for (const Victim& other : victims()) {
      if (one.name >= other.name || one.type == ObjectType::format ||
          other.type == ObjectType::format) {
        continue;
      }
      Attempt swapped = attempt(one.what + " and " + other.what + " exchanged");
      std::swap(swapped.objects.at(one.name), swapped.objects.at(other.name));
      Expected expected = {graver(one.altered.check, other.altered.check),
                           graver(one.altered.list, other.altered.list),
                           graver(one.altered.restore, other.altered.restore)};
      if (of_one_chain(one, other)) expected.check = expected.list = kStale;
      if (one.type == ObjectType::trust || other.type == ObjectType::trust) {
        expected = all(kCorrupt);
      } else if (one.altered.restore == kNotFound || other.altered.restore == kNotFound) {
        expected.restore = kNotFound;
      }
      judge(swapped, expected);
    }
  }
}

TEST(LyingStore, IsToldWhenItReplaysAnOlderObjectOfItsKind) {
  for (const Victim& older : victims()) {
    for (const Victim& newer : victims()) {
      if (older.type != newer.type || older.name == newer.name) continue;
      Attempt replayed = attempt(older.what + " shown as " + newer.what);
      replayed.objects.at(newer.name) = replayed.objects.at(older.name);
      Expected expected = newer.altered;
      if (of_one_chain(older, newer)) expected.check = expected.list = kStale;
      judge(replayed, expected);
    }
  }
}

TEST(LyingStore, IsToldWhenItSplicesInObjectsOfAnotherVault) {
  const Scene& other = other_vault();
  const Scene& mine = scene();
  const auto splice = [&](const std::string& what, const std::string& name,
                          const std::string& other_name, const Expected& expected) {
    Attempt spliced = attempt("another vault's " + what);
    spliced.objects[name] = other.objects.at(other_name);
    judge(spliced, expected);
  };
  const Expected hurts = {kCorrupt, kClean, kCorrupt};
  splice("format", "format", "format", all(kDenied));
  for (const std::uint32_t number : {1U, 2U, 3U}) {
    splice("trust", mine.trust_name(number), other.trust_name(number), all(kCorrupt));
  }
  splice("session", mine.session_name(mine.newest()), other.session_name(other.newest()), hurts);
  splice("index", mine.segment_name(mine.newest()), other.segment_name(other.newest()), hurts);
  for (const ObjectType type : {ObjectType::data_pack, ObjectType::meta_pack}) {
    splice("pack", mine.pack_name(mine.newest(), type), other.pack_name(other.newest(), type),
           hurts);
  }
  splice("snapshot", mine.snapshot_name(mine.newest()), other.snapshot_name(other.newest()),
         {kCorrupt, kCorrupt, kNotFound});
  const Expected noted = {kCorrupt, kCorrupt, kClean};
  splice("attestation", mine.attestation_name(2), other.attestation_name(2), noted);
  splice("pin", mine.record_name(Role::operator_, 1), other.record_name(Role::operator_, 1), noted);
  for (const std::uint64_t seq : {1U, 3U}) {
    splice("forget record", mine.record_name(Role::pruner, seq),
           other.record_name(Role::pruner, seq), noted);
  }
  splice("sweep record", mine.record_name(Role::pruner, 2), other.record_name(Role::pruner, 2),
         {kStale, kStale, kClean});
  for (const std::uint32_t number : {1U, 2U}) {
    splice("mark", mine.mark_name(number), other.mark_name(number), {kCorrupt, kClean, kClean});
  }
  // Added beside what is there, under the names that they had.
  for (const auto& [name, bytes] : other.objects) {
    if (mine.objects.contains(name)) continue;
    const bool in_chain = name.starts_with("snapshot/") || name.starts_with("record/");
    const bool opened = name.find("/pack/") != std::string::npos ||
                        name.find("/meta/") != std::string::npos ||
                        name.find("/session/") != std::string::npos;
    splice(name, name, name,
           in_chain ? Expected{kCorrupt, kCorrupt, kClean}
                    : Expected{opened ? kCorrupt : kClean, kClean, kClean});
  }
  Attempt whole = attempt("another vault in the place of this one");
  whole.objects = other.objects;
  judge(whole, all(kDenied));
}

TEST(LyingStore, IsToldWhenItMovesObjectsIntoAnotherGeneration) {
  for (const auto& [name, bytes] : scene().objects) {
    if (!name.starts_with("g1/") && !name.starts_with("g2/")) continue;
    Attempt moved = attempt(name + " in the other generation too");
    std::string other = name;
    other[1] = name[1] == '1' ? '2' : '1';
    moved.objects[other] = bytes;
    judge(moved, {kCorrupt, kClean, kClean});
  }
}

TEST(LyingStore, IsToldWhenItShowsOneWritersObjectsAsAnothers) {
  const Scene& s = scene();
  const Taken& mine = s.newest();
  const Taken& theirs = s.staged[1];
  const auto show = [&](const std::string& name, const std::string& from,
                        const Expected& expected) {
    Attempt shown = attempt(from + " shown as " + name);
    shown.objects[name] = shown.objects.at(from);
    judge(shown, expected);
  };
  const Expected hurts = {kCorrupt, kClean, kCorrupt};
  show(s.session_name(mine), s.session_name(theirs), hurts);
  show(s.segment_name(mine), s.segment_name(theirs), hurts);
  for (const ObjectType type : {ObjectType::data_pack, ObjectType::meta_pack}) {
    show(s.pack_name(mine, type), s.pack_name(theirs, type), hurts);
  }
  show(s.snapshot_name(mine), s.snapshot_name(theirs), {kCorrupt, kCorrupt, kNotFound});
  for (const Taken& taken : s.shop) {
    show(names::link(ObjectType::snapshot, s.staging.key_id(), taken.record.link.seq + 2).name(),
         s.snapshot_name(taken),
         taken.record.link.seq == 1 ? Expected{kCorrupt, kCorrupt, kClean}
                                    : Expected{kStale, kStale, kClean});
  }
}

TEST(LyingStore, IsToldWhenItShowsASnapshotAsARecordOrARecordAsASnapshot) {
  const Scene& s = scene();
  Attempt one = attempt("a snapshot among the identity's records");
  one.objects[s.attestation_name(3)] = one.objects.at(s.snapshot_name(s.newest()));
  judge(one, {kCorrupt, kCorrupt, kClean});
  Attempt other = attempt("an attestation among the snapshots");
  other.objects[names::link(ObjectType::snapshot, s.as(Role::writer).key_id(), 4).name()] =
      other.objects.at(s.attestation_name(1));
  judge(other, {kCorrupt, kCorrupt, kClean});
}

TEST(LyingStore, IsToldWhenItShowsWhatNobodyWrote) {
  const Expected strange = {kCorrupt, kClean, kClean};
  for (const std::string& name : {std::string("readme"), std::string("g1/pack/00/short"),
                                  std::string("trust/2"), std::string("snapshot/00"),
                                  scene().snapshot_name(scene().newest()) + "-0123456789abcdef"}) {
    Attempt added = attempt(name + " with bytes of no meaning");
    added.objects[name] = {1, 2, 3};
    judge(added, strange);
  }
  const std::string nobody(32, 'a');
  for (const std::string& prefix : {std::string("snapshot/"), std::string("record/")}) {
    Attempt added = attempt("a chain of an unknown key under " + prefix);
    added.objects[prefix + nobody + "/fffffffffffffffe"] =
        added.objects.at(scene().snapshot_name(scene().newest()));
    judge(added, {kCorrupt, kCorrupt, kClean});
  }
  Attempt far = attempt("a trust record far ahead");
  far.objects[scene().trust_name(9)] = far.objects.at(scene().trust_name(3));
  judge(far, all(kStale));
}

TEST(LyingStore, IsToldWhenItRollsTrustBack) {
  const Scene& s = scene();
  for (const std::uint32_t newest : {1U, 2U}) {
    Attempt back = attempt("trust back at number " + std::to_string(newest));
    for (std::uint32_t number = newest + 1; number <= 3; ++number) {
      back.objects.erase(s.trust_name(number));
    }
    back.says = "trust record";
    judge(back, all(kStale));
  }
}

TEST(LyingStore, ShowingNothingElseThanAnOlderStateIsCleanToWhoNeverSawANewerOne) {
  // The limit of what a reader without a witness can know; docs/threat-model.md says so.
  Attempt older = attempt("the whole vault as it was two snapshots ago");
  const Scene& s = scene();
  for (const std::string& name : {s.snapshot_name(s.newest()), s.snapshot_name(s.staged[1])}) {
    older.objects.erase(name);
  }
  older.objects.erase(s.trust_name(3));
  for (auto at = older.objects.begin(); at != older.objects.end();) {
    at = at->first.starts_with("g2/") ? older.objects.erase(at) : std::next(at);
  }
  older.victim = s.shop[1].record.id();
  judge(older, all(kClean));
}

}  // namespace
}  // namespace lifeboat::tamper
