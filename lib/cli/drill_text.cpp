#include "cli/drill_text.h"

#include "base/units.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

std::string assertion_line(const drill::AssertionOutcome& outcome) {
  std::string text = outcome.name + ": ";
  if (!outcome.expected.empty()) text += outcome.expected + " expected, ";
  text += outcome.found.empty() ? "nothing found" : outcome.found + " found";
  if (!outcome.detail.empty()) text += " (" + outcome.detail + ")";
  return text;
}

std::string_view word_of(drill::AssertionResult result) {
  switch (result) {
    case drill::AssertionResult::pass:
      return "ok";
    case drill::AssertionResult::warn:
      return "WARNING";
    case drill::AssertionResult::fail:
      return "FAILED";
    case drill::AssertionResult::error:
      return "COULD NOT TELL";
    case drill::AssertionResult::not_applicable:
      return "not applicable";
  }
  return "";
}

std::string phases_line(const drill::Result& result) {
  std::string text;
  for (const drill::Phase& phase : result.phases) {
    text += (text.empty() ? "" : ", ") + phase.name +
            (phase.source.empty() ? "" : " " + phase.source) + " " + human_duration(phase.took);
  }
  return text;
}

/// One line if it fits.
std::string headline(const drill::Result& result, const Paint& paint) {
  const std::string leaks = "leaks " + std::to_string(result.leaks.size());
  const std::string plain_verdict(name_of(result.verdict));
  const std::size_t columns =
      result.drill.size() + plain_verdict.size() + result.summary.size() + leaks.size() + 9;
  const std::string head = result.drill + "   " + verdict_text(result.verdict, paint);
  if (columns <= kColumns) return head + "   " + result.summary + "   " + leaks + "\n";
  return head + "\n  " + wrap(result.summary + "; " + leaks, kColumns - 2, 2) + "\n";
}

}  // namespace

std::string verdict_text(drill::Verdict verdict, const Paint& paint) {
  std::string words(name_of(verdict));
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(c - 'a' + 'A');
  if (verdict == drill::Verdict::passed) return paint.ok(words);
  const bool bad = verdict == drill::Verdict::failed || verdict == drill::Verdict::cleanup_failed;
  return bad ? paint.danger(words) : paint.attention(words);
}

std::string drill_text(const drill::Result& result, const Paint& paint) {
  std::string text = headline(result, paint);
  if (result.snapshot) {
    text += "  snapshot " + result.snapshot->id.substr(0, 8) + ", " +
            std::string(name_of(result.snapshot->select)) + " of " +
            std::to_string(result.snapshot->candidates) + ", finished " +
            to_minute(result.snapshot->finished) + " UTC\n";
  }
  if (!result.phases.empty()) text += "  " + wrap(phases_line(result), kColumns - 2, 4) + "\n";
  std::size_t held = 0;
  for (const drill::AssertionOutcome& outcome : result.assertions) {
    if (outcome.result == drill::AssertionResult::pass) {
      ++held;
      continue;
    }
    text += "  " +
            wrap(std::string(word_of(outcome.result)) + "   " + assertion_line(outcome),
                 kColumns - 2, 4) +
            "\n";
  }
  if (!result.assertions.empty()) {
    text += "  " + std::to_string(held) + " of " + std::to_string(result.assertions.size()) +
            " assertions hold\n";
  }
  for (const std::string& item : result.not_tested) {
    text += "  not tested: " + wrap(item, kColumns - 14, 4) + "\n";
  }
  for (const drill::Leak& leak : result.leaks) {
    text += "  " + paint.danger("left behind") + ": " + leak.what + " at " + leak.where + "\n";
  }
  return text;
}

}  // namespace lifeboat::cli
