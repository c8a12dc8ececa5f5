// `lifeboat drill report` against a vault on disk, from the records to the page.
#include "cli/drill_report_verb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/text_table.h"
#include "drill_facts.h"
#include "os/file.h"
#include "seal/sodium.h"
#include "store/directory_store.h"
#include "vault/append_record.h"
#include "vault/new_vault.h"
#include "vault/other_record.h"

namespace lifeboat {
namespace {

using namespace std::chrono_literals;
using drill::Verdict;
using testing::HasSubstr;
using testing::Not;

const Instant kNow = test::moment("2026-11-23T07:41:00Z");

/// A vault in a temporary directory, named in the environment with a viewer's credential.
class DrillReportVerb : public testing::Test {
 protected:
  DrillReportVerb() : home_("/tmp", "lifeboat-report-"), store_(home_.path() / "vault") {
    seal::initialize();
    const auto fresh = vault::plan_vault({}, kNow - 24h * 30);
    vault::publish(fresh, store_);
    for (const auto& capability : fresh.capabilities) {
      if (capability.role == vault::Role::operator_) operator_ = capability;
      if (capability.role == vault::Role::viewer) {
        ::setenv("LIFEBOAT_VIEWER", capability.to_text().reveal().c_str(), 1);
      }
    }
    ::setenv("LIFEBOAT_VAULT", (home_.path() / "vault").c_str(), 1);
    ::setenv("LIFEBOAT_STATE", "none", 1);
  }

  void record(const std::string& body, Instant at) {
    const vault::Vault vault(store_, *operator_);
    vault::append_json_record(vault, vault::RecordKind::drill, body, at, at);
  }
  void record(const report::Run& run) { record(drill::to_json(run.result), run.result.finished); }

  /// What the command prints; `code` is what it ends with.
  std::string report(std::vector<std::string> words, int expected_code = 0) {
    words.insert(words.begin(), {"lifeboat-drill", "report"});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = cli::run_tool(cli::ToolInfo{.name = "drill"}, static_cast<int>(argv.size()),
                                   argv.data(), std::vector<cli::Verb>{cli::drill_report_verb()});
    errors_ = testing::internal::GetCapturedStderr();
    const std::string text = testing::internal::GetCapturedStdout();
    EXPECT_EQ(code, expected_code) << text << errors_;
    return text;
  }

  std::string file(const std::string& name) const { return home_.path() / name; }
  static std::string contents(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(name, std::ios::binary).rdbuf();
    return text.str();
  }

  os::TempDir home_;
  store::DirectoryStore store_;
  std::optional<vault::Capability> operator_;
  std::string errors_;
};

TEST_F(DrillReportVerb, BeginsWithTheLineForWhoReadsOnlyOne) {
  record(test::passed_run(kNow - 24h));
  const std::string text = report({"--at=2026-11-23T07:41:00Z"});
  EXPECT_THAT(text,
              testing::StartsWith("weekly-restore   PASSED   recovered in 23 min of 60, losing 4 h "
                                  "36 min of 24 h   leaks 0\n"));
  EXPECT_THAT(text, HasSubstr("  restore shop-db"));
  EXPECT_THAT(text, HasSubstr("  pass            orders are there\n"));
  EXPECT_THAT(text, HasSubstr("passed 1 of 1 run or due in 90 days"));
  std::istringstream lines(text.substr(text.find('\n') + 1));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(cli::display_width(line), 80U) << line;
  }
}

TEST_F(DrillReportVerb, MakesTheSamePageAgainAsOfTheSameMoment) {
  record(test::passed_run(kNow - 48h));
  record(test::passed_run(kNow - 24h));
  report({"weekly-restore", "--at=2026-11-23T07:41:00Z", "--html", file("first.html")});
  record(test::run_with(Verdict::failed, kNow + 24h));
  report({"weekly-restore", "--at=2026-11-23T07:41:00Z", "--html", file("again.html")});
  EXPECT_THAT(contents(file("first.html")), HasSubstr("Passed."));
  EXPECT_EQ(contents(file("first.html")), contents(file("again.html")));
  report({"--at=2026-11-25T00:00:00Z", "--html", file("again.html")});
  EXPECT_THAT(contents(file("again.html")), HasSubstr("Failed."));
}

TEST_F(DrillReportVerb, LeavesOutARecordThatItCannotReadAndSaysSo) {
  record(test::passed_run(kNow - 48h));
  record(R"({"format": 2, "drill": "of-the-future"})", kNow - 24h);
  const std::string text = report({"--json", "--at=2026-11-23T07:41:00Z"});
  EXPECT_THAT(text, HasSubstr("\"verdict\": \"passed\""));
  EXPECT_THAT(text, Not(HasSubstr("of-the-future")));
  EXPECT_THAT(errors_, HasSubstr("a newer lifeboat is needed"));
}

TEST_F(DrillReportVerb, WithoutADrillSaysThatThereIsNone) {
  report({}, 10);
  EXPECT_THAT(errors_, HasSubstr("no drill is recorded in this vault"));
  record(test::passed_run(kNow - 48h));
  report({"weekly", "--at=2026-11-23T07:41:00Z"}, 10);
  EXPECT_THAT(errors_, HasSubstr("there are runs of weekly-restore"));
}

TEST_F(DrillReportVerb, WritesNoPageOverADevice) {
  record(test::passed_run(kNow - 48h));
  report({"--html", "/dev/null"}, 2);
  EXPECT_THAT(errors_, HasSubstr("/dev/null is no file"));
  report({"--html", file("none/page.html")}, 10);
  report({"--at=yesterday"}, 2);
}

TEST_F(DrillReportVerb, SaysOfEveryVerdictWhatItWas) {
  for (int number = 0; number <= static_cast<int>(Verdict::cleanup_failed); ++number) {
    const auto verdict = static_cast<Verdict>(number);
    record(test::run_with(verdict, kNow - 24h * (10 - number)));
    const std::string text = report({"--at=2026-11-23T07:41:00Z"});
    std::string word = report::verdict_word(verdict);
    for (char& letter : word) letter = static_cast<char>(std::toupper(letter));
    EXPECT_THAT(text.substr(0, text.find('\n')), HasSubstr("   " + word + "   "));
  }
}

}  // namespace
}  // namespace lifeboat
