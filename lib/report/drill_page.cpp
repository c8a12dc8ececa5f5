#include "report/drill_page.h"

#include <algorithm>

#include "report/markup.h"
#include "report/page_style.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using drill::Verdict;

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "good";
    case Verdict::objective_missed:
      return "care";
    case Verdict::failed:
    case Verdict::errored:
    case Verdict::cleanup_failed:
      return "bad";
    case Verdict::missed:
    case Verdict::aborted:
      return "quiet";
  }
  return "bad";
}

std::string capital(std::string word) {
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') {
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
  }
  return word;
}

Markup figure_of(std::string_view label, std::string_view value, std::string_view below,
                 std::string_view style = {}) {
  return element(
      "div", element("dt", label) + element("dd", words(value) + element("small", below), style));
}

Markup time_figure(std::string_view label, const std::optional<std::chrono::milliseconds>& measured,
                   const std::optional<std::chrono::milliseconds>& objective) {
  const std::string below = !measured   ? "not measured"
                            : objective ? "of " + span(*objective) + " allowed"
                                        : "no objective";
  const bool missed = measured && objective && *measured > *objective;
  return figure_of(label, measured ? span(*measured) : "–", below, missed ? "bad" : "");
}

Markup assertion_figure(const drill::Result& result) {
  const auto holds = [](const drill::AssertionOutcome& outcome) {
    return outcome.result == drill::AssertionResult::pass;
  };
  const auto passed = std::ranges::count_if(result.assertions, holds);
  const auto all = static_cast<std::ptrdiff_t>(result.assertions.size());
  return figure_of("Assertions", std::to_string(passed) + " of " + std::to_string(all),
                   all == 0 ? "none was asked" : "hold", passed == all ? "" : "bad");
}

Markup key_figures(const DrillReport& report) {
  const drill::Result& newest = report.newest().result;
  Markup figures;
  if (newest.kind == drill::Kind::restore) {
    figures += time_figure("Recovery time", newest.measured.rta, newest.objectives.rto);
    figures += time_figure("Data lost", newest.measured.rpa, newest.objectives.rpo);
  } else {
    figures += assertion_figure(newest);
  }
  figures += figure_of("Leaks", std::to_string(newest.leaks.size()),
                       newest.leaks.empty() ? "nothing was left behind" : "still there",
                       newest.leaks.empty() ? "" : "bad");
  const DrillLine& line = report.line();
  figures += figure_of(
      "Passed in 90 days", std::to_string(line.passed) + " of " + std::to_string(line.due),
      line.passed == line.due ? "every one" : "run or due", line.passed == line.due ? "" : "care");
  return element("dl", figures, "figures");
}

std::string facts_line(const DrillReport& report) {
  const drill::Result& newest = report.newest().result;
  std::string text = std::string(name_of(newest.kind)) + " drill, ";
  text += newest.trigger == drill::Trigger::schedule ? "by schedule" : "by hand";
  text += ", " + to_minute(newest.declared) + " UTC";
  if (!newest.host.empty()) text += ", on " + newest.host;
  return capital(text);
}

Markup document_head(const DrillReport& report) {
  const drill::Result& newest = report.newest().result;
  return html(
             "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n") +
         element("title", report.drill + ": " + verdict_word(newest.verdict) + ", " +
                              long_date(newest.declared)) +
         html("\n<style>") + html(page_style()) + html("</style></head>\n<body>") +
         html(page_marks());
}

Markup footer_of(const DrillReport& report) {
  return element("footer", "Made as of " + to_rfc3339(report.made_at) +
                               " from the signed records of vault " + report.vault.substr(0, 8) +
                               ". All times are UTC. Durations are rounded up.");
}

}  // namespace

Markup section(std::string_view title, const Markup& content, std::string_view style) {
  return element("section", element("h2", title) + html("\n") + content, style) + html("\n");
}

Markup verdict_markup(Verdict verdict) {
  return inline_mark(name_of(verdict)) + element("span", verdict_word(verdict), colour_of(verdict));
}

Markup head_of(const DrillReport& report) {
  const drill::Result& newest = report.newest().result;
  Markup out = element("p", "Drill report", "over") + element("h1", report.drill);
  if (!newest.title.empty() && newest.title != report.drill) {
    out += element("p", "“" + newest.title + "”", "facts");
  }
  out += element("p", facts_line(report), "facts");
  const Markup word =
      element("b", words(capital(verdict_word(newest.verdict)) + "."), colour_of(newest.verdict));
  out += element("p", word + words(" " + verdict_sentence(newest)), "verdict");
  return element("header", out + key_figures(report)) + html("\n");
}

std::string drill_page(const DrillReport& report) {
  Markup page = document_head(report) + html("<main>\n") + head_of(report);
  for (const auto part :
       {objectives_section, phases_section, assertions_section, leaks_section, not_tested_section,
        differences_section, trend_section, size_section, calendar_section, coverage_section,
        drills_section, runs_section, proof_section}) {
    page += part(report);
  }
  return (page + footer_of(report) + html("\n</main></body></html>\n")).html;
}

}  // namespace lifeboat::report
