#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <regex>

#include "config/nearest.h"
#include "config/scenario.h"
#include "config/secret_reference.h"
#include "config/source_name.h"
#include "config/table_reader.h"

namespace lifeboat::config {
namespace {

constexpr std::chrono::hours kLongestRun{24};
constexpr std::size_t kLongestName = 60;

const std::vector<std::string>& words_of_notify() {
  static const std::vector<std::string> words = {
      "passed", "objective_missed", "failed",         "errored",
      "missed", "aborted",          "cleanup_failed", "first_success_after_failure"};
  return words;
}

bool is_drill_name(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name.front() >= 'a' &&
         name.front() <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

void read_head(TableReader& reader, Scenario& scenario) {
  const auto format = reader.number("format", 1);
  if (!format) throw reader.error_at(1, "there is no format", "begin with format = 1");
  if (*format != 1) {
    throw reader.error_at(reader.line_of("format"),
                          "format " + std::to_string(*format) + " is of a newer lifeboat",
                          "this version reads format = 1");
  }
  const auto name = reader.text("name");
  if (!name) throw reader.error_at(1, "the drill has no name", "name = \"weekly-restore\"");
  const std::string stem = std::filesystem::path(scenario.file).stem().string();
  if (!is_drill_name(*name)) {
    throw reader.error_at(reader.line_of("name"), "\"" + *name + "\" cannot be a drill's name",
                          "small letters, digits and -, a letter first, 60 at the most");
  }
  if (*name != stem) {
    throw reader.error_at(reader.line_of("name"),
                          "the name is \"" + *name + "\", but the file is " + stem + ".toml",
                          "give both the same name: results are found by it");
  }
  scenario.name = *name;
  scenario.title = reader.text("title").value_or(*name);
  const std::vector<std::string> kinds = {"restore", "readiness", "runbook", "inject", "tabletop"};
  const auto kind = reader.choice("kind", kinds);
  if (!kind)
    throw reader.error_at(1, "the drill has no kind", "kind = \"restore\" or \"readiness\"");
  if (*kind > 1) {
    throw reader.error_at(reader.line_of("kind"),
                          "drills of kind " + kinds[*kind] + " are not yet in this version",
                          "restore and readiness are");
  }
  scenario.kind = *kind == 0 ? ScenarioKind::restore : ScenarioKind::readiness;
}

void read_source(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[source]", scenario.file);
  if (scenario.kind == ScenarioKind::restore) {
    constexpr std::array kSelects = {ScenarioSelect::latest, ScenarioSelect::oldest,
                                     ScenarioSelect::random};
    if (const auto at = reader.choice("select", {"latest", "oldest", "random"})) {
      scenario.select = kSelects.at(*at);
    }
    scenario.window = reader.duration("window");
    const bool random = scenario.select == ScenarioSelect::random;
    if (random != scenario.window.has_value()) {
      throw reader.error_at(reader.line_of(random ? "select" : "window"),
                            random ? "select = \"random\" needs a window"
                                   : "a window is for select = \"random\" alone",
                            random ? "window = \"30d\"" : "");
    }
  }
  scenario.sources = reader.texts("sources");
  for (const std::string& name : scenario.sources) {
    if (is_source_name(name)) continue;
    throw reader.error_at(reader.line_of("sources"), "\"" + name + "\" cannot be a source's name",
                          kSourceNameRule);
  }
  reader.expect_no_other();
}

void read_scratch(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[scratch]", scenario.file);
  scenario.scratch = reader.text("postgres").value_or("local");
  if (scenario.scratch == "heroku") {
    throw reader.error_at(reader.line_of("postgres"),
                          "a scratch database that Heroku makes needs the platform part, which "
                          "this version has not",
                          "\"local\", or a reference to a database with the scratch mark");
  }
  if (scenario.scratch != "local" && form_of(scenario.scratch) == ReferenceForm::literal) {
    throw reader.error_at(reader.line_of("postgres"),
                          "postgres is neither \"local\" nor a reference",
                          "put the URL into an environment variable and write env:NAME");
  }
  reader.expect_no_other();
}

void read_objectives(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[objectives]", scenario.file);
  scenario.rto = reader.duration("rto");
  scenario.rpo = reader.duration("rpo");
  reader.expect_no_other();
}

ScenarioSchedule read_schedule(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[schedule]", file);
  ScenarioSchedule schedule;
  const auto cron = reader.text("cron");
  if (!cron) {
    throw reader.error_at(static_cast<int>(table.source().begin.line), "[schedule] has no cron",
                          "cron = \"15 2 * * sun\"");
  }
  schedule.cron = *cron;
  schedule.cron_line = reader.line_of("cron");
  schedule.tz = reader.text("tz").value_or("UTC");
  schedule.tz_line = reader.line_of("tz");
  schedule.start_within = reader.duration("start_within").value_or(schedule.start_within);
  schedule.blackout = reader.texts("blackout");
  schedule.blackout_line = reader.line_of("blackout");
  schedule.min_interval = reader.duration("min_interval").value_or(schedule.min_interval);
  schedule.max_runtime = reader.duration("max_runtime").value_or(schedule.max_runtime);
  if (schedule.max_runtime > kLongestRun) {
    throw reader.error_at(reader.line_of("max_runtime"), "a drill runs for 24h at the most");
  }
  reader.expect_no_other();
  return schedule;
}

std::optional<double> read_bound(TableReader& reader, const char* key) {
  const auto written = reader.scalar(key);
  if (!written) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(written->c_str(), &end);
  if (*end == '\0') return value;
  throw reader.error_at(reader.line_of(key), std::string(key) + " must be a number");
}

void read_expectation(TableReader& reader, ScenarioAssertion& assertion) {
  assertion.equals = reader.scalar("equals");
  assertion.at_least = read_bound(reader, "at_least");
  assertion.at_most = read_bound(reader, "at_most");
  assertion.matches = reader.text("matches");
  if (!assertion.matches) return;
  try {
    static_cast<void>(std::regex(*assertion.matches));
  } catch (const std::regex_error&) {
    throw reader.error_at(reader.line_of("matches"), "matches is no regular expression",
                          "as in ECMAScript: \"^ok$\"");
  }
}

/// What an assertion asks, and where.
void check_question(const TableReader& reader, const ScenarioAssertion& assertion,
                    const std::string& title) {
  const int asked = int(!assertion.sql.empty()) + int(!assertion.redis.empty()) +
                    int(!assertion.http.empty()) + int(!assertion.exec.empty());
  if (asked != 1) {
    throw reader.error_at(assertion.line,
                          title + (asked == 0 ? " asks nothing" : " asks several things"),
                          "give exactly one of sql, redis, http and exec");
  }
  const bool of_data = !assertion.sql.empty() || !assertion.redis.empty();
  if (of_data && assertion.on.empty()) {
    throw reader.error_at(assertion.line, title + " names no source", "on = \"shop-db\"");
  }
  const bool expects = assertion.equals || assertion.at_least || assertion.at_most ||
                       assertion.matches || assertion.measures_rpo;
  if (of_data && !expects) {
    throw reader.error_at(assertion.line, title + " expects nothing",
                          "give equals, at_least, at_most, matches, or measures = \"rpo\"");
  }
  if (assertion.measures_rpo && assertion.sql.empty()) {
    throw reader.error_at(reader.line_of("measures"), "measures is for sql alone");
  }
}

ScenarioAssertion read_assertion(const std::string& name, const toml::table& table,
                                 const std::string& file) {
  const std::string title = "[assert.\"" + name + "\"]";
  TableReader reader(table, title, file);
  ScenarioAssertion assertion;
  assertion.name = name;
  assertion.line = static_cast<int>(table.source().begin.line);
  assertion.on = reader.text("on").value_or("");
  assertion.sql = reader.text("sql").value_or("");
  assertion.redis = reader.texts("redis");
  assertion.http = reader.text("http").value_or("");
  assertion.exec = reader.texts("exec");
  assertion.within = reader.duration("within").value_or(assertion.within);
  if (!assertion.http.empty()) {
    assertion.status = reader.number("status", 100).value_or(assertion.status);
  }
  if (const auto at = reader.choice("severity", {"fail", "warn"})) assertion.only_warns = *at == 1;
  assertion.measures_rpo = reader.choice("measures", {"rpo"}).has_value();
  read_expectation(reader, assertion);
  reader.expect_no_other();
  check_question(reader, assertion, title);
  return assertion;
}

void read_assertions(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[assert]", scenario.file);
  for (const std::string& name : reader.keys()) {
    const toml::table* one = reader.table(name);
    if (one == nullptr) throw reader.error_at(reader.line_of(name), name + " is no table");
    scenario.assertions.push_back(read_assertion(name, *one, scenario.file));
  }
  std::ranges::sort(scenario.assertions, {}, &ScenarioAssertion::line);
  const auto measuring =
      std::ranges::count_if(scenario.assertions, &ScenarioAssertion::measures_rpo);
  if (measuring > 1) {
    throw reader.error_at(scenario.assertions.back().line, "two assertions measure the RPO",
                          "one value is the newest moment in the data: leave one of them out");
  }
}

void read_readiness(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[readiness]", scenario.file);
  scenario.max_age = reader.duration("max_age").value_or(scenario.max_age);
  scenario.max_proof_age = reader.duration("max_proof_age").value_or(scenario.max_proof_age);
  reader.expect_no_other();
}

void read_notify(const toml::table& table, Scenario& scenario) {
  TableReader reader(table, "[notify]", scenario.file);
  scenario.notify_on = reader.texts("on");
  for (const std::string& word : scenario.notify_on) {
    if (std::ranges::find(words_of_notify(), word) != words_of_notify().end()) continue;
    const auto meant = nearest(word, words_of_notify());
    throw reader.error_at(
        reader.line_of("on"), "on cannot hold \"" + word + "\"",
        meant ? "did you mean \"" + *meant + "\"?" : "known: " + join(words_of_notify()));
  }
  reader.expect_no_other();
}

}  // namespace

Scenario parse_scenario(std::string_view text, const std::string& file) {
  const toml::table root = parse_toml(text, file);
  Scenario scenario;
  scenario.file = file;
  TableReader reader(root, "the top level", scenario.file);
  read_head(reader, scenario);
  const bool restores = scenario.kind == ScenarioKind::restore;
  if (const auto* table = reader.table("source")) read_source(*table, scenario);
  if (const auto* table = reader.table("scratch")) read_scratch(*table, scenario);
  if (const auto* table = reader.table("schedule")) {
    scenario.schedule = read_schedule(*table, scenario.file);
  }
  // Only the tables that mean something for the kind are read; any other is then unknown.
  if (restores) {
    if (const auto* table = reader.table("objectives")) read_objectives(*table, scenario);
    if (const auto* table = reader.table("assert")) read_assertions(*table, scenario);
  } else if (const auto* table = reader.table("readiness")) {
    read_readiness(*table, scenario);
  }
  if (const auto* table = reader.table("notify")) read_notify(*table, scenario);
  reader.expect_no_other();
  return scenario;
}

}  // namespace lifeboat::config
