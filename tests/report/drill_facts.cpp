#include "drill_facts.h"

#include <array>
#include <cstdint>
#include <stdexcept>

namespace lifeboat::test {
namespace {

using namespace std::chrono;
using drill::Verdict;

std::string id_of(std::uint64_t seed) {
  std::string id;
  for (int i = 0; i < 4; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    for (int digit = 60; digit >= 0; digit -= 4) id += "0123456789abcdef"[(seed >> digit) & 15U];
  }
  return id;
}

std::vector<drill::SourceResult> two_sources(std::uint64_t size_bytes) {
  return {{.name = "shop-db",
           .kind = "postgres",
           .proven = true,
           .scratch = "throwaway Postgres 15.20",
           .tables = 14,
           .rows = 2'812'331,
           .read_bytes = size_bytes,
           .not_carried = 1,
           .restore_took = 14min,
           .compare_took = 4min},
          {.name = "sessions",
           .kind = "redis",
           .proven = true,
           .scratch = "throwaway Redis 7.0.15",
           .tables = 0,
           .rows = 1'000'000,
           .read_bytes = 181'000'000,
           .not_carried = 0,
           .restore_took = 40s,
           .compare_took = 12s}};
}

std::vector<drill::Phase> phases_of(milliseconds rta) {
  std::vector<drill::Phase> phases = {{"decide", "", 0ms, 400ms},
                                      {"scratch", "shop-db", 400ms, 9s}};
  milliseconds at = 9400ms;
  const auto add = [&](const char* name, const char* source, milliseconds took) {
    phases.push_back({name, source, at, took});
    at += took;
  };
  add("restore", "shop-db", rta * 6 / 10);
  add("verify", "shop-db", rta * 2 / 10);
  add("assert", "shop-db", rta / 100);
  add("scratch", "sessions", 1200ms);
  add("restore", "sessions", rta / 10);
  add("verify", "sessions", rta / 100);
  add("clean", "", 41s);
  return phases;
}

std::vector<drill::AssertionOutcome> assertions() {
  using drill::AssertionKind;
  using drill::AssertionResult;
  return {{.name = "proof of shop-db",
           .kind = AssertionKind::proof,
           .source = "shop-db",
           .result = AssertionResult::pass,
           .expected = "every row equal",
           .found = "14 of 14 tables equal",
           .took = 252s},
          {.name = "proof of sessions",
           .kind = AssertionKind::proof,
           .source = "sessions",
           .result = AssertionResult::pass,
           .expected = "every key equal",
           .found = "1,000,000 keys equal",
           .took = 12s},
          {.name = "orders are there",
           .source = "shop-db",
           .result = AssertionResult::pass,
           .expected = "at least 1000",
           .found = "8000",
           .took = 3ms},
          {.name = "the newest order is of today",
           .source = "shop-db",
           .severity = drill::Severity::warn,
           .result = AssertionResult::warn,
           .expected = "at least 1",
           .found = "0",
           .took = 41ms},
          {.name = "checkout answers",
           .kind = AssertionKind::http,
           .result = AssertionResult::not_applicable,
           .expected = "status 200",
           .detail = "no program is started in this drill"}};
}

void fail_assertion(report::Run& run, drill::AssertionResult result, const std::string& detail) {
  drill::AssertionOutcome& outcome = run.result.assertions[2];
  outcome.result = result;
  outcome.found = result == drill::AssertionResult::fail ? "12" : "";
  outcome.detail = detail;
}

void end_early(report::Run& run) {
  run.result.measured = {};
  run.result.phases.resize(3);
  run.result.assertions.clear();
  for (auto& source : run.result.sources) source.proven.reset();
  run.result.attestation.clear();
}

/// Small, even, and the same every time.
class Noise {
 public:
  double next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state_ >> 33U) / static_cast<double>(1ULL << 31U);
  }

 private:
  std::uint64_t state_ = 7;
};

}  // namespace

Instant moment(const std::string& text) {
  const auto instant = parse_instant(text);
  if (!instant) throw std::invalid_argument(text);
  return *instant;
}

