#include "cli/option_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

enum class Depth { listed, read };

class Options : public ::testing::Test {
 protected:
  Options() {
    set.value("tag", tag, "TAG", "a tag");
    set.number("jobs", jobs, 1, "N", "connections");
    set.duration("within", within, "DURATION", "how long");
    set.list("source", sources, "NAME", "a source");
    set.flag("schema-only", schema_only, "no rows");
    set.choice("depth", depth, {{"listed", Depth::listed}, {"read", Depth::read}}, "how deep");
    set.argument("SNAPSHOT", snapshot, Presence::required, "which snapshot");
    set.arguments("TABLE", tables, "which tables");
  }

  Error error_of(const std::vector<std::string>& words) {
    try {
      set.parse(words);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error;
    }
    ADD_FAILURE() << "accepted";
    return {ErrorKind::internal, "accepted"};
  }

  OptionSet set;
  std::optional<std::string> tag;
  std::optional<int> jobs;
  std::optional<std::chrono::seconds> within;
  std::vector<std::string> sources;
  bool schema_only = false;
  Depth depth = Depth::listed;
  std::string snapshot;
  std::vector<std::string> tables;
};

TEST_F(Options, AreStoredInTheVariablesTheyAreBoundTo) {
  set.parse({"--tag=pre-deploy", "--jobs", "4", "--within", "7d", "--source", "a", "--source=b",
             "--schema-only", "--depth", "read", "latest", "t1", "t2"});
  EXPECT_EQ(tag, "pre-deploy");
  EXPECT_EQ(jobs, 4);
  EXPECT_EQ(within, 7 * 24h);
  EXPECT_THAT(sources, ElementsAre("a", "b"));
  EXPECT_TRUE(schema_only);
  EXPECT_EQ(depth, Depth::read);
  EXPECT_EQ(snapshot, "latest");
  EXPECT_THAT(tables, ElementsAre("t1", "t2"));
}

TEST_F(Options, KeepTheirDefaultsIfNotGiven) {
  set.parse({"latest"});
  EXPECT_EQ(tag, std::nullopt);
  EXPECT_EQ(jobs, std::nullopt);
  EXPECT_FALSE(schema_only);
  EXPECT_EQ(depth, Depth::listed);
  EXPECT_THAT(tables, IsEmpty());
}

TEST_F(Options, MustNotBeAbbreviated) {
  const Error error = error_of({"--schema", "latest"});
  EXPECT_EQ(error.message(), "unknown option --schema");
  EXPECT_EQ(error.hint(), "did you mean --schema-only?");
}

TEST_F(Options, ThatAreUnknownAreNamedWithoutTheirValue) {
  const Error error = error_of({"--tga=canary77", "latest"});
  EXPECT_EQ(error.message(), "unknown option --tga");
  EXPECT_EQ(error.hint(), "did you mean --tag?");
}

TEST_F(Options, GivenTwiceAreRefusedUnlessTheyRepeat) {
  EXPECT_EQ(error_of({"--tag", "a", "--tag", "b", "x"}).message(),
            "--tag was given more than once");
}

TEST_F(Options, NeedTheirValuesAndFlagsTakeNone) {
  EXPECT_EQ(error_of({"latest", "--tag"}).message(), "--tag needs a value");
  EXPECT_EQ(error_of({"--tag", "--schema-only", "latest"}).message(), "--tag needs a value");
  EXPECT_EQ(error_of({"--schema-only=yes", "latest"}).message(), "--schema-only takes no value");
}

TEST_F(Options, RefuseValuesOfAnotherForm) {
  EXPECT_THAT(error_of({"--jobs", "0", "x"}).message(), HasSubstr("1 or more"));
  EXPECT_THAT(error_of({"--jobs", "two", "x"}).message(), HasSubstr("whole number"));
  EXPECT_THAT(error_of({"--within", "7", "x"}).message(), HasSubstr("not a duration"));
  EXPECT_EQ(error_of({"--depth", "raed", "x"}).hint(), "did you mean read?");
}

TEST_F(Options, WantTheArgumentsThatAreRequired) {
  EXPECT_THAT(error_of({}).message(), HasSubstr("SNAPSHOT is missing"));
}

TEST_F(Options, TakeWordsBehindADoubleDashAsArguments) {
  set.parse({"--", "--tag"});
  EXPECT_EQ(snapshot, "--tag");
}

TEST(OptionSet, RefusesAnArgumentNobodyAskedFor) {
  OptionSet set;
  try {
    set.parse({"stray"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "superfluous argument \"stray\"");
  }
}

}  // namespace
}  // namespace lifeboat::cli
