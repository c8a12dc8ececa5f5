#include "tamper/victims.h"

#include "vault/object_names.h"

namespace lifeboat::tamper {
namespace {

using namespace vault;

std::string hashed_elsewhere(const std::string& name) {
  std::string other = name;
  const std::size_t slash = other.rfind('/');
  other[slash + 1] = other[slash + 1] == '0' ? '1' : '0';
  if (other.find("/pack/") != std::string::npos || other.find("/meta/") != std::string::npos) {
    other[slash - 2] = other[slash + 1];
  }
  return other;
}

std::string next_link(ObjectType type, const KeyId& author, std::uint64_t seq) {
  return names::link(type, author, seq).name();
}

/// Pins, forget records, marks, a sweep record, and what stands beside its tombstone.
void add_what_forgetting_left(std::vector<Victim>& into) {
  const Scene& s = scene();
  const Expected noted = {kCorrupt, kCorrupt, kClean};
  const Expected missed = {kStale, kStale, kClean};
  const auto add_record = [&](const std::string& what, Role author, std::uint64_t seq,
                              std::uint64_t free_seq, const Expected& altered,
                              const Expected& deleted) {
    into.push_back({what, s.record_name(author, seq), ObjectType::record, altered, deleted, missed,
                    s.record_name(author, free_seq)});
  };
  // What the pruner wrote later has seen the pin.
  add_record("pin", Role::operator_, 1, 2, noted, missed);
  add_record("forget record", Role::pruner, 1, 4, noted, missed);
  // Without its tombstone a snapshot is missing.
  add_record("sweep record", Role::pruner, 2, 4, missed, missed);
  // The newest record of the pruner, that nobody has seen.
  add_record("second forget record", Role::pruner, 3, 4, noted, all(kClean));
  // A mark that is hidden makes writers store more, or their record void: sweeping_test.cpp.
  for (const std::uint32_t number : {1U, 2U}) {
    into.push_back({"mark " + std::to_string(number),
                    s.mark_name(number),
                    ObjectType::mark,
                    {kCorrupt, kClean, kClean},
                    all(kClean),
                    {kCorrupt, kClean, kClean},
                    s.mark_name(3)});
  }
  const KeyId archivist = s.archivist.key_id();
  for (const auto& [what, place] : {std::pair{"snapshot before a tombstone", std::size_t{0}},
                                    {"snapshot behind a tombstone", std::size_t{1}}}) {
    into.push_back({what, s.snapshot_name(s.archived[place]), ObjectType::snapshot, noted, missed,
                    missed, next_link(ObjectType::snapshot, archivist, 7)});
  }
}

std::vector<Victim> list_victims() {
  const Scene& s = scene();
  const KeyId writer = s.as(Role::writer).key_id();
  const KeyId identity = s.as(Role::identity).key_id();
  const Expected hurts = {kCorrupt, kClean, kCorrupt};    // the newest cannot be read
  const Expected elsewhere = {kCorrupt, kClean, kClean};  // another snapshot cannot be read
  std::vector<Victim> all_victims = {
      {"format", "format", ObjectType::format, all(kCorrupt), all(kNotFound), elsewhere,
       "format.2"},
      {"trust 1", s.trust_name(1), ObjectType::trust, all(kCorrupt), all(kStale), all(kCorrupt),
       s.trust_name(4)},
      {"trust 2", s.trust_name(2), ObjectType::trust, all(kCorrupt), all(kStale), all(kCorrupt),
       s.trust_name(4)},
      // Without it the newest snapshot stands under trust that the store does not show.
      {"trust 3", s.trust_name(3), ObjectType::trust, all(kCorrupt), all(kStale), all(kCorrupt),
       s.trust_name(4)},
      {"oldest snapshot",
       s.snapshot_name(s.shop[0]),
       ObjectType::snapshot,
       {kCorrupt, kCorrupt, kClean},
       {kStale, kStale, kClean},
       {kStale, kStale, kClean},
       next_link(ObjectType::snapshot, writer, 4)},
      {"middle snapshot",
       s.snapshot_name(s.shop[1]),
       ObjectType::snapshot,
       {kCorrupt, kCorrupt, kClean},
       {kStale, kStale, kClean},
       {kStale, kStale, kClean},
       next_link(ObjectType::snapshot, writer, 4)},
      // A hidden head is told by nobody but a witness of it: docs/threat-model.md.
      {"newest snapshot",
       s.snapshot_name(s.newest()),
       ObjectType::snapshot,
       {kCorrupt, kCorrupt, kNotFound},
       {kClean, kClean, kNotFound},
       {kStale, kStale, kClean},
       next_link(ObjectType::snapshot, writer, 9)},
      {"attestation 1",
       s.attestation_name(1),
       ObjectType::record,
       {kCorrupt, kCorrupt, kClean},
       {kStale, kStale, kClean},
       {kStale, kStale, kClean},
       next_link(ObjectType::record, identity, 3)},
      {"attestation 2",
       s.attestation_name(2),
       ObjectType::record,
       {kCorrupt, kCorrupt, kClean},
       all(kClean),
       {kStale, kStale, kClean},
       next_link(ObjectType::record, identity, 3)},
  };
  add_what_forgetting_left(all_victims);
  for (const auto& [taken, expected] : {std::pair{&s.newest(), hurts}, {&s.staged[1], elsewhere}}) {
    const std::string of = taken == &s.newest() ? " of the newest" : " of another writer's";
    const auto add = [&](const std::string& what, const std::string& name, ObjectType type) {
      all_victims.push_back(
          {what + of, name, type, expected, expected, elsewhere, hashed_elsewhere(name)});
    };
    add("session", s.session_name(*taken), ObjectType::session);
    add("index", s.segment_name(*taken), ObjectType::index_segment);
    add("data pack", s.pack_name(*taken, ObjectType::data_pack), ObjectType::data_pack);
    add("meta pack", s.pack_name(*taken, ObjectType::meta_pack), ObjectType::meta_pack);
  }
  const std::string older = s.session_name(s.shop[1]);
  all_victims.push_back({"session of an older one", older, ObjectType::session, elsewhere,
                         elsewhere, elsewhere, hashed_elsewhere(older)});
  // The newest still names it: its chain needs it.
  const std::string segment = s.segment_name(s.shop[1]);
  all_victims.push_back({"index of an older one", segment, ObjectType::index_segment, hurts, hurts,
                         elsewhere, hashed_elsewhere(segment)});
  return all_victims;
}

std::string folder_of(const std::string& name) { return name.substr(0, name.rfind('/')); }

}  // namespace

const std::vector<Victim>& victims() {
  static const std::vector<Victim> list = list_victims();
  return list;
}

bool of_one_chain(const Victim& one, const Victim& other) {
  const bool is_record = one.type == ObjectType::snapshot || one.type == ObjectType::record;
  return is_record && folder_of(one.name) == folder_of(other.name);
}

}  // namespace lifeboat::tamper
