#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "report/drill_report.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using drill::Result;
using drill::Verdict;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return text;
}

/// At most three by name; the page's tables have them all.
std::string source_names(const Result& result) {
  std::vector<std::string> names;
  for (const auto& source : result.sources) names.push_back(source.name);
  if (names.size() > 3) {
    names.resize(2);
    names.push_back(std::to_string(result.sources.size() - 2) + " more sources");
  }
  return names.empty() ? "the data" : joined(names);
}

std::string time_sentence(const Result& result) {
  const auto& rta = result.measured.rta;
  if (!rta) return {};
  const auto& rto = result.objectives.rto;
  if (!rto) return "It took " + span(*rta) + "; no objective is set.";
  if (*rta > *rto) {
    return "It took " + span(*rta) + ", " + span(*rta - *rto) + " more than the " + span(*rto) +
           " allowed.";
  }
  return "It took " + span(*rta) + " of the " + span(*rto) + " allowed.";
}

std::string loss_sentence(const Result& result) {
  const auto& rpa = result.measured.rpa;
  if (!rpa) return {};
  const auto& rpo = result.objectives.rpo;
  const std::string lost = " The last " + span(*rpa) + " of changes would have been lost";
  if (!rpo) return lost + ".";
  const bool exposed = result.snapshot && !result.snapshot->newest && result.measured.exposure;
  if (*rpa > *rpo) return lost + "; the limit is " + span(*rpo) + ".";
  if (exposed && *result.measured.exposure > *rpo) {
    return " Between two snapshots up to " + span(*result.measured.exposure) +
           " of changes can be lost; the limit is " + span(*rpo) + ".";
  }
  return lost + ", of " + span(*rpo) + " allowed.";
}

std::string why_failed(const Result& result) {
  std::vector<std::string> reasons;
  for (const auto& source : result.sources) {
    if (source.proven == false) reasons.push_back(source.name + " is not what was captured");
  }
  for (const auto& outcome : result.assertions) {
    if (outcome.kind == drill::AssertionKind::proof) continue;
    if (outcome.result == drill::AssertionResult::fail) {
      reasons.push_back("“" + outcome.name + "” does not hold");
    }
  }
  if (reasons.size() > 3) {
    const std::size_t more = reasons.size() - 2;
    reasons.resize(2);
    reasons.push_back(std::to_string(more) + " more findings");
  }
  return reasons.empty() ? result.summary : joined(reasons);
}

std::string leak_sentence(const Result& result) {
  return plural(result.leaks.size(), "thing") + " that the drill made " +
         (result.leaks.size() == 1 ? "is" : "are") + " still there.";
}

std::string why_no_answer(const Result& result) {
  if (result.error) return result.error->message;
  for (const auto& outcome : result.assertions) {
    if (outcome.result != drill::AssertionResult::error) continue;
    return "“" + outcome.name + "” could not be asked" +
           (outcome.detail.empty() ? "" : ": " + outcome.detail);
  }
  return result.summary;
}

std::string came_back(const Result& result) {
  if (result.kind == drill::Kind::readiness) {
    return "Everything that a restore needs was there on " + long_date(result.declared) +
           ". Nothing was restored.";
  }
  return "On " + long_date(result.declared) + ", " + source_names(result) + " came back complete" +
         (result.snapshot ? " from snapshot " + result.snapshot->id.substr(0, 8) : "") + ". " +
         time_sentence(result) + loss_sentence(result);
}

}  // namespace

std::string verdict_word(Verdict verdict) {
  if (verdict == Verdict::cleanup_failed) return "clean-up failed";
  std::string word(name_of(verdict));
  std::ranges::replace(word, '_', ' ');
  return word;
}

std::string verdict_sentence(const Result& result) {
  const std::string on = "On " + long_date(result.declared) + ": ";
  switch (result.verdict) {
    case Verdict::passed:
    case Verdict::objective_missed:
      return came_back(result);
    case Verdict::failed:
      return on + why_failed(result) + ".";
    case Verdict::errored:
      return "The drill could not tell whether the data comes back. " + on + why_no_answer(result) +
             ".";
    case Verdict::missed:
      return "It was due" + (result.due ? " at " + to_minute(*result.due) + " UTC" : "") +
             ", and nobody started it in time. Nothing was tested.";
    case Verdict::aborted:
      return "The drill was ended before it could tell. " + on + why_no_answer(result) + ".";
    case Verdict::cleanup_failed:
      return on + leak_sentence(result) + " Of the data it says: " + result.summary + ".";
  }
  return result.summary;
}

std::string short_outcome(const Result& result) {
  const auto& measured = result.measured;
  const bool tells_numbers =
      (result.verdict == Verdict::passed || result.verdict == Verdict::objective_missed) &&
      measured.rta;
  if (!tells_numbers) {
    return result.verdict == Verdict::failed ? why_failed(result) : result.summary;
  }
  std::string text =
      "recovered in " + (result.objectives.rto ? of_objective(*measured.rta, *result.objectives.rto)
                                               : span(*measured.rta));
  if (measured.rpa) {
    text +=
        ", losing " + (result.objectives.rpo ? of_objective(*measured.rpa, *result.objectives.rpo)
                                             : span(*measured.rpa));
  }
  return text;
}

std::string phase_name(const drill::Phase& phase, const Result& result) {
  if (phase.source.empty() || result.sources.size() < 2) return phase.name;
  return phase.name + " " + phase.source;
}

std::string result_word(drill::AssertionResult result) {
  return result == drill::AssertionResult::not_applicable ? "not applicable"
                                                          : std::string(name_of(result));
}

}  // namespace lifeboat::report
