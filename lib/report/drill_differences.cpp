#include <algorithm>
#include <cmath>

#include "base/plural.h"
#include "base/units.h"
#include "report/drill_report.h"
#include "report/words.h"

namespace lifeboat::report {
namespace {

using drill::Result;

/// " (+12 %)"; nothing where it says nothing.
std::string change(double before, double now) {
  if (before <= 0) return {};
  const double share = std::round((now - before) / before * 100);
  if (share == 0) return {};
  return std::string(share > 0 ? " (+" : " (−") +
         human_count(static_cast<std::uint64_t>(std::fabs(share))) + " %)";
}

void compare_times(std::vector<std::string>& out, const std::string& what,
                   const std::optional<std::chrono::milliseconds>& before,
                   const std::optional<std::chrono::milliseconds>& now) {
  if (before == now) return;
  if (!now) {
    out.push_back(what + " not measured, " + span(*before) + " before");
  } else if (!before) {
    out.push_back(what + " " + span(*now) + ", not measured before");
  } else {
    out.push_back(what + " " + span(*now) + ", " + span(*before) + " before" +
                  change(static_cast<double>(before->count()), static_cast<double>(now->count())));
  }
}

void compare_amounts(std::vector<std::string>& out, const Result& before, const Result& now) {
  const std::uint64_t was = before.measured.read_bytes;
  const std::uint64_t is = now.measured.read_bytes;
  if (was != is) {
    out.push_back("restored " + human_bytes(is) + ", " + human_bytes(was) + " before" +
                  change(static_cast<double>(was), static_cast<double>(is)));
  }
  const auto& speed_before = before.measured.bytes_per_second;
  const auto& speed = now.measured.bytes_per_second;
  if (speed && speed_before && *speed != *speed_before) {
    out.push_back("at " + human_bytes(*speed) + "/s, " + human_bytes(*speed_before) + "/s before" +
                  change(static_cast<double>(*speed_before), static_cast<double>(*speed)));
  }
}

void compare_sources(std::vector<std::string>& out, const Result& before, const Result& now) {
  for (const auto& source : now.sources) {
    const auto old = std::ranges::find(before.sources, source.name, &drill::SourceResult::name);
    if (old == before.sources.end()) {
      out.push_back(source.name + " is new in this drill");
    } else if (!source.scratch.empty() && !old->scratch.empty() && source.scratch != old->scratch) {
      out.push_back(source.name + " in " + source.scratch + ", " + old->scratch + " before");
    }
  }
  for (const auto& source : before.sources) {
    if (std::ranges::find(now.sources, source.name, &drill::SourceResult::name) ==
        now.sources.end()) {
      out.push_back(source.name + " is no longer in this drill");
    }
  }
}

void compare_assertions(std::vector<std::string>& out, const Result& before, const Result& now) {
  using drill::AssertionOutcome;
  for (const auto& outcome : now.assertions) {
    const auto old = std::ranges::find(before.assertions, outcome.name, &AssertionOutcome::name);
    if (old == before.assertions.end()) {
      out.push_back("“" + outcome.name + "” is a new assertion");
    } else if (old->result != outcome.result) {
      out.push_back("“" + outcome.name + "”: " + result_word(outcome.result) + ", " +
                    result_word(old->result) + " before");
    }
  }
  for (const auto& outcome : before.assertions) {
    if (std::ranges::find(now.assertions, outcome.name, &AssertionOutcome::name) ==
        now.assertions.end()) {
      out.push_back("“" + outcome.name + "” is no longer asserted");
    }
  }
}

}  // namespace

std::vector<std::string> differences_of(const Result& before, const Result& now) {
  std::vector<std::string> out;
  if (before.verdict != now.verdict) {
    out.push_back(verdict_word(now.verdict) + ", " + verdict_word(before.verdict) + " before");
  }
  compare_times(out, "recovery time", before.measured.rta, now.measured.rta);
  compare_times(out, "data lost", before.measured.rpa, now.measured.rpa);
  compare_times(out, "recovery time objective", before.objectives.rto, now.objectives.rto);
  compare_times(out, "data loss objective", before.objectives.rpo, now.objectives.rpo);
  compare_amounts(out, before, now);
  compare_sources(out, before, now);
  compare_assertions(out, before, now);
  if (before.program != now.program) {
    out.push_back(now.program + ", " + before.program + " before");
  }
  if (before.scenario_sha256 != now.scenario_sha256) {
    out.push_back("the scenario file has changed");
  }
  return out;
}

std::vector<std::string> not_tested_in(const Result& result) {
  std::vector<std::string> out = result.not_tested;
  if (result.verdict == drill::Verdict::missed) {
    out.push_back("anything at all: the drill did not run");
    return out;
  }
  for (const auto& source : result.sources) {
    if (!source.proven) out.push_back(source.name + ": no verdict was reached");
    if (source.not_carried > 0) {
      out.push_back(source.name + ": " + plural(source.not_carried, "item") +
                    " that the snapshot does not carry");
    }
  }
  for (const auto& outcome : result.assertions) {
    if (outcome.result == drill::AssertionResult::not_applicable) {
      out.push_back("“" + outcome.name + "”: not applicable" +
                    (outcome.detail.empty() ? "" : ", " + outcome.detail));
    } else if (outcome.result == drill::AssertionResult::error) {
      out.push_back("“" + outcome.name + "”: could not be asked");
    }
  }
  out.push_back(result.kind == drill::Kind::readiness
                    ? "a restore: readiness looks at what one would need, and restores nothing"
                    : "the platform: app, configuration, add-ons, DNS and certificates are not "
                      "part of a restore drill");
  return out;
}

}  // namespace lifeboat::report
