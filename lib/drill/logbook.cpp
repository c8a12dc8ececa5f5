#include "drill/logbook.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/units.h"
#include "drill/verdict.h"

namespace lifeboat::drill {
namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr days kBudgetWindow{90};
constexpr days kNear{90};

void judge_drill(const std::string& name, const std::vector<const Result*>& results, Instant now,
                 Gate& gate) {
  if (results.empty()) {
    gate.findings.push_back({name, "it was never run"});
    return;
  }
  const Result& last = *results.front();
  if (!is_good(last.verdict)) {
    gate.findings.push_back({name, "its last verdict, of " + to_minute(last.declared) +
                                       " UTC, is " + std::string(name_of(last.verdict)) + ": " +
                                       last.summary});
  }
  const auto forecast = forecast_rto(results);
  if (forecast && forecast->when < now + kNear) {
    gate.findings.push_back({name, "its RTO will be missed about " + to_text(*forecast)});
  }
}

}  // namespace

std::vector<const Result*> Logbook::of(const std::string& drill) const {
  std::vector<const Result*> found;
  for (const LoggedResult& logged : results) {
    if (logged.result.drill == drill) found.push_back(&logged.result);
  }
  return found;
}

std::vector<std::string> Logbook::drills() const {
  std::set<std::string> names;
  for (const LoggedResult& logged : results) names.insert(logged.result.drill);
  return {names.begin(), names.end()};
}

Logbook logbook_of(const vault::History& history) {
  Logbook logbook;
  std::map<std::string, std::size_t> places;
  for (const vault::OtherRecord& record : history.others) {  // newest first
    if (record.kind != vault::RecordKind::drill) continue;
    try {
      LoggedResult logged{result_from_json(record.body), record.link.id.hex()};
      const auto [at, is_new] = places.emplace(logged.result.run, logbook.results.size());
      if (is_new) {
        logbook.results.push_back(std::move(logged));
      } else {
        logbook.results[at->second] = std::move(logged);
      }
    } catch (const Error& error) {
      logbook.unreadable.push_back(record.link.id.hex() + ": " + error.message());
    }
  }
  std::ranges::stable_sort(logbook.results, std::greater<>(),
                           [](const LoggedResult& each) { return each.result.declared; });
  return logbook;
}

Gate judge_gate(const Logbook& logbook, const GateRequest& request,
                std::optional<Instant> newest_proof, Instant now) {
  Gate gate;
  for (const std::string& name : request.drills) {
    judge_drill(name, logbook.of(name), now, gate);
  }
  if (!newest_proof || now - *newest_proof > request.proof_age) {
    gate.findings.push_back({"", newest_proof ? "the newest proof is " +
                                                    human_duration(now - *newest_proof) + " old, " +
                                                    human_duration(request.proof_age) + " allowed"
                                              : std::string("nothing was ever proven")});
  }
  for (const LoggedResult& logged : logbook.results) {
    const Result& result = logged.result;
    if (result.trigger != Trigger::schedule || result.declared < now - kBudgetWindow) continue;
    ++gate.due;
    if (is_good(result.verdict)) ++gate.passed;
  }
  const auto least = request.least_passed * static_cast<double>(gate.due);
  if (static_cast<double>(gate.passed) < least) {
    gate.findings.push_back({"", "the error budget is spent: " + std::to_string(gate.passed) +
                                     " of " + std::to_string(gate.due) +
                                     " due drills passed in 90 days"});
  }
  return gate;
}

}  // namespace lifeboat::drill
