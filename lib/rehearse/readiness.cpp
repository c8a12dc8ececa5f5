#include "rehearse/readiness.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/error.h"
#include "base/units.h"
#include "postgres/binaries.h"
#include "postgres/scratch.h"
#include "redis/scratch.h"
#include "vault/history.h"

namespace lifeboat::rehearse {
namespace {

using drill::AssertionOutcome;
using drill::AssertionResult;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kVersionsAMajor = 10000;

/// Runs one check; what it throws is why it fails.
class Checks {
 public:
  explicit Checks(std::stop_token stop) : stop_(std::move(stop)) {}

  void add(const std::string& name, const std::string& expected,
           const std::function<bool(std::string& found)>& check) {
    AssertionOutcome outcome;
    outcome.name = name;
    outcome.kind = drill::AssertionKind::readiness;
    outcome.expected = expected;
    const auto started = steady_clock::now();
    try {
      outcome.result = check(outcome.found) ? AssertionResult::pass : AssertionResult::fail;
    } catch (const Error& error) {
      if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "it was asked to stop");
      outcome.result = AssertionResult::fail;
      outcome.detail = error.message();
    }
    outcome.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
    outcomes.push_back(std::move(outcome));
  }

  std::vector<AssertionOutcome> outcomes;

 private:
  std::stop_token stop_;
};

bool is_young(const std::optional<Instant>& at, Instant now, std::chrono::seconds limit,
              std::string& found) {
  if (!at) {
    found = "none";
    return false;
  }
  found = human_duration(now - *at) + " old";
  return now - *at <= limit;
}

std::set<std::string> kinds_in(const vault::History& history) {
  std::set<std::string> kinds;
  if (history.snapshots.empty() || !history.snapshots.front().body) return kinds;
  for (const auto& source : history.snapshots.front().body->sources) {
    if (source.holds_data()) kinds.insert(source.kind);
  }
  return kinds;
}

/// "15.20" -> 150000: the least that may restore it.
int least_version(const vault::History& history) {
  int least = 0;
  for (const auto& source : history.snapshots.front().body->sources) {
    if (source.kind != "postgres" || source.version.empty()) continue;
    least = std::max(least, std::atoi(source.version.c_str()) * kVersionsAMajor);
  }
  return least;
}

void add_postgres(Checks& checks, const Ground& ground, const config::Scenario& scenario,
                  int version, const std::filesystem::path& home, const std::stop_token& stop) {
  const std::string major = std::to_string(version / kVersionsAMajor);
  checks.add("pg_restore", "of version " + major + " or newer", [&](std::string& found) {
    for (const auto& binary : postgres::find_binaries("pg_restore", stop)) {
      if (found.empty()) found = binary.version_text;
      if (binary.version / kVersionsAMajor >= version / kVersionsAMajor) return true;
    }
    return false;
  });
  checks.add("scratch for Postgres", "can be made", [&](std::string& found) {
    if (scenario.scratch == "local") {
      const auto scratch = postgres::start_local_scratch(
          {.parent = home, .least_server_version = version}, ground.observer, stop);
      found = scratch->describe();
      scratch->close();
    } else {
      const auto scratch =
          postgres::open_given_scratch({.url = ground.resolve(scenario.scratch)}, stop);
      found = scratch->describe();
      scratch->close();
    }
    return true;
  });
}

}  // namespace

std::vector<AssertionOutcome> check_readiness(const Ground& ground,
                                              const config::Scenario& scenario,
                                              const std::filesystem::path& home,
                                              const std::stop_token& stop) {
  Checks checks(stop);
  const vault::History history = vault::read_history(ground.vault);
  const Instant now = ground.clock.now();
  checks.add("the vault's chains", "whole", [&](std::string& found) {
    found = std::to_string(history.problems.size()) + " problems";
    return history.problems.empty();
  });
  checks.add("newest snapshot", "at most " + human_duration(scenario.max_age) + " old",
             [&](std::string& found) {
               std::optional<Instant> newest;
               if (!history.snapshots.empty()) newest = history.snapshots.front().link.finished;
               return is_young(newest, now, scenario.max_age, found);
             });
  checks.add("newest proof", "at most " + human_duration(scenario.max_proof_age) + " old",
             [&](std::string& found) {
               std::optional<Instant> newest;
               for (const auto& attestation : history.attestations) {
                 if (attestation.verdict != vault::Verdict::proven) continue;
                 newest = attestation.link.finished;
                 break;
               }
               return is_young(newest, now, scenario.max_proof_age, found);
             });
  checks.add("credential", "identity", [&](std::string& found) {
    found = vault::name_of(ground.vault.self().role);
    return ground.vault.self().role == vault::Role::identity;
  });
  const auto kinds = kinds_in(history);
  if (kinds.contains("postgres")) {
    add_postgres(checks, ground, scenario, least_version(history), home, stop);
  }
  if (kinds.contains("redis")) {
    checks.add("scratch for Redis", "can be made", [&](std::string& found) {
      const auto scratch = redis::start_scratch({.parent = home}, ground.observer, stop);
      found = scratch->describe();
      scratch->close();
      return true;
    });
  }
  return std::move(checks.outcomes);
}

}  // namespace lifeboat::rehearse
