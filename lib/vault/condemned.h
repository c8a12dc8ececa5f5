#ifndef LIFEBOAT_VAULT_CONDEMNED_H_
#define LIFEBOAT_VAULT_CONDEMNED_H_

#include <compare>
#include <cstdint>
#include <map>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "vault/fields.h"
#include "vault/types.h"

/// What marks and sweep records name alike: docs/format/vault.md §12 (fields 17 to 19), §17.
namespace lifeboat::vault {

/// For each generation the number of the newest mark somebody knows; a generation without one is
/// absent. All marks up to that number are known with it.
using KnownMarks = std::map<Generation, std::uint32_t>;

/// Field 17, once for each generation.
void put_known_marks(FieldsWriter& fields, const KnownMarks& marks, bool critical);
/// One such field. Throws corrupt on a second one of its generation, and on number 0.
void take_known_mark(const Field& field, KnownMarks& into);
/// The newer of both in each generation.
[[nodiscard]] KnownMarks newest_of(KnownMarks a, const KnownMarks& b);
/// Whether `known` holds every mark that `needed` holds.
[[nodiscard]] bool knows(const KnownMarks& known, const KnownMarks& needed);

/// A pack or an index segment, as its name says it.
struct ObjectRef {
  Generation generation = 0;
  ObjectType type = ObjectType::data_pack;
  ObjectHash hash;
  friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
};

/// A session with all its headers.
struct SessionName {
  Generation generation = 0;
  SessionId id;
  friend auto operator<=>(const SessionName&, const SessionName&) = default;
};

/// What is condemned, or was removed. Stored: 37 and 20 bytes each.
struct CondemnedObjects {
  std::vector<ObjectRef> objects;
  std::vector<SessionName> sessions;

  /// Fields 18 and 19.
  void put(FieldsWriter& fields) const;
  /// Takes one of these fields; false if it is none. Throws corrupt.
  [[nodiscard]] bool take(const Field& field);
};

/// What a writer must not build upon: the hashes of condemned packs and segments.
struct Condemned {
  /// A mark that nobody can read condemns whatever was there before it.
  bool everything = false;
  std::unordered_set<ObjectHash, IdHash> hashes;

  [[nodiscard]] bool empty() const noexcept { return !everything && hashes.empty(); }
  [[nodiscard]] bool contains(const ObjectHash& hash) const {
    return everything || hashes.contains(hash);
  }
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CONDEMNED_H_
