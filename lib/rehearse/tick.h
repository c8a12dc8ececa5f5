#ifndef LIFEBOAT_REHEARSE_TICK_H_
#define LIFEBOAT_REHEARSE_TICK_H_

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drill/result.h"
#include "drill/tick_plan.h"
#include "vault/vault.h"

namespace lifeboat::rehearse {

/// How a snapshot of several sources ended.
struct SnapshotEnd {
  std::string snapshot;  ///< id, hex; empty = it failed
  bool whole = false;    ///< nothing of the user's is missing in it
  std::string message;   ///< why it failed
};

/// One round for matters of one kind: those of a writer (snapshots) or of an identity (drills).
struct TickRequest {
  const vault::Vault& vault;
  const Clock& clock;
  std::vector<drill::Recurring> recurring;
  /// Of these sources, in one. Not called without any.
  std::function<SnapshotEnd(const std::vector<std::string>& sources)> take_snapshot = {};
  std::function<drill::Result(const std::string& drill, Instant due)> run_drill = {};
  /// A result for a drill that nobody ran, or that never ended.
  std::function<drill::Result(const std::string& drill, Instant due, drill::Act act)> tell = {};
  /// Stores a result. Throws as record_result().
  std::function<void(const drill::Result& result)> record = {};
};

struct TickItem {
  drill::Matter matter = drill::Matter::drill;
  std::string name;
  Instant due;
  drill::Act act = drill::Act::start;
  bool good = false;
  std::string message;                  ///< for people
  std::optional<drill::Result> result;  ///< of a drill
};

struct TickReport {
  std::vector<TickItem> items;  ///< nothing was due = none
  std::uint64_t taken = 0;      ///< due times that somebody else took up while we looked
  bool interrupted = false;
};

/// One listing, a read for each claim that has no end, and then what is due: each step begins with
/// its claim, so ticks that come twice, late or side by side do no harm; its end is stored when its
/// result is. A snapshot that failed is tried again by a later tick, eight minutes on. Throws
/// refused if the store's clock is ahead by more than five minutes, and what the store throws; what
/// goes wrong in one matter is in its item.
[[nodiscard]] TickReport tick(const TickRequest& request, const std::stop_token& stop);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_TICK_H_
