#ifndef LIFEBOAT_VAULT_LINEAGE_H_
#define LIFEBOAT_VAULT_LINEAGE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "vault/object_names.h"
#include "vault/record_frame.h"
#include "vault/types.h"

namespace lifeboat::vault {

/// Whether the records of one chain name each other as docs/format/vault.md §12 demands; told of
/// each record by a walk from the newest place down to the first. Where names are hashed, a place
/// may hold several records, each on a branch: they are joined by a later record that names the
/// ends of all of them. Memory: 32 bytes for each branch that is open.
class Lineage {
 public:
  struct Objection {
    std::string what;
    bool fork = false;  ///< both branches are there: nothing is missing or exchanged
  };

  /// The record of a place as a record behind it names it, if one does and could be read.
  [[nodiscard]] std::optional<ObjectHash> expected(const LinkPlace& place) const;

  /// A record of the present place, which holds `beside` others. Returns what is wrong.
  [[nodiscard]] std::optional<Objection> meet(const Link& link, std::size_t beside);
  /// A record of the present place is missing or cannot be read: what it names is not known.
  void lose() { unknown_ = true; }
  /// On to the place before.
  void step();
  /// After the last place: records of branches that others name and that the walk did not meet.
  [[nodiscard]] std::vector<ObjectHash> missing() const;

 private:
  bool at_head_ = true;
  bool unknown_ = false;         // of the present place
  bool unknown_behind_ = false;  // of the place behind it
  bool ever_unknown_ = false;
  bool replaced_ = false;              // a record of the present place is not the one that is named
  std::set<ObjectHash> named_;         // as previous, by the records of the place behind
  std::set<ObjectHash> named_now_;     // the same, by those of the present place
  std::set<ObjectHash> open_parents_;  // named of an earlier place or none, not met yet
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_LINEAGE_H_
