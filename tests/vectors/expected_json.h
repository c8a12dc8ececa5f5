#ifndef LIFEBOAT_TESTS_VECTORS_EXPECTED_JSON_H_
#define LIFEBOAT_TESTS_VECTORS_EXPECTED_JSON_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lifeboat::vectors {

/// A stream as it was before it went into the vault.
struct ExpectedStream {
  std::string source;
  std::uint8_t kind = 0;  ///< as in docs/format/vault.md §11
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< hexadecimal
};

struct ExpectedSnapshot {
  std::string id;  ///< hexadecimal
  bool complete = true;
  bool loses = false;   ///< something of the user's could not be carried
  bool proven = false;  ///< an attestation says so
  bool pinned = false;
  bool forgotten = false;
  std::vector<ExpectedStream> streams = {};
};

/// What one vault has to give: the file `expected.json` beside it.
struct Expected {
  std::vector<ExpectedSnapshot> snapshots = {};  ///< oldest first
  std::vector<std::string> swept = {};           ///< ids of those that a tombstone stands for
  std::vector<std::string> unaware = {};         ///< ids of those that missed a mark, and are void

  /// Throws std::out_of_range unless it is among the snapshots.
  [[nodiscard]] ExpectedSnapshot& named(const std::string& id);
};

[[nodiscard]] std::string to_json(const Expected& expected);
/// Throws std::exception on a file that is absent or malformed.
[[nodiscard]] Expected read_expected(const std::filesystem::path& file);

}  // namespace lifeboat::vectors

#endif  // LIFEBOAT_TESTS_VECTORS_EXPECTED_JSON_H_
