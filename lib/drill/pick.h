#ifndef LIFEBOAT_DRILL_PICK_H_
#define LIFEBOAT_DRILL_PICK_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/scenario.h"
#include "drill/result.h"
#include "vault/history.h"

namespace lifeboat::drill {

struct Pick {
  const vault::SnapshotRecord* record = nullptr;  ///< in the history; never null
  PickedSnapshot told;
  std::vector<std::string> sources;  ///< that are to be restored, in the snapshot's order
  std::optional<std::chrono::milliseconds> exposure;
};

/// Which snapshot a drill restores: docs/format/drill.md §1.3. `seed` = the due time as in names,
/// or the declared moment. Pure. Throws not_found (no candidate, with what there is), denied if
/// this credential does not show which sources the snapshots hold.
[[nodiscard]] Pick pick_snapshot(const vault::History& history, const config::Scenario& scenario,
                                 const std::string& seed, Instant declared);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_PICK_H_
