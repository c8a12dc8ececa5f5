#ifndef LIFEBOAT_TESTS_REPORT_DRILL_FACTS_H_
#define LIFEBOAT_TESTS_REPORT_DRILL_FACTS_H_

#include <cstddef>
#include <string>

#include "report/drill_report.h"

/// Drills that never ran, for tests of what a report makes of them. Pure: the same every time.
namespace lifeboat::test {

/// "2026-11-23T07:41:00Z"
[[nodiscard]] Instant moment(const std::string& text);

/// A restore drill of shop-db and sessions that passed in 22 min of 60.
[[nodiscard]] report::Run passed_run(Instant declared);
/// The same as it would be with that verdict.
[[nodiscard]] report::Run run_with(drill::Verdict verdict, Instant declared);
/// A readiness drill, which restores nothing.
[[nodiscard]] report::Run readiness_run(Instant declared);

/// `count` runs, evenly over the year before `now`, of data that grows; about one in ten is not
/// passed.
[[nodiscard]] report::DrillFacts year_of_drills(std::size_t count, Instant now);

}  // namespace lifeboat::test

#endif  // LIFEBOAT_TESTS_REPORT_DRILL_FACTS_H_
