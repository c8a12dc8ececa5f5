#ifndef LIFEBOAT_VAULT_FENCE_H_
#define LIFEBOAT_VAULT_FENCE_H_

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "vault/condemned.h"
#include "vault/mark.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// The marks of a vault that are newer than `known`, oldest first in each generation: a listing for
/// each generation of trust, and a read for each mark. Nothing stands for one that is missing
/// between two or that nobody can believe.
struct ListedMark {
  Generation generation = 0;
  std::uint32_t number = 0;
  std::optional<Mark> mark;
};
[[nodiscard]] std::vector<ListedMark> list_marks(const Vault& vault, const KnownMarks& known);

/// What keeps a writer from building upon objects that a pruner condemned: docs/format/vault.md
/// §17.5. One thread. Memory: 40 bytes for each object that the marks it read condemn.
class Fence {
 public:
  /// Lists the marks newer than those that the writer's newest record knows.
  Fence(const Vault& vault, KnownMarks known);

  /// Lists again. Returns what the marks condemn that were not there at the last look.
  Condemned look_again();

  /// What is condemned by marks newer than `known`, which must not be older than the constructor's.
  [[nodiscard]] Condemned since(const KnownMarks& known) const;
  /// The newest marks seen: what the next record may say that it knows.
  [[nodiscard]] const KnownMarks& newest() const noexcept { return newest_; }

 private:
  const Vault& vault_;
  KnownMarks from_;
  KnownMarks newest_;
  /// Nothing condemns everything.
  std::map<std::pair<Generation, std::uint32_t>, std::optional<CondemnedObjects>> marks_;
};

/// The newest record of this vault's own chain that a writer may build upon: from `head` on the
/// first that missed no mark. Costs nothing where the fence knows no newer mark than the head does;
/// else it reads the pruners' records.
[[nodiscard]] std::optional<SnapshotRecord> newest_sound(const Vault& vault, const Fence& fence,
                                                         std::optional<SnapshotRecord> head);

/// The sweep records of every pruner, as far as they can be believed: for each pruner a listing and
/// its chain. Throws corrupt or stale if a chain has a gap, because a sweep may be hidden in it.
[[nodiscard]] Swept read_sweeps(const Vault& vault);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_FENCE_H_
