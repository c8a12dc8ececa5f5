#ifndef LIFEBOAT_CLI_DRILL_TICK_REPORT_H_
#define LIFEBOAT_CLI_DRILL_TICK_REPORT_H_

#include <string>
#include <vector>

#include "cli/json.h"
#include "cli/paint.h"
#include "rehearse/tick.h"

namespace lifeboat::cli {

struct Heartbeat {
  std::string source;
  std::string failure;  ///< empty = it was written
};

/// All that one tick did.
struct TickStory {
  std::vector<drill::Result> reaped;
  std::vector<Heartbeat> heartbeats;
  std::vector<std::string> unreadable;  ///< drills' files, with why
  std::vector<rehearse::TickItem> items;
  std::uint64_t taken = 0;
  bool interrupted = false;

  /// Whether nothing of it wants a look.
  [[nodiscard]] bool good() const;
};

[[nodiscard]] std::string tick_text(const TickStory& story, const Paint& paint);
[[nodiscard]] Json tick_json(const TickStory& story);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_TICK_REPORT_H_
