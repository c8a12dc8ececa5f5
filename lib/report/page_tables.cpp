#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "report/drill_page.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using drill::AssertionResult;
using drill::Result;

constexpr std::size_t kDrillColumns = 4;

Markup told(std::string_view sentence) { return element("p", sentence, "said"); }

Markup list_of(const std::vector<std::string>& items) {
  Markup list;
  for (const std::string& item : items) list += element("li", item);
  return element("ul", list, "list");
}

std::string_view mark_of(AssertionResult result) {
  switch (result) {
    case AssertionResult::pass:
      return "passed";
    case AssertionResult::warn:
      return "objective_missed";
    case AssertionResult::fail:
      return "failed";
    case AssertionResult::error:
      return "errored";
    case AssertionResult::not_applicable:
      return "missed";
  }
  return "errored";
}

std::string_view colour_of(AssertionResult result) {
  switch (result) {
    case AssertionResult::pass:
      return "good";
    case AssertionResult::warn:
      return "care";
    case AssertionResult::fail:
    case AssertionResult::error:
      return "bad";
    case AssertionResult::not_applicable:
      return "quiet";
  }
  return "bad";
}

Markup or_dash(const std::optional<std::chrono::milliseconds>& duration) {
  return words(duration ? span(*duration) : "–");
}

/// "3 d", and when; a source that was never verified says so.
Markup age_cell(const std::optional<Instant>& verified, Instant now) {
  if (!verified) return inline_mark("missed") + element("span", "never", "quiet");
  return inline_mark("passed") + words(coarse_span(now - *verified)) +
         element("small", day_and_month(std::chrono::floor<std::chrono::days>(*verified)));
}

/// Columns `first` to `end` of the matrix; a page is not as wide as drills are many.
Markup coverage_table(const DrillReport& report, std::size_t first, std::size_t end) {
  std::vector<Heading> headings = {{"source"}, {"any proof"}};
  for (std::size_t column = first; column < end; ++column) {
    headings.push_back({report.drills[column].drill});
  }
  Table table(headings, "grid");
  for (const Coverage& row : report.coverage) {
    std::vector<Markup> cells = {words(row.source.name) + element("small", row.source.kind)};
    if (row.source.holds_data) {
      cells.push_back(age_cell(row.proven(), report.made_at));
    } else {
      cells.push_back(element("span", "a cache", "quiet"));
    }
    for (std::size_t column = first; column < end; ++column) {
      cells.push_back(row.verified[column] ? age_cell(row.verified[column], report.made_at)
                                           : element("span", "–", "quiet"));
    }
    table.add(cells);
  }
  return table.markup();
}

Markup assertion_text(const drill::AssertionOutcome& outcome) {
  std::string below;
  const auto add = [&below](const std::string& what) {
    below += (below.empty() ? "" : ", ") + what;
  };
  if (!outcome.source.empty()) add("on " + outcome.source);
  if (!outcome.expected.empty()) add("expected " + outcome.expected);
  if (!outcome.found.empty()) add("found " + outcome.found);
  if (outcome.severity == drill::Severity::warn) add("warns only");
  Markup text = words(outcome.name);
  if (!below.empty()) text += element("small", below);
  if (!outcome.detail.empty()) text += element("small", outcome.detail);
  return text;
}

}  // namespace

Markup drills_section(const DrillReport& report) {
  if (report.drills.size() < 2) return {};
  Table table({{"drill"}, {"newest run", "v"}, {"when", "v"}, {"recovery", "n"}, {"passed", "n"}});
  for (const DrillLine& line : report.drills) {
    const Result& newest = line.newest.result;
    table.add({words(line.drill), verdict_markup(newest.verdict),
               words(to_minute(newest.declared).substr(0, 10)), or_dash(newest.measured.rta),
               words(std::to_string(line.passed) + "/" + std::to_string(line.due))});
  }
  return section("Every drill", element("p",
                                        "The last column: how many of those run or due in 90 "
                                        "days passed.") +
                                    table.markup());
}

Markup coverage_section(const DrillReport& report) {
  if (report.coverage.empty()) return {};
  Markup tables;
  for (std::size_t first = 0; first < report.drills.size(); first += kDrillColumns) {
    tables += coverage_table(report, first, std::min(first + kDrillColumns, report.drills.size()));
  }
  return section("Coverage", element("p",
                                     "How long ago each source was last restored and proven, "
                                     "by any proof and by each drill.") +
                                 tables);
}

Markup assertions_section(const DrillReport& report) {
  const Result& newest = report.newest().result;
  if (newest.assertions.empty()) return {};
  Table table({{"assertion"}, {"result", "v"}, {"took", "n"}});
  for (const auto& outcome : newest.assertions) {
    table.add({assertion_text(outcome),
               inline_mark(mark_of(outcome.result)) +
                   element("span", result_word(outcome.result), colour_of(outcome.result)),
               words(span(outcome.took))});
  }
  return section("Assertions", table.markup(), "long");
}

Markup not_tested_section(const DrillReport& report) {
  return section("What was not tested", list_of(report.not_tested), "long");
}

Markup differences_section(const DrillReport& report) {
  if (report.runs.size() < 2) {
    return section("Against the run before", told("There is none in this report."));
  }
  return section("Against the run before",
                 report.differences.empty()
                     ? told("Nothing to tell: the same in all that is compared.")
                     : list_of(report.differences),
                 "long");
}

Markup leaks_section(const DrillReport& report) {
  const Result& newest = report.newest().result;
  if (newest.leaks.empty()) {
    const bool ran = newest.verdict != drill::Verdict::missed;
    return section("Leaks", told(ran ? "None: nothing that the drill made was left behind."
                                     : "None: the drill made nothing."));
  }
  Table table({{"what"}, {"where"}});
  for (const drill::Leak& leak : newest.leaks) table.add({words(leak.what), words(leak.where)});
  return section("Leaks", table.markup());
}

Markup runs_section(const DrillReport& report) {
  if (report.runs.size() < 2) return {};
  Table table({{"declared", "v"},
               {"verdict", "v"},
               {"recovery", "n"},
               {"lost", "n"},
               {"restored", "n far"},
               {"record", "far"}});
  for (auto run = report.runs.rbegin(); run != report.runs.rend(); ++run) {
    const Result& result = run->result;
    table.add(
        {words(to_minute(result.declared)), verdict_markup(result.verdict),
         or_dash(result.measured.rta), or_dash(result.measured.rpa),
         words(result.measured.read_bytes == 0 ? "–" : human_bytes(result.measured.read_bytes)),
         element("span", run->record.substr(0, 8), "id")});
  }
  return section("All runs of this report",
                 element("details", element("summary", plural(report.runs.size(), "run") +
                                                           ", newest first, as a table") +
                                        table.markup()),
                 "long");
}

}  // namespace lifeboat::report
