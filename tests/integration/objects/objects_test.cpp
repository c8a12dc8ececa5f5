#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "journey.h"
#include "kind.h"

namespace lifeboat::objects {

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.title; }
void PrintTo(const Role& role, std::ostream* out) { *out << name_of(role); }

namespace {

std::string describe(const std::vector<NotCarried>& items) {
  std::string text;
  for (const NotCarried& item : items) text += "  " + item.object + ": " + item.reason + "\n";
  return text;
}

class EachKind : public testing::TestWithParam<Kind> {
 protected:
  static void expect_as_documented(Role role) {
    std::string why;
    const Outcome found = Journey::of(role).outcome(GetParam(), why);
    EXPECT_EQ(name_of(found), name_of(GetParam().expected_for(role))) << GetParam().title << "\n"
                                                                      << why;
  }
};

TEST_P(EachKind, IsCarriedOrNamedForASuperuser) { expect_as_documented(Role::superuser); }
TEST_P(EachKind, IsCarriedOrNamedForThePlainOwner) { expect_as_documented(Role::owner); }
TEST_P(EachKind, IsCarriedOrNamedForTheOwnerOfAHerokuDatabase) {
  expect_as_documented(Role::heroku);
}

INSTANTIATE_TEST_SUITE_P(Kinds, EachKind, testing::ValuesIn(kinds()),
                         [](const testing::TestParamInfo<Kind>& each) { return each.param.slug; });

class EachRole : public testing::TestWithParam<Role> {};

TEST_P(EachRole, LosesNothingBesidesTheKinds) {
  const std::string differences = Journey::of(GetParam()).other_differences();
  if (GetParam() != Role::heroku) {
    EXPECT_EQ(differences, "");
    return;
  }
  // Of the platform's own the target has nothing.
  EXPECT_THAT(differences, testing::Not(testing::HasSubstr("  + ")));
}

TEST_P(EachRole, IsToldOfNoLossThatIsNone) {
  std::vector<NotCarried> unexplained;
  for (const NotCarried& item : Journey::of(GetParam()).told()) {
    const bool explained = std::ranges::any_of(kinds(), [&](const Kind& kind) {
      return kind.is_named_in(item.object + " " + item.reason);
    });
    if (item.severity == Severity::loss && !explained) unexplained.push_back(item);
  }
  EXPECT_EQ(describe(unexplained), "");
}

TEST_P(EachRole, GetsAProofOfAllThatTheSnapshotHolds) {
  const verify::Report report = Journey::of(GetParam()).prove();
  std::string findings;
  for (const verify::Finding& finding : report.postgres.at(0).findings) {
    if (finding.severity == Severity::loss) findings += finding.what + "\n";
  }
  EXPECT_EQ(findings, "");
  EXPECT_EQ(report.postgres.at(0).equal_tables(), report.postgres.at(0).tables.size());
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
}

INSTANTIATE_TEST_SUITE_P(Roles, EachRole, testing::ValuesIn(kRoles),
                         [](const testing::TestParamInfo<Role>& each) {
                           return std::string(name_of(each.param));
                         });

constexpr std::string_view kBegin = "<!-- kinds: written by tests/integration/objects -->\n";
constexpr std::string_view kEnd = "<!-- end of kinds -->\n";

std::string observed_table() {
  std::string table = "\n| kind of object | superuser | owner | Heroku |\n|---|---|---|---|\n";
  for (const Chapter& chapter : chapters()) {
    table += "| **" + chapter.title + "** | | | |\n";
    for (const Kind& kind : chapter.kinds) {
      table += "| " + kind.title + " |";
      for (const Role role : kRoles) {
        std::string why;
        table += " " + std::string(name_of(Journey::of(role).outcome(kind, why))) + " |";
      }
      table += "\n";
    }
  }
  return table + "\n";
}

TEST(TableOfTheDocument, SaysWhatWasObserved) {
  std::stringstream whole;
  whole << std::ifstream(LIFEBOAT_TEST_POSTGRES_DOC).rdbuf();
  std::string text = whole.str();
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::size_t from = begin + kBegin.size();
  const std::string observed = observed_table();
  if (std::getenv("LIFEBOAT_UPDATE_GOOD") != nullptr) {
    text.replace(from, end - from, observed);
    std::ofstream(LIFEBOAT_TEST_POSTGRES_DOC) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), observed)
      << "LIFEBOAT_UPDATE_GOOD=1 writes what was observed into docs/postgres.md";
}

}  // namespace
}  // namespace lifeboat::objects
