#ifndef LIFEBOAT_VAULT_SNAPSHOT_WORD_H_
#define LIFEBOAT_VAULT_SNAPSHOT_WORD_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace lifeboat::vault {

struct History;
struct SnapshotRecord;
struct Trust;

/// How people name a snapshot: an id, the beginning of one, or a word that means the newest one of
/// a kind. A value; what it finds is choose()'s, or resolve_snapshot()'s (history.h).
struct SnapshotWord {
  enum class Kind { id, latest, latest_proven, before };

  Kind kind = Kind::id;
  std::string text;                   ///< as it was given
  std::optional<std::string> source;  ///< of latest:SOURCE and latest-proven:SOURCE
  Instant before;                     ///< of before:TIME

  /// Reads `latest`, `latest:SOURCE`, `latest-proven`, `latest-proven:SOURCE`, `before:TIME`, or 2
  /// and more digits of an id. TIME is RFC 3339, or `2026-11-22T03:00` in UTC, or a date, which is
  /// its beginning. Throws usage.
  [[nodiscard]] static SnapshotWord from_text(const std::string& text);
};

/// Throws usage if the word asks for what was taken before a moment that has yet to come.
void require_past(const SnapshotWord& word, Instant now);

/// The newest snapshot of that kind; not for ids. A snapshot counts as proven if the newest
/// attestation on each of its sources (or on the named one) says so; as taken before a moment if
/// all of its sources were. Throws not_found (with what there is); stale or corrupt if the chains
/// have a place at which a newer one may be hidden. Pure.
[[nodiscard]] const SnapshotRecord& choose(const History& history, const Trust& trust,
                                           const SnapshotWord& word);

/// Leaves the snapshots that hold one of these sources, and those whose sources this credential
/// does not show; all if none is named. Throws not_found, with the names that there are, for a
/// source that no snapshot holds, unless one may hold it unseen. Pure.
void keep_sources(History& history, const std::vector<std::string>& names);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SNAPSHOT_WORD_H_
