#include "cli/now_report.h"

#include <algorithm>
#include <utility>

#include "base/plural.h"
#include "report/words.h"

namespace lifeboat::cli {
namespace {

bool could_come_back(const SourceStanding& source) {
  return source.at && (source.equal.value_or(true) || source.proven_at);
}

/// What is wrong with one source; nothing if it is well.
std::vector<std::string> lacks_of(const SourceStanding& source, Instant now) {
  if (!source.holds_data) return {};
  if (!source.at) return {source.name + ": in no snapshot"};
  std::vector<std::string> lacks;
  const auto age = now - *source.at;
  if (source.rpo && age > *source.rpo) {
    lacks.push_back(source.name + ": its newest data is " + report::span(age) +
                    " old, the limit is " + report::span(*source.rpo));
  }
  if (source.equal == false) {
    lacks.push_back(source.name + ": NOT PROVEN, the newest restore was not what was captured");
  } else if (!source.proven_at) {
    lacks.push_back(source.name + ": never proven");
  } else if (now - *source.proven_at > kProofAge) {
    lacks.push_back(source.name + ": last proven " + report::coarse_span(now - *source.proven_at) +
                    " ago");
  }
  if (source.losses > 0) {
    lacks.push_back(source.name + ": " + plural(source.losses, "item") +
                    " of yours not carried, named in `lifeboat vault show " +
                    source.snapshot.substr(0, 8) + "`");
  }
  return lacks;
}

const drill::Result* newest_restore(const NowFacts& facts) {
  const drill::Result* newest = nullptr;
  for (const drill::Result& run : facts.drills) {
    if (run.kind != drill::Kind::restore) continue;
    if (newest == nullptr || run.declared > newest->declared) newest = &run;
  }
  return newest;
}

std::optional<RecoveryTime> recovery_time(const NowFacts& facts) {
  const drill::Result* newest = nullptr;
  for (const drill::Result& run : facts.drills) {
    if (!run.measured.rta || run.kind != drill::Kind::restore) continue;
    if (newest == nullptr || run.declared > newest->declared) newest = &run;
  }
  if (newest != nullptr) return RecoveryTime{*newest->measured.rta, true};
  if (facts.newest_proof_took) return RecoveryTime{*facts.newest_proof_took, false};
  return std::nullopt;
}

std::vector<std::string> drill_lacks(const NowFacts& facts) {
  const drill::Result* newest = newest_restore(facts);
  if (newest == nullptr) return {};
  using drill::Verdict;
  const bool bad =
      newest->verdict == Verdict::failed || newest->verdict == Verdict::objective_missed;
  if (!bad) return {};
  return {"drill " + newest->drill + ": " + std::string(name_of(newest->verdict)) + ", " +
          newest->summary};
}

/// The shortest objective is the one that is missed first.
std::optional<std::chrono::seconds> shortest_rto(const NowFacts& facts) {
  std::optional<std::chrono::seconds> shortest;
  for (const SourceStanding& source : facts.sources) {
    if (source.rto && source.holds_data)
      shortest = std::min(shortest.value_or(*source.rto), *source.rto);
  }
  return shortest;
}

std::vector<std::string> all_lacks(const NowReport& report) {
  std::vector<std::string> lacks;
  const auto add = [&lacks](std::vector<std::string> more) {
    for (std::string& item : more) lacks.push_back(std::move(item));
  };
  for (const SourceStanding& source : report.facts.sources) add(lacks_of(source, report.facts.now));
  add(drill_lacks(report.facts));
  if (const auto rto = shortest_rto(report.facts); rto && report.time && report.time->took > *rto) {
    lacks.push_back("time: a recovery takes " + report::span(report.time->took) +
                    ", the limit is " + report::span(*rto));
  }
  if (report.facts.problems > 0) {
    lacks.push_back("vault: " + plural(report.facts.problems, "problem") +
                    ", named by `lifeboat vault check`");
  }
  return lacks;
}

Standing standing_of(const NowReport& report) {
  if (report.facts.silence) return Standing::unknown;
  const auto counts = [](const SourceStanding& source) { return source.holds_data; };
  const auto& sources = report.facts.sources;
  const bool any = std::ranges::any_of(sources, [&](const SourceStanding& source) {
    return counts(source) && could_come_back(source);
  });
  if (!any) return Standing::not_recoverable;
  return report.missing.empty() ? Standing::recoverable : Standing::at_risk;
}

}  // namespace

std::string_view name_of(Standing standing) noexcept {
  switch (standing) {
    case Standing::recoverable:
      return "recoverable";
    case Standing::at_risk:
      return "at_risk";
    case Standing::not_recoverable:
      return "not_recoverable";
    case Standing::unknown:
      return "unknown";
  }
  return "unknown";
}

NowReport make_now_report(NowFacts facts) {
  NowReport report{
      .facts = std::move(facts), .standing = {}, .back_to = {}, .time = {}, .missing = {}};
  for (const SourceStanding& source : report.facts.sources) {
    if (!source.holds_data || !could_come_back(source)) continue;
    report.back_to = std::min(report.back_to.value_or(*source.at), *source.at);
  }
  report.time = recovery_time(report.facts);
  if (!report.facts.silence) report.missing = all_lacks(report);
  report.standing = standing_of(report);
  return report;
}

ExitCode exit_code_of(const NowReport& report) {
  if (report.facts.silence) return exit_code_of(report.facts.silence->kind);
  return report.standing == Standing::recoverable ? ExitCode::done : ExitCode::findings;
}

}  // namespace lifeboat::cli
