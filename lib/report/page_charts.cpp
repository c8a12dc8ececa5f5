#include <algorithm>
#include <functional>
#include <map>

#include "base/plural.h"
#include "base/units.h"
#include "report/calendar_chart.h"
#include "report/drill_page.h"
#include "report/objective_bars.h"
#include "report/phase_chart.h"
#include "report/size_chart.h"
#include "report/trend_chart.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using drill::Result;
using std::chrono::milliseconds;

constexpr std::size_t kMostPhases = 30;

/// Both drawings of a chart; nothing if there is none.
Markup figure(const std::function<std::string(Width)>& draw) {
  const std::string wide = draw(Width::wide);
  if (wide.empty()) return {};
  return element("figure", html(wide) + html(draw(Width::narrow)));
}

Markup told(std::string_view sentence) { return element("p", sentence, "said"); }

std::string told_of(const Result& result) {
  std::string text = to_minute(result.declared) + " UTC: " + verdict_word(result.verdict);
  if (result.measured.rta) text += ", " + span(*result.measured.rta);
  return text;
}

/// From the same day a year before, or from the first run if that is later.
Instant year_before(const DrillReport& report) {
  const Instant first = report.runs.front().result.declared;
  const Instant year = report.made_at - std::chrono::days(365);
  return std::max(first, year);
}

Trend trend_of(const DrillReport& report) {
  Trend trend{.from = year_before(report), .to = report.made_at, .points = {}};
  for (const Run& run : report.runs) {
    const Result& result = run.result;
    if (result.declared < trend.from || result.declared > trend.to) continue;
    trend.points.push_back({result.declared, result.measured.rta, result.objectives.rto,
                            name_of(result.verdict), told_of(result)});
  }
  return trend;
}

/// Milliseconds a byte of the middle run.
double middle_speed(const std::vector<SizePoint>& points) {
  std::vector<double> speeds;
  for (const SizePoint& point : points) {
    speeds.push_back(static_cast<double>(point.took.count()) /
                     static_cast<double>(std::max<std::uint64_t>(point.size_bytes, 1)));
  }
  std::ranges::sort(speeds);
  return speeds[speeds.size() / 2];
}

SizeAgainstTime sizes_of(const DrillReport& report) {
  SizeAgainstTime data;
  for (const Run& run : report.runs) {
    const Result& result = run.result;
    if (!result.measured.rta || result.measured.read_bytes == 0) continue;
    data.points.push_back({result.measured.read_bytes, *result.measured.rta,
                           name_of(result.verdict),
                           told_of(result) + ", " + human_bytes(result.measured.read_bytes)});
  }
  data.objective = report.newest().result.objectives.rto;
  if (data.points.size() < 2 || !data.objective) return data;
  const double speed = middle_speed(data.points);
  if (speed <= 0) return data;
  const double bytes = static_cast<double>(data.objective->count()) / speed;
  if (bytes < 1e18) {
    data.breach_bytes = static_cast<std::uint64_t>(bytes);
    data.breach_label = span(*data.objective) + " at " + human_bytes(*data.breach_bytes);
    if (report.forecast) data.breach_label += ", " + drill::to_text(*report.forecast);
  }
  return data;
}

std::string forecast_sentence(const DrillReport& report) {
  const auto& rto = report.newest().result.objectives.rto;
  if (!rto) return "No objective is set that could be missed.";
  if (!report.forecast) {
    return "No day is in sight on which the objective of " + span(*rto) +
           " would be missed: the data does not grow, or fewer than five runs measured a time.";
  }
  if (report.forecast->when <= report.made_at) {
    return "By its growth the data is already too large for the objective of " + span(*rto) + ".";
  }
  return "If the data grows as it did, the objective of " + span(*rto) + " will be missed on " +
         drill::to_text(*report.forecast) + ".";
}

/// The worst verdict of a day stands for it.
int badness(drill::Verdict verdict) {
  switch (verdict) {
    case drill::Verdict::passed:
      return 0;
    case drill::Verdict::missed:
      return 1;
    case drill::Verdict::aborted:
      return 2;
    case drill::Verdict::objective_missed:
      return 3;
    case drill::Verdict::errored:
      return 4;
    case drill::Verdict::failed:
      return 5;
    case drill::Verdict::cleanup_failed:
      return 6;
  }
  return 6;
}

Calendar calendar_of(const DrillReport& report) {
  using namespace std::chrono;
  std::map<sys_days, std::vector<const Result*>> by_day;
  const Instant from = year_before(report);
  for (const Run& run : report.runs) {
    // A missed drill belongs to the day on which it was due, not to that of its discovery.
    const Instant at = run.result.due.value_or(run.result.declared);
    if (at >= from && at <= report.made_at) by_day[floor<days>(at)].push_back(&run.result);
  }
  const year_month_day first(by_day.empty() ? floor<days>(from) : by_day.begin()->first);
  Calendar calendar{
      .from = first.year() / first.month(), .today = floor<days>(report.made_at), .days = {}};
  for (const auto& [day, results] : by_day) {
    const Result& worst = **std::ranges::max_element(
        results, {}, [](const Result* result) { return badness(result->verdict); });
    std::string text = told_of(worst);
    if (results.size() > 1) text += ", the worst of " + std::to_string(results.size());
    calendar.days.push_back({day, name_of(worst.verdict), results.size(), text});
  }
  return calendar;
}

