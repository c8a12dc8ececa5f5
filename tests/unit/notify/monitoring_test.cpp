// The shipped alert rules and dashboard say only what lifeboat can tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "notify/sample.h"

namespace lifeboat::notify {
namespace {

using ::testing::Contains;
using ::testing::IsSubsetOf;

std::string document(const std::string& name) {
  std::ifstream file(std::string(LIFEBOAT_TEST_DOCS "/") + name);
  EXPECT_TRUE(file) << name;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> found_in(const std::string& text, const std::string& pattern,
                               std::size_t group = 0) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) {
    found.insert((*at)[group]);
  }
  return found;
}

std::set<std::string> names() {
  std::set<std::string> all;
  for (const Family& family : families()) all.emplace(family.name);
  return all;
}

/// The rules of the alerts' file, each from "- alert:" to the next.
std::vector<std::string> alerts() {
  const std::string text = document("monitoring/prometheus-alerts.yaml");
  std::vector<std::string> rules;
  for (std::size_t at = text.find("- alert: "); at != std::string::npos;) {
    const std::size_t next = text.find("- alert: ", at + 1);
    rules.push_back(text.substr(at, next - at));
    at = next;
  }
  return rules;
}

/// "## No tick" → "no-tick", as viewers of Markdown make anchors.
std::set<std::string> anchors_of(const std::string& markdown) {
  std::set<std::string> anchors;
  for (std::string heading : found_in(markdown, "(^|\n)#+ ([^\n]+)", 2)) {
    std::ranges::transform(heading, heading.begin(), [](unsigned char c) {
      return c == ' ' ? '-' : static_cast<char>(std::tolower(c));
    });
    anchors.insert(heading);
  }
  return anchors;
}

TEST(Alerts, NameOnlyMetricsThatThereAre) {
  const auto used = found_in(document("monitoring/prometheus-alerts.yaml"), "\\blifeboat_[a-z_]+");
  EXPECT_GE(used.size(), 10U);
  EXPECT_THAT(used, IsSubsetOf(names()));
}

TEST(Alerts, CarryASeverityASummaryAndARunbookThatExists) {
  const auto rules = alerts();
  EXPECT_EQ(rules.size(), 10U);
  const auto anchors = anchors_of(document("monitoring.md"));
  for (const std::string& rule : rules) {
    EXPECT_EQ(found_in(rule, "\n        expr: \\S").size(), 1U) << rule;
    EXPECT_EQ(found_in(rule, "\n          severity: (critical|warning)\n").size(), 1U) << rule;
    EXPECT_EQ(found_in(rule, "\n          summary: \"[^\"]+\"\n").size(), 1U) << rule;
    const auto runbook = found_in(rule, "\n          runbook: docs/monitoring\\.md#(\\S+)", 1);
    ASSERT_EQ(runbook.size(), 1U) << rule;
    EXPECT_THAT(anchors, Contains(*runbook.begin()));
  }
}

TEST(Dashboard, IsJsonWhoseQueriesNameOnlyMetricsThatThereAre) {
  const std::string text = document("monitoring/grafana-dashboard.json");
  const auto board = nlohmann::json::parse(text);
  const auto all = names();
  std::set<int> ids;
  for (const auto& panel : board.at("panels")) {
    EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second);
    EXPECT_FALSE(panel.at("targets").empty());
    for (const auto& target : panel.at("targets")) {
      const auto used = found_in(target.at("expr").get<std::string>(), "\\blifeboat_[a-z_]+");
      EXPECT_EQ(used.size(), 1U) << target;
      EXPECT_THAT(used, IsSubsetOf(all));
    }
  }
  EXPECT_GE(ids.size(), 15U);
  EXPECT_THAT(found_in(text, "\\blifeboat_[a-z_]+"), IsSubsetOf(all));
}

TEST(MonitoringPage, ListsEveryMetricAndNoOther) {
  EXPECT_EQ(found_in(document("monitoring.md"), "\n\\| `(lifeboat_[a-z_]+)` \\|", 1), names());
}

}  // namespace
}  // namespace lifeboat::notify
