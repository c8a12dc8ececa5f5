// report_pages DIRECTORY: writes the pages that browser_test.py looks at, one a state.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "drill_facts.h"
#include "report/drill_page.h"

namespace {

using namespace lifeboat;
using namespace std::chrono_literals;

const Instant kNow = test::moment("2026-11-23T07:41:00Z");

void write(const std::filesystem::path& folder, const std::string& name,
           const report::DrillFacts& facts, const report::DrillReportRequest& request) {
  const auto report = report::make_drill_report(facts, request);
  std::ofstream file(folder / (name + ".html"), std::ios::binary);
  file << report::drill_page(report);
  if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

/// Names as nobody would choose them: long without a gap, and markup.
report::DrillFacts absurd() {
  const std::string longest(180, 'w');
  const std::string markup = "<script>alert(1)</script>\"'&<b onclick=x>";
  report::DrillFacts facts = test::year_of_drills(40, kNow);
  for (report::Run& run : facts.runs) {
    drill::Result& result = run.result;
    result.drill = longest;
    result.title = markup + longest;
    result.host = longest;
    result.not_tested = {longest + " " + longest, markup};
    for (auto& source : result.sources) source.name += "-" + longest;
    for (auto& source : result.sources) source.scratch = markup;
    for (auto& phase : result.phases) phase.source = longest;
    for (auto& outcome : result.assertions) {
      outcome.name = longest + markup;
      outcome.expected = longest;
      outcome.found = markup;
    }
    result.leaks = {{longest, longest}};
  }
  for (auto& source : facts.sources) source.name = markup + source.name + longest;
  return facts;
}

report::DrillFacts many_drills() {
  report::DrillFacts facts = test::year_of_drills(60, kNow);
  for (int number = 0; number < 11; ++number) {
    report::Run run = test::passed_run(kNow - 24h * (3 + 5 * number));
    run.result.drill = "drill-of-region-" + std::to_string(number);
    run.result.run += std::to_string(number);
    facts.runs.push_back(run);
  }
  facts.runs.push_back(test::readiness_run(kNow - 6h));
  return facts;
}

void write_all(const std::filesystem::path& folder) {
  const report::DrillReportRequest plain{.drill = {}, .made_at = kNow, .since = {}, .last = {}};
  for (const std::size_t count : {1, 2, 12, 400}) {
    write(folder, "runs-" + std::to_string(count), test::year_of_drills(count, kNow), plain);
  }
  for (int number = 0; number <= static_cast<int>(drill::Verdict::cleanup_failed); ++number) {
    const auto verdict = static_cast<drill::Verdict>(number);
    report::DrillFacts facts = test::year_of_drills(20, kNow - 48h);
    facts.runs.push_back(test::run_with(verdict, kNow - 2h));
    write(folder, std::string(name_of(verdict)), facts, plain);
  }
  write(folder, "absurd", absurd(), plain);
  write(folder, "many-drills", many_drills(), {"weekly-restore", kNow, {}, {}});
  write(folder, "readiness", many_drills(), {"nightly-readiness", kNow, {}, {}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: report_pages DIRECTORY\n";
    return 2;
  }
  write_all(argv[1]);
  return 0;
}