report::Run passed_run(Instant declared) {
  const auto seed = static_cast<std::uint64_t>(declared.time_since_epoch().count());
  const milliseconds rta = 22min + 5s;
  drill::Result result;
  result.drill = "weekly-restore";
  result.title = "The shop's data comes back";
  result.run = "weekly-restore-" + to_rfc3339(declared);
  result.trigger = drill::Trigger::schedule;
  result.due = declared - 5min;
  result.declared = declared;
  result.finished = declared + rta + 41s;
  result.verdict = Verdict::passed;
  result.summary = "recovered in 22 min of 60 min, losing 4 h 36 min of 24 h";
  result.scenario_sha256 = id_of(1);
  result.snapshot = drill::PickedSnapshot{
      .id = id_of(seed), .finished = declared - 276min, .candidates = 31, .newest = true};
  result.sources = two_sources(622'000'000);
  result.objectives = {60min, 24h};
  result.measured = {.rta = rta,
                     .rpa = 276min,
                     .rpa_by = drill::RpaBy::heartbeat,
                     .exposure = 24h + 9min,
                     .read_bytes = 803'000'000,
                     .rows = 3'812'331,
                     .bytes_per_second = 910'000};
  result.phases = phases_of(rta);
  result.assertions = assertions();
  result.not_tested = {"source edge: in the snapshot, in no part of this drill"};
  result.attestation = id_of(seed + 1);
  result.host = "run.4821";
  result.program = "lifeboat 0.1.0";
  return {result, id_of(seed + 2)};
}

report::Run run_with(Verdict verdict, Instant declared) {
  report::Run run = passed_run(declared);
  drill::Result& result = run.result;
  result.verdict = verdict;
  switch (verdict) {
    case Verdict::passed:
      break;
    case Verdict::objective_missed:
      result.measured.rta = 71min;
      result.measured.rpa = 26h;
      result.phases = phases_of(71min);
      break;
    case Verdict::failed:
      fail_assertion(run, drill::AssertionResult::fail, "");
      result.sources[1].proven = false;
      result.summary = "sessions is not proven";
      break;
    case Verdict::errored:
      fail_assertion(run, drill::AssertionResult::error, "statement timeout after 1 min");
      result.summary = "orders are there could not be asked";
      break;
    case Verdict::missed:
      end_early(run);
      result.phases.clear();
      result.sources.clear();
      result.snapshot.reset();
      result.summary = "nobody started it";
      break;
    case Verdict::aborted:
      end_early(run);
      result.error =
          drill::DrillError{"cancelled", "ended by SIGTERM while it restored shop-db", ""};
      result.summary = "ended by a signal";
      break;
    case Verdict::cleanup_failed:
      result.leaks = {{"throwaway Postgres", "/tmp/lifeboat-scratch-4821"},
                      {"claim in the vault", "claim/drill/weekly-restore/20261123t0115z"}};
      break;
  }
  return run;
}

report::Run readiness_run(Instant declared) {
  report::Run run = passed_run(declared);
  drill::Result& result = run.result;
  result.drill = "nightly-readiness";
  result.title = "A restore could begin now";
  result.run = "nightly-readiness-" + to_rfc3339(declared);
  result.kind = drill::Kind::readiness;
  result.snapshot.reset();
  result.sources.clear();
  result.objectives = {};
  result.measured = {};
  result.phases = {{"decide", "", 0ms, 900ms}};
  result.assertions = {{.name = "the vault opens",
                        .kind = drill::AssertionKind::readiness,
                        .result = drill::AssertionResult::pass,
                        .expected = "opens",
                        .found = "trust record 3",
                        .took = 84ms},
                       {.name = "the newest snapshot is fresh",
                        .kind = drill::AssertionKind::readiness,
                        .result = drill::AssertionResult::pass,
                        .expected = "at most 26 h",
                        .found = "4 h 36 min",
                        .took = 12ms}};
  result.summary = "ready";
  result.attestation.clear();
  return run;
}

report::DrillFacts year_of_drills(std::size_t count, Instant now) {
  static constexpr std::array<Verdict, 6> kOthers = {
      Verdict::objective_missed, Verdict::failed,  Verdict::errored,
      Verdict::missed,           Verdict::aborted, Verdict::cleanup_failed};
  report::DrillFacts facts{.vault = id_of(99),
                           .runs = {},
                           .sources = {{"shop-db", "postgres", true, now - 4h},
                                       {"sessions", "redis", true, now - 4h},
                                       {"page-cache", "memcached", false, std::nullopt},
                                       {"ledger-db", "postgres", true, std::nullopt}}};
  Noise noise;
  for (std::size_t i = 0; i < count; ++i) {
    const double share = count < 2 ? 1 : static_cast<double>(i) / static_cast<double>(count - 1);
    const Instant at =
        now - 30min - milliseconds(static_cast<std::int64_t>((1 - share) * 364.0 * 86'400'000));
    const bool other = i + 1 < count && noise.next() < 0.1;
    report::Run run = other ? run_with(kOthers.at(static_cast<std::size_t>(noise.next() * 6)), at)
                            : passed_run(at);
    if (run.result.measured.rta && run.result.verdict != Verdict::objective_missed) {
      const double seconds = 60 * (11 + 11 * share + 2 * noise.next());
      run.result.measured.rta = milliseconds(static_cast<std::int64_t>(seconds * 1000));
      run.result.measured.read_bytes = static_cast<std::uint64_t>((0.45 + 0.4 * share) * 1e9);
    }
    facts.runs.push_back(run);
  }
  return facts;
}

}  // namespace lifeboat::test
