#include "vault/recovery_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "vault/sealed_identity.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using ::testing::HasSubstr;

class RecoverySheet : public VaultFixture {
 protected:
  RecoverySheet()
      : plain_(capabilities_.at(Role::identity).to_text().reveal()),
        sealed_(seal_identity(capabilities_.at(Role::identity), Secret("horse"), seal::kLeastCost)
                    .reveal()) {}

  static std::string complaint_about(const std::string& typed) {
    try {
      static_cast<void>(read_sheet(typed));
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error.message();
    }
    return "accepted";
  }

  std::string plain_;
  std::string sealed_;
};

TEST_F(RecoverySheet, IsReadBackWhateverStandsAroundTheLinesAndInAnyCase) {
  for (const std::string& credential : {plain_, sealed_}) {
    std::string sheet = sheet_lines(credential).reveal();
    EXPECT_EQ(read_sheet(sheet).reveal(), credential);
    for (char& c : sheet) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    EXPECT_EQ(read_sheet("Recovery sheet\r\n\r\n" + sheet + "\nkeep it safe\n").reveal(),
              credential);
  }
}

TEST_F(RecoverySheet, NamesTheLineOfAnyCharacterThatWasMistyped) {
  const std::string sheet = sheet_lines(plain_).reveal();
  std::size_t line = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < sheet.size(); ++at) {
    if (sheet[at] == '\n') {
      ++line;
      begin = at + 1;
    }
    if (line == 0 || at < begin + 4 || sheet[at] == ' ' || sheet[at] == '\n') continue;
    std::string typed = sheet;
    typed[at] = typed[at] == 'b' ? 'd' : 'b';
    const std::string wanted = "line " + std::to_string(line) + " is mistyped";
    EXPECT_EQ(complaint_about(typed), "the sheet: " + wanted) << at;
  }
  EXPECT_EQ(line, 9U);
}

TEST_F(RecoverySheet, NamesLinesThatAreMissingTwiceSwappedOrTooMany) {
  const std::string sheet = sheet_lines(plain_).reveal();
  const std::size_t second = sheet.find("\n 2 ") + 1;
  const std::size_t third = sheet.find("\n 3 ") + 1;
  EXPECT_EQ(complaint_about(sheet.substr(0, second) + sheet.substr(third)),
            "the sheet: line 2 is missing");
  EXPECT_EQ(complaint_about(sheet + sheet.substr(second, third - second)),
            "the sheet: line 2 is there twice");
  std::string swapped = sheet;
  std::swap(swapped[second + 1], swapped[third + 1]);
  EXPECT_THAT(complaint_about(swapped), HasSubstr("line 2 is mistyped, line 3 is mistyped"));
  EXPECT_THAT(complaint_about(sheet + "9 abcde bibib\n"), HasSubstr("line 9 is none of it"));
  EXPECT_THAT(complaint_about(sheet.substr(sheet.find('\n'))), HasSubstr("no line reads"));
  EXPECT_THAT(complaint_about(sheet + "lifeboat-sealed-identity-1\n"),
              HasSubstr("two credentials"));
  EXPECT_THAT(complaint_about("lifeboat-identity-1\n 1\n"), HasSubstr("line 1 is missing"));
  EXPECT_THAT(complaint_about(""), HasSubstr("no line reads"));
}

TEST_F(RecoverySheet, IsOfAnIdentity) {
  EXPECT_THROW(static_cast<void>(sheet_lines(capabilities_.at(Role::admin).to_text().reveal())),
               Error);
}

}  // namespace
}  // namespace lifeboat::vault
