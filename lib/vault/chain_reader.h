#ifndef LIFEBOAT_VAULT_CHAIN_READER_H_
#define LIFEBOAT_VAULT_CHAIN_READER_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "vault/types.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// The names of one chain, as one listing of the store gave them.
struct ChainListing {
  std::string first_name;  ///< of any of its objects, for messages
  std::uint64_t head = 0;  ///< seq of the newest record; 0 = there is none
  std::set<std::uint64_t> seqs;
  std::map<std::uint64_t, std::vector<NameMark>> marks;  ///< in naming mode hashed
  std::set<std::uint64_t> rolls;

  /// The records of a place: none, one, or, where the chain forks, more.
  [[nodiscard]] std::vector<LinkPlace> at(std::uint64_t seq) const;
};

/// Every chain of that type, by author; one listing of the store. Memory: 50 bytes a record,
/// 130 in naming mode hashed.
[[nodiscard]] std::map<KeyId, ChainListing> list_chains(const Vault& vault, ObjectType type);
/// The same of one chain.
[[nodiscard]] ChainListing list_chain(const Vault& vault, ObjectType type, const KeyId& author);

/// The same of one author alone.
[[nodiscard]] std::map<KeyId, ChainListing> list_chains(const Vault& vault, ObjectType type,
                                                        const KeyId& author);

/// What a walk does with rolls.
enum class RollUse {
  instead_of_records,   ///< a roll's records are taken where the chain proves them: few requests
  compare_with_records  ///< every record is read alone, and every roll compared with its records
};

/// What a roll has wrong; the records count nonetheless.
struct RollProblem {
  ErrorKind kind = ErrorKind::corrupt;
  std::string object;
  std::string what;
};

/// Reads the records of one chain, newest first, out of rolls where it can: docs/format/vault.md
/// §12.1. For one walk; not thread-safe. `vault` and `listing` must outlive it. Memory: one roll.
class ChainReader {
 public:
  ChainReader(const Vault& vault, ObjectType type, const KeyId& author, const ChainListing& listing,
              RollUse use)
      : vault_(vault), type_(type), author_(author), listing_(listing), use_(use) {}

  /// The bytes of the record at `place`, which is in the listing. `expected` is its SHA256 as the
  /// record behind it names it, if that one could be read. Throws stale if it vanished since.
  [[nodiscard]] Bytes stored(const LinkPlace& place, const std::optional<ObjectHash>& expected);

  /// After the walk: rolls that reach beyond the head are told too.
  [[nodiscard]] std::vector<RollProblem> take_problems();

 private:
  /// Whether that is another record of the same place, which a roll may hold instead.
  [[nodiscard]] bool is_beside(const LinkPlace& place, ByteView rolled) const;
  void open_roll(std::uint64_t number);
  [[nodiscard]] std::optional<ByteView> in_roll(std::uint64_t seq);
  void roll_problem(ErrorKind kind, std::uint64_t number, const std::string& what);

  const Vault& vault_;
  ObjectType type_;
  KeyId author_;
  const ChainListing& listing_;
  RollUse use_;
  std::uint64_t open_number_ = 0;  // of the roll below; 0 = none yet
  Bytes roll_;
  std::vector<ByteView> records_;  // empty where the roll is not to be used
  std::vector<RollProblem> problems_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CHAIN_READER_H_
