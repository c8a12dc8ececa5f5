#ifndef LIFEBOAT_VAULT_WITNESS_H_
#define LIFEBOAT_VAULT_WITNESS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "vault/chain_end.h"
#include "vault/vault.h"

/// A store can show an old state of itself, and all in it is signed. Whoever remembers a newer head
/// of a chain is a witness against that: other records, a log, a file, a person's note
/// (docs/format/vault.md §12.2).
namespace lifeboat::vault {

/// "snapshot/1f2e3d4c:17:0123456789abcdef": chain, first digits of its author, seq, first digits of
/// the record's id. What logs and screens show, and what NotedHead reads.
[[nodiscard]] std::string to_word(const SeenHead& head);

/// "snapshot/1f2e3d4c": the chain that a head belongs to.
[[nodiscard]] std::string chain_of(const SeenHead& head);

/// A head as somebody wrote it down: enough digits to notice another record in its place.
struct NotedHead {
  ObjectType type = ObjectType::snapshot;
  std::string author_digits;
  std::uint64_t seq = 0;
  std::string id_digits;

  /// Throws usage on anything but the form of to_word() with at least as many digits.
  [[nodiscard]] static NotedHead from_word(const std::string& word);
};

/// The newest record of each chain, its signature verified: a listing for each key that has a
/// chain, and a read for each chain that has records; of a chain that forks there, each of them.
/// Chains whose head cannot be read are left out: to tell of them is for a check.
[[nodiscard]] std::vector<SeenHead> read_heads(const Vault& vault);

/// The same, without the chain of this capability's own that `type` names: what a record says of
/// others.
[[nodiscard]] std::vector<SeenHead> read_other_heads(const Vault& vault, ObjectType type);

/// What every record says of the moment that it is written in: its place, the trust that its author
/// knows, and what he has seen of the other chains. Without its id.
[[nodiscard]] Link link_behind(const Vault& vault, const ChainEnd& end, std::vector<SeenHead> seen,
                               Instant started, Instant finished);

/// The heads that stand once this record is written: itself, and those that it has seen.
[[nodiscard]] std::vector<SeenHead> heads_after(ObjectType type, const Link& link);

/// What the store has against a head that somebody saw: that it ends before it, or shows another
/// record in its place. Nothing if it still shows it. At most a listing and a read.
[[nodiscard]] std::optional<std::string> contradiction(const Vault& vault, const SeenHead& seen);

/// Throws stale if the store does not show the noted record, not_found if trust lists no such
/// author, usage if it lists several.
void require_shown(const Vault& vault, const NotedHead& noted);

/// Throws stale if the newest snapshot ended before `oldest`, or there is none. A listing and a
/// read for each writer.
void require_snapshot_since(const Vault& vault, Instant oldest);

/// Compares what a vault's records say they have seen with the records that it shows. For one walk
/// over all chains; memory: 100 bytes a record.
class SeenHeads {
 public:
  /// A chain whose names the store lists up to `head`, readable or not.
  void note_listed(ObjectType type, const KeyId& author, std::uint64_t head);
  /// A record that is there, under that name, and what it says.
  void note(ObjectType type, const Link& link, const std::string& name);

  /// A record beside the cut-off of a revoked author, in naming mode hashed: seen or not, it counts
  /// for nothing.
  void note_void(ObjectType type, const KeyId& author, const LinkPlace& place);

  struct Contradiction {
    SeenHead seen;
    std::string witness;  ///< name of the record that saw it
    std::string what;
  };
  /// After the last record. What lies behind the cut-off of a revoked author is void, seen or not.
  [[nodiscard]] std::vector<Contradiction> contradictions(const Trust& trust) const;
  /// The newest record of each chain.
  [[nodiscard]] std::vector<SeenHead> heads() const;

 private:
  using Chain = std::pair<ObjectType, KeyId>;
  using Place = std::tuple<ObjectType, KeyId, std::uint64_t, ObjectHash>;
  std::map<Chain, std::uint64_t> listed_;
  std::map<Chain, std::map<std::uint64_t, std::set<ObjectHash>>> shown_;
  std::set<std::tuple<ObjectType, KeyId, std::uint64_t, NameMark>> void_;
  std::map<Place, std::string> seen_;  ///< and the name of a witness
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_WITNESS_H_
