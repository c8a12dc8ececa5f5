#include "model/model_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <variant>

#include "base/error.h"
#include "base/observer.h"
#include "stream/source.h"
#include "vault/append_record.h"
#include "vault/attestation.h"
#include "vault/check.h"
#include "vault/forget.h"
#include "vault/new_vault.h"
#include "vault/retention.h"
#include "vault/snapshot_reader.h"
#include "vault/snapshot_writer.h"
#include "vault/sweep.h"
#include "vault/sweep_plan.h"
#include "vault/sweep_survey.h"
#include "vault/trust_change.h"

namespace lifeboat::model {
namespace {

using namespace vault;  // NOLINT(google-build-using-namespace): the world is a vault's

constexpr std::size_t kMostAtWork = 5;
constexpr std::uint64_t kTables = 5;
constexpr std::uint64_t kVersions = 3;
/// More than the least chunk of 16 KiB, so that tables are deduplicated.
constexpr std::size_t kTableBytes = 24 * 1024;

/// What a table holds at a version: the same for every snapshot that comes back to it.
std::string text_of(const std::string& writer, std::uint64_t table, std::uint64_t version) {
  std::seed_seq seed{static_cast<std::uint64_t>(writer.front()), table, version};
  std::mt19937_64 random(seed);
  std::string text;
  while (text.size() < kTableBytes) {
    for (int i = 0; i < 6; ++i) text += std::to_string(random()) + '\t';
    text.back() = '\n';
  }
  return text;
}

RangeEntry write(SnapshotWriter& writer, const std::string& text) {
  RangeWriter range(writer.session(), 16);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    range.add(as_bytes(std::string_view(text).substr(at, end - at)));
    at = end;
  }
  return range.finish(0);
}

SourceSummary source_of(const std::string& writer, Instant at) {
  SourceSummary source;
  source.name = "db-" + writer;
  source.kind = "postgres";
  source.at = at;
  source.guarantee = "exact";
  source.average_log2 = 16;
  return source;
}

}  // namespace

ModelWorld::ModelWorld(store::ObjectStore& below, std::uint64_t seed, Naming naming)
    : naming_(naming),
      clock_(*parse_instant("2026-01-05T03:12:00Z")),
      store_(below, clock_),
      random_(seed) {
  seal::initialize();
  const NewVault fresh = plan_vault({.hashed_names = naming == Naming::hashed}, clock_.now());
  publish(fresh, store_);
  for (const Capability& capability : fresh.capabilities) {
    capabilities_.insert_or_assign(capability.role, capability);
  }
  writers_.push_back(capabilities_.at(Role::writer));
  add_second_writer();
}

void ModelWorld::add_second_writer() {
  const Vault identity = open(store_, Role::identity);
  Capability second = new_capability(identity.state(), Role::writer);
  const GenerationKeys keys = identity.keyring().generation_keys();
  const SignedTrust changed = sign_trust(
      identity.state(),
      plan_add(identity.state(), keys, {Role::writer, "second", {"*"}}, second, clock_.now()),
      capabilities_.at(Role::admin));
  publish_trust(changed, store_);
  second.trust_number = changed.trust.number;
  second.trust_hash = changed.trust.hash;
  writers_.push_back(second);
}

void ModelWorld::run(std::uint64_t steps, std::uint64_t look_every) {
  while (counts_.steps < steps && !testing::Test::HasFailure()) {
    if (turns_.size() == 0 || (turns_.size() < kMostAtWork && chance(80))) begin_something();
    if (turns_.size() == 0) continue;
    // Now they alternate, now one of them gets far while the others stand still.
    const std::size_t actor = pick(turns_.size());
    const std::uint64_t burst = chance(600) ? 1 : 1 + pick(120);
    const std::size_t at_work = turns_.size();
    for (std::uint64_t i = 0; i < burst && turns_.size() == at_work; ++i) step(actor, look_every);
  }
  if (!testing::Test::HasFailure()) finish();
}

