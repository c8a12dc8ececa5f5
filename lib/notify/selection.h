#ifndef LIFEBOAT_NOTIFY_SELECTION_H_
#define LIFEBOAT_NOTIFY_SELECTION_H_

#include <set>
#include <string>
#include <vector>

#include "config/notify_section.h"
#include "notify/event.h"

namespace lifeboat::notify {

/// Which events a sink, or a drill, asks for. A value.
class Selection {
 public:
  /// `on`: words of config::kEventWords; none = what the kind gets by itself: healthchecks,
  /// webhook and newrelic all, slack problems and recovered, pagerduty problems. `only`: names of
  /// sources and drills; none = any. Throws Error(usage) on a word that is none.
  Selection(config::SinkKind kind, const std::vector<std::string>& on,
            const std::vector<std::string>& only);

  /// A test is always asked for.
  [[nodiscard]] bool asks_for(const Event& event) const;

 private:
  [[nodiscard]] bool asks_for(What what) const;

  std::set<What> whats_;
  bool recovered_ = false;
  bool ends_alerts_;  ///< what is good ends the alert that what is bad raised
  std::set<std::string> only_;
};

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_SELECTION_H_
