#include "report/drill_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::days kBudgetWindow{90};
constexpr milliseconds kLongest = std::chrono::days(3650);

void bound(milliseconds& duration) { duration = std::clamp(duration, milliseconds(0), kLongest); }
void bound(std::optional<milliseconds>& duration) {
  if (duration) bound(*duration);
}

Run bounded(Run run) {
  drill::Result& result = run.result;
  bound(result.objectives.rto);
  bound(result.objectives.rpo);
  bound(result.measured.rta);
  bound(result.measured.rpa);
  bound(result.measured.exposure);
  for (drill::Phase& phase : result.phases) {
    bound(phase.start);
    bound(phase.took);
  }
  for (drill::SourceResult& source : result.sources) {
    bound(source.restore_took);
    bound(source.compare_took);
  }
  return run;
}

/// Oldest first. Of two records of one run the older one counts (docs/format/drill.md §2).
std::vector<Run> counted(const DrillFacts& facts, const DrillReportRequest& request) {
  std::vector<Run> runs;
  for (const Run& run : facts.runs) {
    if (run.result.finished <= request.made_at) runs.push_back(bounded(run));
  }
  std::ranges::stable_sort(runs, {}, [](const Run& run) { return run.result.finished; });
  std::set<std::string> seen;
  std::erase_if(runs, [&seen](const Run& run) { return !seen.insert(run.result.run).second; });
  std::ranges::stable_sort(runs, {}, [](const Run& run) { return run.result.declared; });
  return runs;
}

std::vector<DrillLine> lines_of(const std::vector<Run>& runs, Instant now) {
  std::map<std::string, DrillLine> lines;
  for (const Run& run : runs) {
    DrillLine& line = lines[run.result.drill];
    line.drill = run.result.drill;
    line.newest = run;
    if (run.result.declared < now - kBudgetWindow) continue;
    ++line.due;
    if (run.result.verdict == drill::Verdict::passed) ++line.passed;
  }
  std::vector<DrillLine> sorted;
  for (auto& [name, line] : lines) sorted.push_back(std::move(line));
  return sorted;
}

/// Sources that only drills know are old ones, that no new snapshot holds; they count as well.
std::vector<Coverage> coverage_of(const DrillFacts& facts, const std::vector<Run>& runs,
                                  const std::vector<DrillLine>& drills) {
  std::map<std::string, Coverage> rows;
  const auto row = [&](const KnownSource& source) -> Coverage& {
    auto [place, fresh] = rows.try_emplace(source.name);
    if (fresh) place->second = {source, std::vector<std::optional<Instant>>(drills.size())};
    return place->second;
  };
  for (const KnownSource& source : facts.sources) row(source);
  for (const Run& run : runs) {
    const auto column = std::ranges::find(drills, run.result.drill, &DrillLine::drill);
    const auto number = static_cast<std::size_t>(column - drills.begin());
    for (const drill::SourceResult& source : run.result.sources) {
      auto& verified = row({source.name, source.kind, true, std::nullopt}).verified[number];
      if (source.proven.value_or(false))
        verified = std::max(verified, std::optional(run.result.finished));
    }
  }
  std::vector<Coverage> sorted;
  for (auto& [name, coverage] : rows) sorted.push_back(std::move(coverage));
  return sorted;
}

std::string names_of(const std::vector<DrillLine>& lines) {
  std::string names;
  for (const DrillLine& line : lines) names += (names.empty() ? "" : ", ") + line.drill;
  return names;
}

void keep_asked(DrillReport& report, const DrillReportRequest& request) {
  std::erase_if(report.runs, [&](const Run& run) {
    return run.result.drill != report.drill ||
           (request.since && run.result.declared < *request.since);
  });
  if (request.last && report.runs.size() > *request.last) {
    report.runs.erase(report.runs.begin(),
                      report.runs.end() - static_cast<std::ptrdiff_t>(*request.last));
  }
  if (report.runs.empty()) {
    throw Error(ErrorKind::not_found, "no run of " + report.drill + " in that time",
                "leave out --since, or ask for an earlier one");
  }
}

std::optional<drill::Forecast> forecast_of(const std::vector<Run>& runs) {
  std::vector<const drill::Result*> results;
  for (const Run& run : runs) results.push_back(&run.result);
  return drill::forecast_rto(results);
}

/// The run before the newest that was one: a drill that nobody started has nothing to compare.
const drill::Result* run_before(const std::vector<Run>& runs) {
  for (auto run = runs.rbegin() + 1; run < runs.rend(); ++run) {
    if (run->result.verdict != drill::Verdict::missed) return &run->result;
  }
  return nullptr;
}

}  // namespace

std::optional<Instant> Coverage::newest() const {
  std::optional<Instant> newest;
  for (const auto& moment : verified) newest = std::max(newest, moment);
  return newest;
}

const DrillLine& DrillReport::line() const {
  return *std::ranges::find(drills, drill, &DrillLine::drill);
}

DrillReport make_drill_report(const DrillFacts& facts, const DrillReportRequest& request) {
  DrillReport report;
  report.vault = facts.vault;
  report.made_at = request.made_at;
  report.runs = counted(facts, request);
  report.drills = lines_of(report.runs, request.made_at);
  if (report.runs.empty()) {
    throw Error(ErrorKind::not_found, "no drill is recorded in this vault",
                "lifeboat drill run FILE runs one");
  }
  report.drill = request.drill.value_or(report.newest().result.drill);
  if (std::ranges::find(report.drills, report.drill, &DrillLine::drill) == report.drills.end()) {
    throw Error(ErrorKind::not_found, "no run of a drill \"" + report.drill + "\" is recorded",
                "there are runs of " + names_of(report.drills));
  }
  report.coverage = coverage_of(facts, report.runs, report.drills);
  keep_asked(report, request);
  report.forecast = forecast_of(report.runs);
  const drill::Result& newest = report.newest().result;
  for (const Coverage& row : report.coverage) {
    if (row.source.holds_data && !row.newest()) {
      report.not_tested.push_back(row.source.name + ": no drill has ever restored and proven it");
    }
  }
  for (std::string& item : not_tested_in(newest)) report.not_tested.push_back(std::move(item));
  if (const drill::Result* before = run_before(report.runs);
      before != nullptr && newest.verdict != drill::Verdict::missed) {
    report.differences = differences_of(*before, newest);
  }
  return report;
}

}  // namespace lifeboat::report