void ModelWorld::step(std::size_t actor, std::uint64_t look_every) {
  turns_.step(actor, next_fate());
  ++counts_.steps;
  clock_.advance(std::chrono::seconds(pick(20)));
  if (chance(3)) clock_.advance(std::chrono::hours(pick(40)));
  if (counts_.steps % look_every == 0) look();
}

Fate ModelWorld::next_fate() {
  if (finishing_ || steady_ || chance(996)) return Fate::done;
  switch (pick(4)) {
    case 0:
      ++counts_.killed;
      return Fate::dies_before;
    case 1:
      ++counts_.killed;
      return Fate::dies_after;
    case 2:
      ++counts_.lost;
      return Fate::answer_lost;
    default:
      return Fate::told_twice;
  }
}

void ModelWorld::begin_something() {
  const std::uint64_t what = pick(100);
  if (what < 55) {
    const std::size_t which = pick(writers_.size());
    begin_snapshot(which);
    // Where two runs of one credential fork its chain, they are what there is to see.
    if (naming_ == Naming::hashed && chance(800)) begin_snapshot(which);
    return;
  }
  if (what < 65) return begin_keeping();
  if (what < 72) return begin_proving();
  if (what < 85) return begin_forgetting();
  // Where all have to end their work for it, it comes less often.
  if (naming_ == Naming::conditional || chance(500)) begin_sweeping();
}

ModelWorld::Tables ModelWorld::next_tables(const std::string& writer) {
  Tables tables;
  for (std::uint64_t table = 0; table < kTables; ++table) {
    const std::string name = "table-" + std::to_string(table);
    std::uint64_t& version = versions_[writer][name];
    // Back to what it was is what deduplication meets after a sweep.
    if (chance(300)) version = pick(kVersions);
    if (chance(900)) tables[name] = text_of(writer, table, version);
  }
  return tables;
}

void ModelWorld::begin_snapshot(std::size_t which) {
  const std::string writer(1, which == 0 ? 'a' : 'b');
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    if (turns_.name_of(i) == "writer " + writer) {
      ++counts_.races;
      break;
    }
  }
  const std::string tag = writer + "-" + std::to_string(++counts_.begun);
  attempted_[tag] = next_tables(writer);
  turns_.start("writer " + writer, [this, which, tag](Turns::Actor& actor) {
    take_snapshot(actor, writers_[which], tag, attempted_.at(tag));
  });
}

void ModelWorld::take_snapshot(Turns::Actor& actor, const Capability& capability,
                               const std::string& tag, const Tables& tables) {
  TurnStore store(store_, actor);
  const Vault vault(store, capability);
  const std::string writer = tag.substr(0, 1);
  SnapshotWriter snapshot(vault, clock_, {"db-" + writer}, 1);
  for (const auto& [name, text] : tables) {
    snapshot.add_stream(0, StreamKind::table, name, {write(snapshot, text)});
  }
  snapshot.add_document(0, "catalogue.json", as_bytes("{\"tag\":\"" + tag + "\"}"));
  const SnapshotRecord record = snapshot.commit({source_of(writer, clock_.now())}, true, {tag});
  ++counts_.committed;
  reported_.emplace(tag, record.id());
}

std::vector<SnapshotId> ModelWorld::snapshot_ids() {
  std::vector<SnapshotId> ids;
  for (const auto& snapshot : read_history(open(store_, Role::identity)).snapshots) {
    ids.push_back(snapshot.id());
  }
  return ids;
}

void ModelWorld::begin_keeping() {
  begin_pinning(chance(500) ? Role::identity : Role::pruner, chance(400));
}

void ModelWorld::begin_pinning(Role role, bool keep) {
  const std::vector<SnapshotId> ids = snapshot_ids();
  if (ids.empty()) return;
  const SnapshotId id = ids[pick(ids.size())];
  turns_.start("keeper", [this, id, keep, role](Turns::Actor& actor) {
    TurnStore store(store_, actor);
    const Vault vault = open(store, role);
    if (keep) {
      keep_snapshot(vault, id, "for the auditors", clock_);
    } else {
      release_snapshot(vault, id, clock_);
    }
  });
}

