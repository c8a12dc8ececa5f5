#ifndef LIFEBOAT_TESTS_UNIT_NOTIFY_EXPOSITION_CHECK_H_
#define LIFEBOAT_TESTS_UNIT_NOTIFY_EXPOSITION_CHECK_H_

#include <string>

namespace lifeboat::notify {

/// What a strict reader of Prometheus' text format 0.0.4 objects to in a text, a line each: syntax,
/// HELP and TYPE exactly once and in front, samples of a family together and none twice, no time
/// stamps; and what promtool's linter objects to in names: units that are not base units, types in
/// names, counters without _total, capital letters. Empty = nothing.
[[nodiscard]] std::string exposition_faults(const std::string& text);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_TESTS_UNIT_NOTIFY_EXPOSITION_CHECK_H_