Markup legend_of(const Calendar& calendar) {
  Markup text;
  for (int number = 0; number <= static_cast<int>(drill::Verdict::cleanup_failed); ++number) {
    const auto verdict = static_cast<drill::Verdict>(number);
    const auto count = std::ranges::count(calendar.days, name_of(verdict), &CalendarDay::mark);
    if (count == 0) continue;
    text += html(text.empty() ? "" : " &#8195;") +
            element("span", verdict_markup(verdict) + words(" " + std::to_string(count)), "key");
  }
  return element("p", text);
}

}  // namespace

Markup objectives_section(const DrillReport& report) {
  const Result& newest = report.newest().result;
  if (newest.kind != drill::Kind::restore) return {};
  std::vector<Objective> objectives;
  const auto add = [&](const char* name, const auto& measured, const auto& objective,
                       bool judged = true) {
    if (measured && objective && *objective > milliseconds(0)) {
      objectives.push_back({name, *measured, *objective, judged});
    }
  };
  add("Recovery time", newest.measured.rta, newest.objectives.rto);
  add("Data lost", newest.measured.rpa, newest.objectives.rpo);
  add("Exposure", newest.measured.exposure, newest.objectives.rpo,
      newest.snapshot && !newest.snapshot->newest);
  if (objectives.empty()) {
    const bool none = !newest.objectives.rto && !newest.objectives.rpo;
    return section("Objectives",
                   told(none ? "No objective is set: the drill measures, and judges nothing."
                             : "The drill did not come far enough to measure any."));
  }
  std::string sentence =
      "Measured against what is allowed. The shades end at 80 % and at 100 % of each objective.";
  if (newest.measured.rpa_by) {
    sentence += *newest.measured.rpa_by == drill::RpaBy::heartbeat
                    ? " Data lost is counted from the newest moment in the restored data."
                    : " Data lost is counted from the moment at which the snapshot was taken.";
  }
  if (newest.measured.exposure) {
    sentence +=
        " Exposure is the longest time from one snapshot's start to the end of the next, of "
        "the last 30 days; the verdict hangs on it where an older snapshot was picked.";
  }
  return section("Objectives", element("p", sentence) + figure([&](Width width) {
                                 return objective_bars(objectives, width);
                               }));
}

Markup phases_section(const DrillReport& report) {
  const Result& newest = report.newest().result;
  std::vector<drill::Phase> shown = newest.phases;
  if (shown.empty()) return {};
  milliseconds left_out{0};
  if (shown.size() > kMostPhases) {
    std::ranges::sort(shown, std::greater<>{}, &drill::Phase::took);
    for (std::size_t i = kMostPhases; i < shown.size(); ++i) left_out += shown[i].took;
    shown.resize(kMostPhases);
    std::ranges::sort(shown, {}, &drill::Phase::start);
  }
  std::vector<PhaseBar> bars;
  for (const drill::Phase& phase : shown) {
    bars.push_back({phase_name(phase, newest), phase.start, phase.took, phase.name != "clean"});
  }
  std::string sentence = "From the declaration on. Clean-up does not count to the recovery time.";
  if (newest.phases.size() > shown.size()) {
    sentence += " The " + std::to_string(newest.phases.size() - shown.size()) +
                " shortest phases are left out: together " + span(left_out) + ".";
  }
  return section("Where the time went", element("p", sentence) + figure([&](Width width) {
                                          return phase_chart(bars, width);
                                        }));
}

Markup trend_section(const DrillReport& report) {
  if (report.newest().result.kind != drill::Kind::restore) return {};
  const Trend trend = trend_of(report);
  const Markup chart = figure([&](Width width) { return trend_chart(trend, width); });
  if (chart.empty()) {
    return section("Trend", told("A trend needs two recovery times; " +
                                 plural(trend.points.size(), "run") + " so far."));
  }
  return section("Trend of twelve months",
                 element("p",
                         "Recovery times by date. Short rules are the middle of each month "
                         "where points are many.") +
                     chart);
}

Markup size_section(const DrillReport& report) {
  if (report.newest().result.kind != drill::Kind::restore) return {};
  const SizeAgainstTime data = sizes_of(report);
  const Markup chart = figure([&](Width width) { return size_chart(data, width); });
  if (chart.empty()) {
    return section("Size against time", told("How time grows with size needs two runs that "
                                             "restored something."));
  }
  std::string sentence =
      "Each run by what it restored. The line is the middle speed, the cone the "
      "middle half of all.";
  Markup said = told(forecast_sentence(report));
  if (data.breach_bytes) {
    said +=
        told("At the middle speed the objective of " + span(*data.objective) + " is reached at " +
             human_bytes(*data.breach_bytes) + "; the newest run restored " +
             human_bytes(report.newest().result.measured.read_bytes) + ".");
  }
  return section("Size against time", said + element("p", sentence) + chart);
}

Markup calendar_section(const DrillReport& report) {
  const Calendar calendar = calendar_of(report);
  if (calendar.days.size() < 2) {
    return section("Calendar",
                   told("One day with a drill so far: " + told_of(report.newest().result) + "."));
  }
  return section("Calendar", legend_of(calendar) + figure([&](Width width) {
                               return calendar_chart(calendar, width);
                             }));
}

}  // namespace lifeboat::report
