#ifndef LIFEBOAT_REPORT_PAGE_STYLE_H_
#define LIFEBOAT_REPORT_PAGE_STYLE_H_

#include <string_view>

namespace lifeboat::report {

/// The page's whole style sheet: light, dark (on screens alone), narrow, and printed on A4. It
/// loads nothing. Colours are custom properties, so that a test can measure their contrast.
[[nodiscard]] std::string_view page_style() noexcept;

/// The marks of the verdicts, as definitions that drawings and texts refer to by `#name`: passed,
/// objective_missed, failed, errored, missed, aborted, cleanup_failed, crossing. Each has a shape
/// of its own, so that nothing hangs on a colour.
[[nodiscard]] std::string_view page_marks() noexcept;

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_PAGE_STYLE_H_
