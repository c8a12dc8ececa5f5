#ifndef LIFEBOAT_VAULT_OBJECT_NAMES_H_
#define LIFEBOAT_VAULT_OBJECT_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "store/object_store.h"
#include "vault/types.h"

/// Every object name is made and parsed here: docs/format/vault.md §2.
namespace lifeboat::vault {

/// The first 8 bytes of a record's SHA256: in naming mode hashed they end its name.
using NameMark = Id<struct NameMarkTag, 8>;
[[nodiscard]] NameMark mark_of(const ObjectHash& id);

/// A place in a chain, and, in naming mode hashed, which of the records there.
struct LinkPlace {
  LinkPlace(std::uint64_t number) : seq(number) {}  // NOLINT: in mode conditional it is a number
  LinkPlace(std::uint64_t number, const std::optional<NameMark>& which)
      : seq(number), mark(which) {}

  std::uint64_t seq = 0;
  std::optional<NameMark> mark;
};

}  // namespace lifeboat::vault

namespace lifeboat::vault::names {

using store::ObjectKey;

[[nodiscard]] ObjectKey format();
[[nodiscard]] ObjectKey trust(std::uint32_t number);
/// `again` = n of a session sealed again; 0 = the plain header.
[[nodiscard]] ObjectKey session(Generation generation, const SessionId& id,
                                std::uint64_t again = 0);
/// The greatest n of a session sealed again.
inline constexpr std::uint64_t kMaxSealedAgain = 999;
[[nodiscard]] ObjectKey pack(ObjectType type, Generation generation, const ObjectHash& hash);
[[nodiscard]] ObjectKey index_segment(Generation generation, const ObjectHash& hash);
[[nodiscard]] ObjectKey mark(Generation generation, std::uint32_t number);
/// `type` is snapshot or record; the chain's head has the first name of a listing.
[[nodiscard]] ObjectKey link(ObjectType type, const KeyId& author, const LinkPlace& place);
/// Of such a chain; `number` = seq of its last record / 128.
[[nodiscard]] ObjectKey roll(ObjectType chain, const KeyId& author, std::uint32_t number);

/// `attempt` from 1; 0 = the claim that says that the matter has ended.
[[nodiscard]] ObjectKey claim(const std::string& kind, const std::string& name,
                              const std::string& due, std::uint64_t attempt);
inline constexpr std::uint64_t kMostAttempts = 999;

/// Prefixes for listings; each ends in '/'.
inline constexpr const char* kTrustPrefix = "trust/";
inline constexpr const char* kSnapshotPrefix = "snapshot/";
inline constexpr const char* kRecordPrefix = "record/";
inline constexpr const char* kClaimPrefix = "claim/";
[[nodiscard]] std::string session_prefix(Generation generation);
[[nodiscard]] std::string mark_prefix(Generation generation);
[[nodiscard]] std::string chain_prefix(ObjectType type, const KeyId& author);

/// What a name says; `type` tells which of the others mean something.
struct Parsed {
  ObjectType type = ObjectType::format;
  Generation generation = 0;
  /// Trust number, seq, n of a session sealed again, of a mark or a roll, attempt of a claim (0 =
  /// ended).
  std::uint64_t number = 0;
  KeyId author;                             ///< of snapshot, record and roll
  std::optional<NameMark> mark;             ///< of snapshot and record, in naming mode hashed
  ObjectType chain = ObjectType::snapshot;  ///< of a roll: snapshot or record
  SessionId session;
  ObjectHash hash;  ///< of packs and index segments
  std::string claim_kind;
  std::string claim_name;
  std::string claim_due;
};
/// Nothing for a name that no object of this format has.
[[nodiscard]] std::optional<Parsed> parse(const std::string& name);

}  // namespace lifeboat::vault::names

#endif  // LIFEBOAT_VAULT_OBJECT_NAMES_H_
