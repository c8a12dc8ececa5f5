#include "vault/sweep_survey.h"

#include <algorithm>
#include <iterator>

#include "base/error.h"
#include "vault/fence.h"
#include "vault/forget.h"
#include "vault/retention.h"

namespace lifeboat::vault {
namespace {

bool can_be_swept(ObjectType type) {
  switch (type) {
    case ObjectType::session:
    case ObjectType::data_pack:
    case ObjectType::meta_pack:
    case ObjectType::index_segment:
    case ObjectType::snapshot:
      return true;
    case ObjectType::format:
    case ObjectType::trust:
    case ObjectType::record:
    case ObjectType::mark:
    case ObjectType::run:
    case ObjectType::claim:
    case ObjectType::roll:
      break;
  }
  return false;
}

/// Marks that nobody carried out. One that cannot be read stops everything: what it condemned is
/// not known, and its number is taken.
void read_marks(const Vault& vault, SweepSurvey& survey) {
  survey.numbers = survey.history.swept.newest();
  for (const SnapshotRecord& snapshot : survey.history.snapshots) {
    survey.numbers = newest_of(std::move(survey.numbers), snapshot.known_marks);
  }
  for (ListedMark& listed : list_marks(vault, survey.history.swept.newest())) {
    survey.numbers = newest_of(std::move(survey.numbers), {{listed.generation, listed.number}});
    const std::string name = names::mark(listed.generation, listed.number).name();
    if (listed.mark) {
      survey.outstanding.push_back(std::move(*listed.mark));
    } else if (vault.store().find(store::ObjectKey(name))) {
      throw Error(ErrorKind::corrupt, name + " is no mark that can be believed",
                  "somebody who may create objects there put it in; a pruner's store credential "
                  "can remove it");
    }
  }
}

/// Whether a guard of §17.3 protects a forgotten snapshot by now: it is judged as if it alone were
/// to go beside what is kept.
bool is_guarded(std::vector<Candidate> kept_and_it, const SnapshotId& id,
                const RetentionFloor& floor, Instant store_time) {
  try {
    static_cast<void>(plan_forget_by_hand(std::move(kept_and_it), {id}, floor, store_time));
    return false;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::refused) throw;
    return true;
  }
}

/// Records that fork a chain or join a fork: a tombstone could not stand for them.
std::set<SnapshotId> forks_and_joins(const History& history) {
  std::map<std::pair<KeyId, std::uint64_t>, std::vector<SnapshotId>> places;
  std::set<SnapshotId> found;
  for (const SnapshotRecord& snapshot : history.snapshots) {
    places[{snapshot.link.author, snapshot.link.seq}].push_back(snapshot.id());
    if (!snapshot.link.parents.empty()) found.insert(snapshot.id());
    found.insert(snapshot.link.parents.begin(), snapshot.link.parents.end());
  }
  for (const auto& [place, ids] : places) {
    if (ids.size() > 1) found.insert(ids.begin(), ids.end());
  }
  return found;
}

std::set<SnapshotId> find_leaving(const SweepSurvey& survey, const Trust& trust) {
  std::set<SnapshotId> marked;
  for (const Mark& mark : survey.outstanding) {
    marked.insert(mark.forgotten.begin(), mark.forgotten.end());
  }
  const std::set<SnapshotId> staying = forks_and_joins(survey.history);
  PinsAndForgets none_forgotten = survey.pins;
  none_forgotten.forgotten.clear();
  const std::vector<Candidate> all = candidates(survey.history, none_forgotten);
  std::set<SnapshotId> leaving;
  for (const Candidate& snapshot : all) {
    if (!survey.pins.is_forgotten(snapshot.id) || staying.contains(snapshot.id)) continue;
    if (!survey.outstanding.empty() && !marked.contains(snapshot.id)) continue;
    std::vector<Candidate> kept_and_it;
    std::ranges::copy_if(all, std::back_inserter(kept_and_it), [&](const Candidate& each) {
      return each.id == snapshot.id || !survey.pins.is_forgotten(each.id);
    });
    if (!is_guarded(std::move(kept_and_it), snapshot.id, RetentionFloor::of(trust),
                    survey.store_time)) {
      leaving.insert(snapshot.id);
    }
  }
  return leaving;
}

}  // namespace

std::vector<StoredObject> list_sweepable(const Vault& vault) {
  std::vector<StoredObject> objects;
  vault.store().list("", "", [&](const store::ObjectInfo& info) {
    const auto parsed = vault.parse_name(info.key.name());
    if (!parsed) return true;
    const bool snapshot_roll =
        parsed->type == ObjectType::roll && parsed->chain == ObjectType::snapshot;
    if (can_be_swept(parsed->type) || snapshot_roll) {
      objects.push_back({info.key.name(), *parsed, info.size_bytes, info.stored_at});
    }
    return true;
  });
  return objects;
}

SweepSurvey survey_for_sweep(const Vault& vault, Instant store_time, Observer& observer,
                             const std::stop_token& stop) {
  vault.require_role(Role::pruner, "sweeping");
  SweepSurvey survey;
  survey.store_time = store_time;
  observer.phase("list");
  // Before the chains: whatever a listed record needs is stored by then, and listed or young.
  survey.objects = list_sweepable(vault);
  observer.phase("chains");
  survey.history = read_history(vault);
  survey.pins = pins_and_forgets(survey.history);
  require_whole(survey.history, survey.pins);
  read_marks(vault, survey);
  survey.leaving = find_leaving(survey, vault.trust());
  std::vector<const SnapshotRecord*> kept;
  std::vector<const SnapshotRecord*> leaving;
  for (const SnapshotRecord& snapshot : survey.history.snapshots) {
    (survey.leaving.contains(snapshot.id()) ? leaving : kept).push_back(&snapshot);
  }
  survey.needed = needed_by(vault, kept, observer, stop);
  survey.named = named_by(vault, leaving);
  return survey;
}

}  // namespace lifeboat::vault
