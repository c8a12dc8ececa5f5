#ifndef LIFEBOAT_NOTIFY_SAMPLE_H_
#define LIFEBOAT_NOTIFY_SAMPLE_H_

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeboat::notify {

/// All samples of one name.
struct Family {
  std::string_view name;
  std::string_view help;
  bool counter = false;  ///< else a gauge
};

/// Every family there can be, in the order of docs/monitoring.md. Alert rules and dashboards may
/// name no other. Base units; the names end in them.
[[nodiscard]] std::span<const Family> families() noexcept;
/// Throws Error(internal) if there is none of that name.
[[nodiscard]] const Family& family_named(std::string_view name);

/// One number with its labels, in the order that they are written in. Labels are few and their
/// values come from configuration: app, source, drill, verdict, phase, result, runbook, step,
/// version. Never an id of a snapshot: each would be a series of its own for ever.
struct Sample {
  std::string_view name;  ///< of a family, which lives for ever
  std::vector<std::pair<std::string_view, std::string>> labels;
  double value = 0;
};

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_SAMPLE_H_
