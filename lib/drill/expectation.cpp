#include "drill/expectation.h"

#include <cmath>
#include <cstdlib>
#include <regex>
#include <sstream>

namespace lifeboat::drill {
namespace {

std::string number_text(double value) {
  std::ostringstream text;
  text.precision(15);
  text << value;
  return text.str();
}

std::optional<double> number_in(const std::string& text) {
  if (text.empty()) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

void add(std::string& text, const std::string& part) {
  text += (text.empty() ? "" : " and ") + part;
}

}  // namespace

std::string expected_text(const config::ScenarioAssertion& assertion) {
  std::string text;
  if (assertion.equals) add(text, "equal to " + *assertion.equals);
  if (assertion.at_least) add(text, "at least " + number_text(*assertion.at_least));
  if (assertion.at_most) add(text, "at most " + number_text(*assertion.at_most));
  if (assertion.matches) add(text, "matching " + *assertion.matches);
  return text;
}

AssertionResult judge_answer(const config::ScenarioAssertion& assertion, const std::string& found) {
  bool holds = true;
  if (assertion.equals) holds = holds && found == *assertion.equals;
  if (assertion.at_least || assertion.at_most) {
    const auto number = number_in(found);
    if (!number) return AssertionResult::error;
    holds = holds && (!assertion.at_least || *number >= *assertion.at_least) &&
            (!assertion.at_most || *number <= *assertion.at_most);
  }
  if (assertion.matches) {
    holds = holds && std::regex_search(found, std::regex(*assertion.matches));
  }
  if (holds) return AssertionResult::pass;
  return assertion.only_warns ? AssertionResult::warn : AssertionResult::fail;
}

std::optional<Instant> parse_beat(const std::string& text) {
  if (const auto number = number_in(text)) {
    return Instant(std::chrono::milliseconds(std::llround(*number * 1000)));
  }
  // 2026-11-23 01:15:00.123456+00
  static const std::regex form(
      R"((\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00(?::00)?|Z))");
  std::smatch part;
  if (!std::regex_match(text, part, form)) return std::nullopt;
  std::string fraction = part[3];
  fraction.resize(3, '0');
  return parse_instant(part[1].str() + "T" + part[2].str() + "." + fraction + "Z");
}

}  // namespace lifeboat::drill
