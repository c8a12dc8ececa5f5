#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/wire.h"
#include "seal/sha256.h"
#include "tamper/regions.h"
#include "tamper/rewriting.h"
#include "tamper/victims.h"
#include "vault/forget.h"
#include "vault/history.h"
#include "vault/object_names.h"
#include "vault/sweep.h"

/// What honest writers and pruners do in a vault that was tampered with, and what of it can be read
/// afterwards.
namespace lifeboat::tamper {
namespace {

using namespace vault;

constexpr const char* kSource = "archive-db";
/// Of the snapshot that is forgotten and whose packs a mark condemns.
constexpr int kForgottenSalt = 102;
constexpr int kMostSteps = 6;

/// A tampered vault in which life goes on.
class Life {
 public:
  explicit Life(const Objects& objects)
      : clock_(*parse_instant("2026-12-24T03:12:00Z")), store_(clock_) {
    fill(store_, objects);
  }

  /// The archive writer takes the rows of the forgotten snapshot once more.
  [[nodiscard]] Outcome take() {
    return outcome_of([&] {
      const Vault vault(store_, scene().archivist);
      taken_ = take_snapshot(vault, clock_, kSource, kForgottenSalt);
    });
  }

  /// Marks and sweeps until nothing is left to do, a grace apart; what stopped the pruner.
  [[nodiscard]] Outcome sweep() {
    return outcome_of([&] {
      for (int i = 0; i < kMostSteps; ++i) {
        const Vault vault(store_, scene().as(Role::pruner));
        clock_.advance(sweep_grace(vault.trust()) + std::chrono::hours(1));
        SilentObserver silent;
        const SweepSurvey survey = survey_for_sweep(vault, clock_.now(), silent, {});
        const NextSweepStep step = plan_next_step(survey, vault.trust());
        if (const auto* mark = std::get_if<MarkPlan>(&step)) {
          static_cast<void>(apply_mark(vault, *mark, clock_));
        } else if (const auto* whole = std::get_if<SweepPlan>(&step)) {
          static_cast<void>(apply_sweep(vault, *whole, clock_, silent, {}));
        } else if (const auto* finish = std::get_if<FinishPlan>(&step)) {
          static_cast<void>(apply_finish(vault, *finish, silent, {}));
        } else {
          return;
        }
      }
    });
  }

  /// Those that nobody forgot and that can be read, every byte as it was.
  [[nodiscard]] std::set<SnapshotId> readable() {
    std::set<SnapshotId> ids;
    static_cast<void>(outcome_of([&] {
      const Vault vault(store_, scene().as(Role::identity));
      const History history = read_history(vault);
      for (const Taken* taken : scene().kept()) {
        const SnapshotId id = taken->record.id();
        const Outcome outcome = outcome_of([&] {
          const auto word = SnapshotWord::from_text(id.hex());
          read_whole(vault, resolve_snapshot(vault, history, word), *taken);
        });
        if (!outcome) ids.insert(id);
      }
    }));
    return ids;
  }

  /// What who reads it is told.
  [[nodiscard]] Outcome reads(const Taken& taken) {
    return outcome_of([&] {
      const Vault vault(store_, scene().as(Role::identity));
      read_whole(vault, resolve_snapshot(vault, taken.record.id().hex()), taken);
    });
  }
  [[nodiscard]] Outcome reads_what_was_taken() { return reads(taken_); }

  [[nodiscard]] std::size_t snapshots_that_missed_a_mark() {
    const Vault vault(store_, scene().as(Role::identity));
    return read_history(vault).missed_marks.size();
  }

  void hide(const std::string& name) { store_.remove(store::ObjectKey(name)); }
  void show(const std::string& name, ByteView bytes) {
    static_cast<void>(store_.put(store::ObjectKey(name), bytes));
  }

