#ifndef LIFEBOAT_DRILL_VERDICT_H_
#define LIFEBOAT_DRILL_VERDICT_H_

#include <string>

#include "drill/result.h"

/// What a finished drill comes to: docs/format/drill.md §2.1. Pure.
namespace lifeboat::drill {

/// From everything else in the result: error, leaks, sources, assertions, measures. Never missed.
[[nodiscard]] Verdict judge(const Result& result);

/// One sentence for people, by the verdict that is in the result.
[[nodiscard]] std::string summary_of(const Result& result);

/// Whether one is good; only that one is.
[[nodiscard]] constexpr bool is_good(Verdict verdict) noexcept {
  return verdict == Verdict::passed;
}

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_VERDICT_H_
