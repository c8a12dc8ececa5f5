#include <algorithm>
#include <cctype>

#include "cli/drill_report.h"
#include "cli/text_table.h"
#include "report/words.h"

namespace lifeboat::cli {
namespace {

using drill::AssertionResult;
using drill::Result;
using drill::Verdict;

Mark mark_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return Mark::ok;
    case Verdict::objective_missed:
    case Verdict::missed:
    case Verdict::aborted:
      return Mark::attention;
    case Verdict::failed:
    case Verdict::errored:
    case Verdict::cleanup_failed:
      return Mark::danger;
  }
  return Mark::danger;
}

Mark mark_of(AssertionResult result) {
  switch (result) {
    case AssertionResult::pass:
      return Mark::ok;
    case AssertionResult::warn:
    case AssertionResult::not_applicable:
      return Mark::attention;
    case AssertionResult::fail:
    case AssertionResult::error:
      return Mark::danger;
  }
  return Mark::danger;
}

std::string upper(std::string text) {
  for (char& letter : text) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return text;
}

std::string phases_of(const Result& result) {
  if (result.phases.empty()) return {};
  TextTable table({Align::left, Align::right, Align::right}, 2);
  for (const drill::Phase& phase : result.phases) {
    table.add({fit(report::phase_name(phase, result), 40), report::span(phase.took),
               "from " + (phase.start.count() == 0 ? "0" : report::span(phase.start))});
  }
  return "\nwhere the time went\n" + table.text();
}

std::string answer_of(const drill::AssertionOutcome& outcome) {
  std::string text;
  if (!outcome.found.empty()) text = "found " + outcome.found;
  if (!outcome.expected.empty()) {
    text += (text.empty() ? "" : ", ") + ("expected " + outcome.expected);
  }
  if (!outcome.detail.empty()) text += (text.empty() ? "" : "; ") + outcome.detail;
  return text;
}

std::string assertions_of(const Result& result, const Paint& paint) {
  if (result.assertions.empty()) return {};
  constexpr std::size_t kWord = 16;  // "not applicable" and a gap
  std::string text = "\nassertions\n";
  for (const drill::AssertionOutcome& outcome : result.assertions) {
    const std::string word = report::result_word(outcome.result);
    text += "  " + paint(mark_of(outcome.result), word) + std::string(kWord - word.size(), ' ') +
            wrap(outcome.name, kColumns - kWord - 2, kWord + 2) + "\n";
    if (const std::string answer = answer_of(outcome); !answer.empty()) {
      text += std::string(kWord + 2, ' ') + wrap(answer, kColumns - kWord - 2, kWord + 2) + "\n";
    }
  }
  return text;
}

std::string list_of(const std::string& title, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  std::string text = "\n" + title + "\n";
  for (const std::string& item : items) text += "  " + wrap(item, kColumns - 4, 4) + "\n";
  return text;
}

std::string leaks_of(const Result& result, const Paint& paint) {
  if (result.leaks.empty()) return {};
  std::string text = "\n" + paint.danger("left behind") + "\n";
  for (const drill::Leak& leak : result.leaks) {
    text += "  " + wrap(leak.what + ": " + leak.where, kColumns - 4, 4) + "\n";
  }
  return text;
}

std::string other_drills(const report::DrillReport& report, const Paint& paint) {
  if (report.drills.size() < 2) return {};
  std::string text = "\nother drills\n";
  for (const report::DrillLine& line : report.drills) {
    if (line.drill == report.drill) continue;
    text += "  " + wrap(drill_line(line.newest.result, paint), kColumns - 6, 6) + "\n";
  }
  return text;
}

std::string origin_of(const report::DrillReport& report) {
  const report::Run& newest = report.newest();
  const report::DrillLine& line = report.line();
  std::string text =
      "\nrun " + to_minute(newest.result.declared) + " UTC, record " + newest.record.substr(0, 8);
  if (newest.result.snapshot) text += ", snapshot " + newest.result.snapshot->id.substr(0, 8);
  if (report.forecast) {
    text += "\nif the data grows as it did, the objective will be missed on " +
            drill::to_text(*report.forecast);
  }
  return text + "\npassed " + std::to_string(line.passed) + " of " + std::to_string(line.due) +
         " run or due in 90 days\n";
}

}  // namespace

std::string drill_line(const Result& result, const Paint& paint) {
  return result.drill + "   " +
         paint(mark_of(result.verdict), upper(report::verdict_word(result.verdict))) + "   " +
         report::short_outcome(result) + "   leaks " + std::to_string(result.leaks.size());
}

std::string drill_report_text(const report::DrillReport& report, const Paint& paint) {
  const Result& newest = report.newest().result;
  std::string text = drill_line(newest, paint) + "\n";
  text += phases_of(newest) + assertions_of(newest, paint) + leaks_of(newest, paint);
  text += list_of("not tested", report.not_tested);
  text += list_of("against the run before", report.differences);
  return text + other_drills(report, paint) + origin_of(report);
}

}  // namespace lifeboat::cli