 private:
  FakeClock clock_;
  store::MemoryStore store_;
  Taken taken_;
};

/// Whatever a pruner makes of these objects: what is kept stays readable.
Outcome expect_nothing_kept_is_lost(const std::string& name, const Objects& objects) {
  SCOPED_TRACE(name);
  count_case();
  Life life(objects);
  const std::set<SnapshotId> before = life.readable();
  const Outcome outcome = life.sweep();
  EXPECT_EQ(life.readable(), before) << "the sweep ended " << words(outcome);
  return outcome;
}

TEST(SweepUnderALyingStore, TakesWhatIsForgottenAloneWhereNothingWasTamperedWith) {
  Life life(scene().objects);
  EXPECT_EQ(life.readable().size(), scene().kept().size());
  EXPECT_EQ(life.reads(scene().archived[1]), kClean) << "forgotten, and not swept yet";
  EXPECT_EQ(life.sweep(), kClean);
  EXPECT_EQ(life.reads(scene().archived[1]), kNotFound);
  EXPECT_EQ(life.readable().size(), scene().kept().size());
}

TEST(SweepUnderALyingStore, TakesNothingThatIsKeptWhateverIsAlteredOrHidden) {
  std::size_t stopped = 0;
  for (const Victim& victim : victims()) {
    const Region region = regions_of(victim.type, scene().objects.at(victim.name)).back();
    Objects flipped = scene().objects;
    flipped.at(victim.name)[region.at] ^= 0x20U;
    stopped += expect_nothing_kept_is_lost(victim.what + ": one bit", flipped) ? 1 : 0;
    Objects hidden = scene().objects;
    hidden.erase(victim.name);
    stopped += expect_nothing_kept_is_lost(victim.what + ": hidden", hidden) ? 1 : 0;
    for (const Victim& other : victims()) {
      if (other.type != victim.type || other.name == victim.name) continue;
      Objects replayed = scene().objects;
      replayed.at(victim.name) = replayed.at(other.name);
      static_cast<void>(
          expect_nothing_kept_is_lost(other.what + " shown as " + victim.what, replayed));
    }
  }
  EXPECT_GT(stopped, victims().size());
}

/// A pruner in whose way something is deletes nothing, and says what.
TEST(SweepUnderALyingStore, StopsWhereAPinAForgettingASweepOrAMarkIsNotWhatItWas) {
  struct Case {
    const char* what;
    Outcome altered;
    Outcome hidden;
  };
  for (const Case& each :
       {Case{"pin", kCorrupt, kStale}, Case{"forget record", kCorrupt, kStale},
        Case{"sweep record", kStale, kStale},
        // Hidden, the newest record of a chain is told by nobody: it spares what it would give up.
        Case{"second forget record", kCorrupt, kClean},
        // Nobody asks for a mark that is carried out.
        Case{"mark 1", kClean, kClean},
        // Hidden, it is made again, under the next number.
        Case{"mark 2", kCorrupt, kClean}, Case{"snapshot before a tombstone", kCorrupt, kStale},
        Case{"snapshot behind a tombstone", kCorrupt, kStale}}) {
    const auto victim = std::ranges::find(victims(), each.what, &Victim::what);
    ASSERT_NE(victim, victims().end()) << each.what;
    const auto regions = regions_of(victim->type, scene().objects.at(victim->name));
    for (const Region& region : {regions.front(), regions[regions.size() / 2], regions.back()}) {
      Objects objects = scene().objects;
      objects.at(victim->name)[region.at] ^= 0x20U;
      EXPECT_EQ(words(expect_nothing_kept_is_lost(each.what, objects)), words(each.altered))
          << each.what << ": one bit of " << region.name;
    }
    Objects objects = scene().objects;
    objects.erase(victim->name);
    EXPECT_EQ(words(expect_nothing_kept_is_lost(each.what, objects)), words(each.hidden))
        << each.what << ": hidden";
  }
}

/// What a store does to the marks before a writer looks at them.
struct MarksShown {
  bool first_lied_about = false;
  bool second_lied_about = false;  ///< where it is hidden, all that came later are, too
  bool hidden = false;             ///< else altered

