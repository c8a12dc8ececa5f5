#include "drill/verdict.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"

namespace lifeboat::drill {
namespace {

using std::chrono::milliseconds;

bool above(const std::optional<milliseconds>& measured, const std::optional<milliseconds>& limit) {
  return measured && limit && *measured > *limit;
}

bool any(const Result& result, AssertionResult of) {
  return std::ranges::any_of(result.assertions,
                             [&](const auto& outcome) { return outcome.result == of; });
}

/// An old pick says nothing of what would be lost today: the gaps between snapshots do.
bool rpo_missed(const Result& result) {
  const bool newest = !result.snapshot || result.snapshot->newest;
  return above(result.measured.rpa, result.objectives.rpo) ||
         (!newest && above(result.measured.exposure, result.objectives.rpo));
}

std::string of_limit(const std::optional<milliseconds>& limit) {
  return limit ? " of " + human_duration(*limit) : std::string();
}

std::string measures(const Result& result) {
  std::string text = "recovered";
  if (result.measured.rta) {
    text += " in " + human_duration(*result.measured.rta) + of_limit(result.objectives.rto);
  }
  if (result.measured.rpa) {
    const bool newest = !result.snapshot || result.snapshot->newest;
    text += (newest ? ", losing " : ", its data ") + human_duration(*result.measured.rpa) +
            (newest ? "" : " old at its start") + of_limit(result.objectives.rpo);
  }
  return text;
}

const AssertionOutcome* first_with(const Result& result, AssertionResult of) {
  const auto at = std::ranges::find(result.assertions, of, &AssertionOutcome::result);
  return at == result.assertions.end() ? nullptr : &*at;
}

std::string why_failed(const Result& result) {
  for (const SourceResult& source : result.sources) {
    if (source.proven == false) return source.name + " is not proven";
  }
  const AssertionOutcome* failed = first_with(result, AssertionResult::fail);
  if (failed == nullptr) return "an assertion does not hold";
  return failed->name + ": " + (failed->expected.empty() ? "" : failed->expected + " expected, ") +
         (failed->found.empty() ? failed->detail : failed->found + " found");
}

std::string why_errored(const Result& result) {
  if (result.error) return result.error->message;
  const AssertionOutcome* outcome = first_with(result, AssertionResult::error);
  return outcome == nullptr ? "the drill could not tell"
                            : outcome->name + " could not be asked: " + outcome->detail;
}

}  // namespace

Verdict judge(const Result& result) {
  if (result.error && result.error->kind == name_of(ErrorKind::cancelled)) return Verdict::aborted;
  if (!result.leaks.empty()) return Verdict::cleanup_failed;
  if (result.error || any(result, AssertionResult::error)) return Verdict::errored;
  const bool unproven = std::ranges::any_of(
      result.sources, [](const SourceResult& source) { return source.proven == false; });
  if (unproven || any(result, AssertionResult::fail)) return Verdict::failed;
  if (above(result.measured.rta, result.objectives.rto) || rpo_missed(result)) {
    return Verdict::objective_missed;
  }
  return Verdict::passed;
}

std::string summary_of(const Result& result) {
  switch (result.verdict) {
    case Verdict::passed:
      return result.kind == Kind::readiness ? "everything that a restore needs is there"
                                            : measures(result);
    case Verdict::objective_missed:
      return measures(result);
    case Verdict::failed:
      return why_failed(result);
    case Verdict::errored:
      return why_errored(result);
    case Verdict::missed:
      return "due " + (result.due ? to_minute(*result.due) + " UTC" : std::string("earlier")) +
             ", and nobody started it in time";
    case Verdict::aborted:
      return result.error ? result.error->message : "it was ended before its end";
    case Verdict::cleanup_failed:
      return "left behind: " + result.leaks.front().what + " at " + result.leaks.front().where;
  }
  return "";
}

}  // namespace lifeboat::drill
