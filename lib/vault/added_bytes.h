#ifndef LIFEBOAT_VAULT_ADDED_BYTES_H_
#define LIFEBOAT_VAULT_ADDED_BYTES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "vault/history.h"
#include "vault/pins_and_forgets.h"
#include "vault/types.h"

/// What snapshots added to a vault, source by source, as their records say. Everything here is
/// pure.
namespace lifeboat::vault {

/// What one snapshot added for one of its sources. A record says what the whole snapshot added: of
/// several sources each is given the part that it has in the bytes read.
struct Addition {
  SnapshotId snapshot;
  Instant time;  ///< time_of()
  std::uint64_t seq = 0;
  std::uint64_t added_bytes = 0;
  std::uint64_t read_bytes = 0;
  std::size_t sources = 1;             ///< of the snapshot
  std::optional<Instant> forgotten{};  ///< since when; nothing = it is not
};

/// The snapshots of one source by one writer, oldest first.
struct SourceSeries {
  KeyId writer;
  std::string source;
  std::vector<Addition> additions;
  /// seq of the newest record of that chain that a sweep removed, 0 = none: what was added up to
  /// there is no longer known.
  std::uint64_t swept_seq = 0;

  /// Whether the first addition is the first one ever, so that it stored the source as a whole.
  bool begins_whole = true;

  [[nodiscard]] std::uint64_t added_bytes() const;
};

struct AddedBytes {
  std::vector<SourceSeries> series;   ///< by source, then by writer
  std::size_t sealed = 0;             ///< snapshots whose body this credential does not open
  std::size_t split = 0;              ///< snapshots of several sources
  std::size_t forgotten = 0;          ///< snapshots that are forgotten and not swept
  std::uint64_t forgotten_bytes = 0;  ///< that they added

  [[nodiscard]] std::uint64_t whole() const;
};

/// Every snapshot that is there, those that are forgotten too. Memory: 120 bytes for each source of
/// each.
[[nodiscard]] AddedBytes added_bytes(const History& history, const PinsAndForgets& pins);

/// Upper ends of ages: a day, 7, 30, 90, 365 days; what is older comes last.
inline constexpr std::array<std::chrono::days, 5> kAges = {
    std::chrono::days(1), std::chrono::days(7), std::chrono::days(30), std::chrono::days(90),
    std::chrono::days(365)};
using BytesByAge = std::array<std::uint64_t, kAges.size() + 1>;

/// What of a series was added how long ago; what is dated ahead counts as new.
[[nodiscard]] BytesByAge bytes_by_age(const SourceSeries& series, Instant now);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_ADDED_BYTES_H_