void ModelWorld::begin_proving() {
  const std::vector<SnapshotId> ids = snapshot_ids();
  if (ids.empty()) return;
  const SnapshotId id = ids[pick(ids.size())];
  turns_.start("prover", [this, id](Turns::Actor& actor) { prove(actor, id); });
}

void ModelWorld::prove(Turns::Actor& actor, const SnapshotId& id) {
  TurnStore store(store_, actor);
  const Vault vault = open(store, Role::identity);
  append_record(vault, clock_.now(), clock_.now(),
                [&](Link& link, const seal::SecretKey& record_key) {
                  Attestation attestation;
                  attestation.link = link;
                  attestation.snapshot = id;
                  attestation.verdict = Verdict::proven;
                  Bytes stored = attestation.encode(vault.self().signing_key(), record_key);
                  link = attestation.link;
                  return stored;
                });
}

void ModelWorld::begin_forgetting() {
  const auto last = static_cast<unsigned>(1 + pick(3));
  turns_.start("pruner forgets", [this, last](Turns::Actor& actor) { forget(actor, last); });
}

void ModelWorld::forget(Turns::Actor& actor, unsigned last) {
  TurnStore store(store_, actor);
  const Vault vault = open(store, Role::pruner);
  const History history = read_history(vault);
  const PinsAndForgets pins = pins_and_forgets(history);
  require_whole(history, pins);
  KeepPolicy policy;
  policy.last = last;
  const ForgetPlan plan = plan_forget(candidates(history, pins), policy,
                                      RetentionFloor::of(vault.trust()), clock_.now());
  if (plan.count_forgotten() == 0) return;
  apply_forget(vault, plan, clock_);
  counts_.forgotten += plan.count_forgotten();
}

void ModelWorld::begin_sweeping() {
  const bool alone = naming_ == Naming::hashed;
  if (alone) join_forks();
  turns_.start("pruner sweeps", [this](Turns::Actor& actor) { sweep(actor); });
  if (!alone) return;
  // It reads the whole vault: one that may die at any step would hardly ever come to its end.
  steady_ = chance(700);
  let_all_end();
  steady_ = false;
}

void ModelWorld::let_all_end() {
  while (turns_.size() > 0) {
    turns_.step(pick(turns_.size()), next_fate());
    if (!finishing_) ++counts_.steps;
  }
}

/// Everybody ends, and whose chain has an open fork writes once more, alone.
void ModelWorld::join_forks() {
  let_all_end();
  const History history = read_history(open(store_, Role::identity));
  if (std::ranges::none_of(history.problems, &Problem::fork)) return;
  for (std::size_t which = 0; which < writers_.size(); ++which) {
    begin_snapshot(which);
    let_all_end();
  }
  for (const Role role : {Role::identity, Role::pruner}) {
    begin_pinning(role, false);
    let_all_end();
  }
}

void ModelWorld::sweep(Turns::Actor& actor) {
  TurnStore store(store_, actor);
  const Vault vault = open(store, Role::pruner);
  SilentObserver silent;
  const SweepSurvey survey = survey_for_sweep(vault, clock_.now(), silent, {});
  const NextSweepStep next = plan_next_step(survey, vault.trust());
  if (const auto* mark = std::get_if<MarkPlan>(&next)) {
    apply_mark(vault, *mark, clock_);
    ++counts_.marks;
  } else if (const auto* plan = std::get_if<SweepPlan>(&next)) {
    apply_sweep(vault, *plan, clock_, silent, {});
    ++counts_.sweeps;
  } else if (const auto* rest = std::get_if<FinishPlan>(&next)) {
    apply_finish(vault, *rest, silent, {});
  }
}

