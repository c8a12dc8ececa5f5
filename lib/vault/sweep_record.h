#ifndef LIFEBOAT_VAULT_SWEEP_RECORD_H_
#define LIFEBOAT_VAULT_SWEEP_RECORD_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vault/condemned.h"
#include "vault/record_frame.h"

/// What a pruner removed, in public: docs/format/vault.md §17.6, §17.7.
namespace lifeboat::vault {

/// Stands for a snapshot record that was removed.
struct Tombstone {
  KeyId author;
  std::uint64_t seq = 0;
  ObjectHash id;
  ObjectHash previous;
};

/// The public part of a sweep record.
struct Sweep {
  Link link;         ///< of its record
  KnownMarks marks;  ///< that it carries out
  CondemnedObjects removed;
  std::vector<Tombstone> tombstones;
  /// The newest snapshot record that was read, by author.
  std::map<KeyId, std::uint64_t> walked;

  /// Public fields 17 to 21.
  [[nodiscard]] Bytes encode() const;
  /// Takes one of these fields; false if it is none. Throws corrupt.
  [[nodiscard]] bool take(const Field& field);
  /// Whether any of these fields was there. Throws corrupt if some are and one that must be is not.
  [[nodiscard]] bool complete() const;
};

/// The body of a sweep record, JSON for people.
[[nodiscard]] std::string sweep_body(std::uint64_t snapshots, std::uint64_t objects,
                                     std::uint64_t bytes);

/// What all sweep records of a vault say together. A value; its memory is theirs.
class Swept {
 public:
  Swept() = default;
  explicit Swept(std::vector<Sweep> sweeps);

  [[nodiscard]] const std::vector<Sweep>& sweeps() const noexcept { return sweeps_; }
  [[nodiscard]] bool empty() const noexcept { return sweeps_.empty(); }
  /// Nothing unless that record was removed.
  [[nodiscard]] const Tombstone* tombstone(const KeyId& author, std::uint64_t seq) const;
  /// seq of the newest record removed from that chain below `seq`; 0 = there is none.
  [[nodiscard]] std::uint64_t tombstone_below(const KeyId& author, std::uint64_t seq) const;
  [[nodiscard]] bool removed(const ObjectRef& object) const { return objects_.contains(object); }
  [[nodiscard]] bool removed(const SessionName& session) const {
    return sessions_.contains(session);
  }
  /// Whether a snapshot record at that place is void, because a sweep did not see it and its author
  /// does not know the marks that the sweep carried out.
  [[nodiscard]] bool missed_a_mark(const KeyId& author, std::uint64_t seq,
                                   const KnownMarks& known) const;
  /// The newest mark of each generation that was carried out.
  [[nodiscard]] const KnownMarks& newest() const noexcept { return newest_; }

 private:
  std::vector<Sweep> sweeps_;
  std::map<std::pair<KeyId, std::uint64_t>, Tombstone> tombstones_;
  std::set<ObjectRef> objects_;
  std::set<SessionName> sessions_;
  KnownMarks newest_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SWEEP_RECORD_H_
