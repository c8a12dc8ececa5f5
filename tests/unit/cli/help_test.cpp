#include "cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/error.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ToolInfo tool() {
  return {.name = "restore",
          .summary = "Restore a snapshot.",
          .synopsis = "[OPTION]... SNAPSHOT",
          .details = std::string_view{},
          .examples = {{"lifeboat restore latest", "an example"}},
          .exit_codes = {ExitCode::refused},
          .environment = {"LIFEBOAT_IDENTITY"}};
}

/// Every group that tools share, as the help shows them.
std::string whole_help() {
  OptionSet set;
  std::string snapshot;
  set.argument("SNAPSHOT", snapshot, Presence::required, "id, unique prefix, latest");
  declare_vault_options(set);
  declare_source_options(set);
  declare_scratch_options(set);
  CommonOptions common;
  common.declare(set);
  return help_text(tool(), "lifeboat restore", set);
}

TEST(Help, ShowsUsageOptionsEnvironmentExitCodesAndExamples) {
  const std::string help = whole_help();
  EXPECT_THAT(help, HasSubstr("usage: lifeboat restore [OPTION]... SNAPSHOT\n"));
  EXPECT_THAT(help, HasSubstr("\n  --vault URL "));
  EXPECT_THAT(help, HasSubstr("\n  LIFEBOAT_IDENTITY "));
  EXPECT_THAT(help, HasSubstr("\n  15  refused by a safety rule\n"));
  EXPECT_THAT(help, HasSubstr("\n  lifeboat restore latest\n      an example\n"));
}

TEST(Help, ShowsOnlyTheExitCodesThatTheToolCanGive) {
  EXPECT_THAT(whole_help(), Not(HasSubstr("rolled back")));
}

TEST(Help, FitsIntoEightyColumns) {
  std::istringstream lines(whole_help());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), kColumns) << line;
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(Help, KnowsAMeaningOfEveryVariableOrSaysSo) {
  EXPECT_THAT(std::string(meaning_of_variable("LIFEBOAT_VAULT")), HasSubstr("vault"));
  EXPECT_THROW(static_cast<void>(meaning_of_variable("NO_SUCH_VARIABLE")), Error);
}

}  // namespace
}  // namespace lifeboat::cli