void ModelWorld::expect_restorable(const Vault& vault, const SnapshotRecord& snapshot) {
  const std::string& tag = snapshot.body->tags.at(0);
  try {
    const SnapshotReader reader(vault, snapshot);
    for (const auto& [name, text] : attempted_.at(tag)) {
      const StreamEntry* stream = reader.find_stream(0, StreamKind::table, name);
      ASSERT_NE(stream, nullptr) << tag << " lacks " << name;
      std::string restored;
      for (const RangeEntry& range : reader.ranges(*stream)) {
        const auto source = reader.open(range);
        restored += as_text(stream::read_all(*source, std::size_t{1} << 30U));
      }
      EXPECT_TRUE(restored == text) << tag << ": " << name << " is not what was captured";
    }
    ++counts_.restored;
  } catch (const Error& error) {
    ADD_FAILURE() << "step " << counts_.steps << ": " << tag
                  << " cannot be restored: " << error.what();
  }
}

void ModelWorld::look() {
  ++counts_.looks;
  const Vault vault = open(store_, Role::identity);
  const History history = read_history(vault);
  const auto is_expected = [&](const Problem& problem) {
    return naming_ == Naming::hashed && problem.fork;
  };
  for (const Problem& problem : history.problems) {
    if (is_expected(problem)) continue;
    ADD_FAILURE() << "step " << counts_.steps << ": " << problem.object << ": " << problem.what;
  }
  std::set<SnapshotId> there;
  std::set<std::pair<KeyId, std::uint64_t>> places;
  for (const SnapshotRecord& snapshot : history.snapshots) {
    there.insert(snapshot.id());
    const std::pair place{snapshot.link.author, snapshot.link.seq};
    if (!places.insert(place).second) forked_.insert(place);
    EXPECT_FALSE(gone_.contains(snapshot.id())) << "a snapshot that was swept is back";
    expect_restorable(vault, snapshot);
  }
  counts_.forks = forked_.size();
  const PinsAndForgets pins = pins_and_forgets(history);
  std::map<std::string, std::size_t> left;
  for (const auto& [tag, id] : reported_) {
    left[tag.substr(0, 1)] += there.contains(id) ? 1 : 0;
    if (there.contains(id) || gone_.contains(id)) continue;
    // It went since the last look: somebody must have given it up, on record.
    EXPECT_TRUE(pins.is_forgotten(id)) << "step " << counts_.steps << ": " << tag
                                       << " was committed and is gone, though nobody forgot it";
    EXPECT_FALSE(pins.is_pinned(id)) << tag << " was pinned, and is gone";
    gone_.insert(id);
    ++counts_.swept;
  }
  SilentObserver silent;
  const CheckReport report = check(vault, CheckDepth::structure, silent, {});
  for (const Problem& problem : report.problems) {
    if (is_expected(problem)) continue;
    ADD_FAILURE() << "step " << counts_.steps << ": check: " << problem.object << ": "
                  << problem.what;
  }
}

void ModelWorld::finish() {
  finishing_ = true;
  let_all_end();
  look();
  if (naming_ == Naming::hashed) join_forks();
  // Nobody is at work any more: mark, and after the grace sweep, until nothing is left to go.
  for (int round = 0; round < 3; ++round) {
    begin_forgetting();
    while (turns_.size() > 0) turns_.step(0, Fate::done);
    for (int i = 0; i < 4; ++i) {
      clock_.advance(std::chrono::hours(24 * 10));
      begin_sweeping();
      while (turns_.size() > 0) turns_.step(0, Fate::done);
    }
  }
  look();
  SilentObserver silent;
  const CheckReport report = check(open(store_, Role::identity), CheckDepth::decrypt, silent, {});
  EXPECT_EQ(report.unreferenced, 0U) << "something that nobody needs was not swept";
  for (const Problem& problem : report.problems) ADD_FAILURE() << problem.what;
}

}  // namespace lifeboat::model
