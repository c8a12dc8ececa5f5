#ifndef LIFEBOAT_REPORT_DRILL_PAGE_H_
#define LIFEBOAT_REPORT_DRILL_PAGE_H_

#include <string>

#include "report/drill_report.h"
#include "report/element.h"

namespace lifeboat::report {

/// The report as one HTML file: no script, nothing that is loaded from anywhere, light and dark,
/// readable from 360 pixels of width on and on A4. The same report gives the same bytes. Size:
/// about 40 kB and 600 bytes a run. docs/drill-report.md says what each figure means.
[[nodiscard]] std::string drill_page(const DrillReport& report);

/// The page's sections; each is empty where it would say nothing.
[[nodiscard]] Markup head_of(const DrillReport& report);  ///< verdict and key figures
[[nodiscard]] Markup objectives_section(const DrillReport& report);
[[nodiscard]] Markup phases_section(const DrillReport& report);
[[nodiscard]] Markup trend_section(const DrillReport& report);
[[nodiscard]] Markup size_section(const DrillReport& report);
[[nodiscard]] Markup calendar_section(const DrillReport& report);
[[nodiscard]] Markup coverage_section(const DrillReport& report);
[[nodiscard]] Markup drills_section(const DrillReport& report);
[[nodiscard]] Markup assertions_section(const DrillReport& report);
[[nodiscard]] Markup not_tested_section(const DrillReport& report);
[[nodiscard]] Markup differences_section(const DrillReport& report);
[[nodiscard]] Markup leaks_section(const DrillReport& report);
[[nodiscard]] Markup runs_section(const DrillReport& report);
[[nodiscard]] Markup proof_section(const DrillReport& report);  ///< hashes, and how to verify

/// A titled section around its content.
[[nodiscard]] Markup section(std::string_view title, const Markup& content,
                             std::string_view style = {});
/// The verdict with its mark, in its colour.
[[nodiscard]] Markup verdict_markup(drill::Verdict verdict);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_DRILL_PAGE_H_