  [[nodiscard]] std::string words() const {
    return std::string(hidden ? "hidden:" : "altered:") + (first_lied_about ? " mark 1" : "") +
           (second_lied_about ? " mark 2" : "");
  }
};

std::vector<MarksShown> ways_to_lie_about_marks() {
  std::vector<MarksShown> ways;
  for (const bool hidden : {true, false}) {
    ways.push_back({true, false, hidden});
    ways.push_back({false, true, hidden});
    ways.push_back({true, true, hidden});
  }
  return ways;
}

void lie_about_marks(Life& life, const MarksShown& shown) {
  for (const auto& [number, lied] :
       {std::pair{1U, shown.first_lied_about}, {2U, shown.second_lied_about}}) {
    if (!lied) continue;
    const std::string name = scene().mark_name(number);
    Bytes altered = scene().objects.at(name);
    altered.back() ^= 1U;
    life.hide(name);
    if (!shown.hidden) life.show(name, altered);
  }
  if (!shown.hidden || !shown.second_lied_about) return;
  for (std::uint32_t later = 3; later < 3 + kMostSteps; ++later) {
    life.hide(scene().mark_name(later));
  }
}

void tell_the_truth_about_marks(Life& life) {
  for (const std::uint32_t number : {1U, 2U}) {
    const std::string name = scene().mark_name(number);
    life.hide(name);
    life.show(name, scene().objects.at(name));
  }
}

/// A writer to whom marks are hidden or altered builds on nothing that is about to go.
TEST(SnapshotUnderALyingStore, SurvivesTheSweepOfMarksThatItsWriterWasNotShown) {
  for (const MarksShown& shown : ways_to_lie_about_marks()) {
    SCOPED_TRACE(shown.words());
    count_case();
    Life life(scene().objects);
    lie_about_marks(life, shown);
    ASSERT_EQ(words(life.take()), words(kClean));
    tell_the_truth_about_marks(life);
    EXPECT_EQ(words(life.sweep()), words(kClean));
    // Of the mark that a sweep has carried out already it must know: else it is void, and told.
    const bool is_void = shown.hidden && shown.first_lied_about && shown.second_lied_about;
    EXPECT_EQ(words(life.reads_what_was_taken()), words(is_void ? kNotFound : kClean));
    EXPECT_EQ(life.snapshots_that_missed_a_mark(), is_void ? 1U : 0U);
    EXPECT_EQ(life.readable().size(), scene().kept().size());
  }
}

/// Nor on anything that is gone already.
TEST(SnapshotUnderALyingStore, IsWholeOrVoidBehindTheSweepOfMarksThatItsWriterWasNotShown) {
  for (const MarksShown& shown : ways_to_lie_about_marks()) {
    SCOPED_TRACE(shown.words());
    count_case();
    Life life(scene().objects);
    ASSERT_EQ(words(life.sweep()), words(kClean));
    lie_about_marks(life, shown);
    ASSERT_EQ(words(life.take()), words(kClean));
    const bool is_void = shown.hidden && shown.second_lied_about;
    EXPECT_EQ(words(life.reads_what_was_taken()), words(is_void ? kNotFound : kClean));
    EXPECT_EQ(life.snapshots_that_missed_a_mark(), is_void ? 1U : 0U);
    EXPECT_EQ(life.readable().size(), scene().kept().size());
  }
}

/// Whether a pack stands under a session header that the sweep removed.
bool is_of_the_broken_off_run(ByteView pack) {
  return std::ranges::any_of(scene().removed, [&](const auto& removed) {
    const auto& [name, header] = removed;
    return name.find("/session/") != std::string::npos &&
           std::ranges::search(pack, header).begin() != pack.end();
  });
}

TEST(LyingStore, BringsNothingBackThatWasSwept) {
  const Scene& s = scene();
  ASSERT_GE(s.removed.size(), 5U) << "a record, packs, and what a run left";
  Attempt whole = attempt("all that was swept is shown again");
  for (const auto& [name, bytes] : s.removed) {
    Attempt one = attempt(name + " is shown again");
    one.objects[name] = whole.objects[name] = bytes;
    // Of the run that broke off the header is gone, too: a pack without its header is told.
    const bool headless =
        name.find("/pack/") != std::string::npos || name.find("/meta/") != std::string::npos;
    judge(one, {headless && is_of_the_broken_off_run(bytes) ? kCorrupt : kClean, kClean, kClean});
  }
  whole.victim = s.gone.record.id();
  judge(whole, {kClean, kClean, kNotFound});
  EXPECT_EQ(expect_nothing_kept_is_lost("all that was swept is shown again", whole.objects),
            kClean);
  // Nor other bytes in the place of a record that has a tombstone.
  Attempt other = attempt("another record in the place of the swept one");
  other.objects[s.snapshot_name(s.gone)] = other.objects.at(s.snapshot_name(s.archived[0]));
  judge(other, all(kClean));
}

TEST(LyingStore, IsToldWhenItHidesTheTombstoneOfWhatIsMissing) {
  const Scene& s = scene();
  Attempt hidden = attempt("the pruner's chain ends before the sweep");
  hidden.objects.erase(s.record_name(Role::pruner, 3));
  hidden.objects.erase(s.record_name(Role::pruner, 2));
  hidden.says = "is missing";
  judge(hidden, {kStale, kStale, kClean});
  EXPECT_EQ(expect_nothing_kept_is_lost(hidden.name, hidden.objects), kStale);
  hidden.name = "the pruner has no chain";
  hidden.objects.erase(s.record_name(Role::pruner, 1));
  judge(hidden, {kStale, kStale, kClean});
  // With what was swept in its place it is the vault as it was before: nobody here has seen more.
  hidden.name = "the vault as it was before the sweep";
  hidden.says = "";
  for (const auto& [name, bytes] : s.removed) hidden.objects[name] = bytes;
  Life before(hidden.objects);
  count_case();
  EXPECT_EQ(before.reads(s.gone), kClean);
}

/// The first tombstone of the sweep record: author, seq, id, previous.
Edit tombstone(std::size_t at, const Bytes& value) {
  return {.fields = [at, value](Fields& fields) {
    Bytes& stone = lifeboat::tamper::at(fields, 20).value;
    std::ranges::copy(value, stone.begin() + static_cast<std::ptrdiff_t>(at));
  }};
}
Bytes number(std::uint64_t value) { return WireWriter().put(value).take(); }
EditFields without(std::uint16_t number) {
  return [number](Fields& fields) {
    std::erase_if(fields, [number](const RawField& field) { return field.number() == number; });
  };
}

TEST(StolenPruner, PutsNoTombstoneThatTheChainDoesNotFit) {
  const Expected told = {kStale, kStale, kClean};
  const KeyId staging = scene().staging.key_id();
  judge(pruner_again("another id", 2, tombstone(24, Bytes(32, 1))), told);
  judge(pruner_again("another predecessor", 2, tombstone(56, Bytes(32, 1))), told);
  judge(pruner_again("another seq", 2, tombstone(16, number(9))), told);
  judge(pruner_again("another author", 2,
                     tombstone(0, Bytes(staging.view().begin(), staging.view().end()))),
        told);
  judge(pruner_again("none", 2, {.fields = without(20)}), told);
  const SnapshotId first = scene().archived[0].record.id();
  judge(pruner_again("the id of another record of the chain", 2,
                     tombstone(24, Bytes(first.view().begin(), first.view().end()))),
        told);
}

TEST(StolenPruner, MakesNoSweepOfARecordThatIsNone) {
  const auto kind = [](std::uint8_t value) {
    return Edit{.sealed = [value](Fields& fields) { at(fields, 1).value = {value}; }};
  };
  const Expected told = {kStale, kStale, kClean};
  judge(pruner_again("a sweep that says to be a forgetting in secret", 2, kind(3)), told);
  judge(pruner_again("a forgetting that says to be a sweep in secret", 3, kind(4)),
        {kCorrupt, kCorrupt, kClean});
  judge(pruner_again("a sweep that says to be an attestation", 2, kind(1)), told);
  judge(pruner_again("a sweep of marks that nobody made", 2, {.fields = without(17)}), told);
}

/// What the pruner wrote, as if this author had, in the first free place of its own chain.
Bytes as_if_by(const Capability& author, ObjectType type, ByteView model, std::uint64_t seq,
               const ObjectHash& previous) {
  const KeyId id = author.key_id();
  return record_of_another(
      type, model, scene().as(Role::pruner), author, {.fields = [&](Fields& fields) {
        at(fields, 2).value.assign(id.view().begin(), id.view().end());
        at(fields, 3).value = number(seq);
        at(fields, 4).value.assign(previous.view().begin(), previous.view().end());
      }});
}

TEST(StolenCredential, ForgetsAndSweepsNothingUnlessItIsAPruners) {
  const Scene& s = scene();
  for (const auto& [role, seq] :
       {std::pair{Role::identity, std::uint64_t{3}}, {Role::operator_, std::uint64_t{2}}}) {
    const ObjectHash previous{seal::sha256(s.objects.at(s.record_name(role, seq - 1)))};
    for (const std::uint64_t of : {1U, 2U}) {
      Attempt forged =
          attempt("the " + std::string(name_of(role)) + (of == 1 ? " forgets" : " sweeps"));
      forged.objects[s.record_name(role, seq)] =
          as_if_by(s.as(role), ObjectType::record, s.objects.at(s.record_name(Role::pruner, of)),
                   seq, previous);
      judge(forged, {kCorrupt, kCorrupt, kClean});
    }
  }
}

TEST(StolenCredential, MarksNothingUnlessItIsAPruners) {
  const Scene& s = scene();
  const ObjectHash previous{seal::sha256(s.objects.at(s.mark_name(2)))};
  for (const Role role :
       {Role::admin, Role::identity, Role::writer, Role::viewer, Role::operator_}) {
    Attempt forged = attempt("a mark by the " + std::string(name_of(role)));
    forged.objects[s.mark_name(3)] =
        as_if_by(s.as(role), ObjectType::mark, s.objects.at(s.mark_name(2)), 3, previous);
    forged.says = "by nobody who may make one";
    judge(forged, {kCorrupt, kClean, kClean});
    // The pruner stops before it, and a writer builds on nothing.
    EXPECT_EQ(expect_nothing_kept_is_lost(forged.name, forged.objects), kCorrupt);
    Life life(forged.objects);
    EXPECT_EQ(life.take(), kClean);
    EXPECT_EQ(words(life.reads_what_was_taken()), words(kClean));
  }
}

}  // namespace
}  // namespace lifeboat::tamper
