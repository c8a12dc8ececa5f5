#include "cli/exit_code.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace lifeboat::cli {
namespace {

constexpr std::array kKinds = {ErrorKind::usage,   ErrorKind::not_found, ErrorKind::busy,
                               ErrorKind::denied,  ErrorKind::corrupt,   ErrorKind::unavailable,
                               ErrorKind::stale,   ErrorKind::refused,   ErrorKind::cancelled,
                               ErrorKind::internal};

struct Row {
  int code;
  std::string kind;
  std::string meaning;
};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// The table of docs/exit-codes.md: | code | name | kind | meaning |.
std::vector<Row> documented() {
  std::ifstream file(LIFEBOAT_DOCS_DIR "/exit-codes.md");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ") || line.starts_with("| code")) continue;
    std::istringstream cells(line.substr(1));
    std::vector<std::string> row;
    for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
    rows.push_back({std::stoi(row.at(0)), row.at(2), row.at(3)});
  }
  return rows;
}

TEST(ExitCode, MeansWhatTheDocumentSays) {
  const auto rows = documented();
  ASSERT_EQ(rows.size(), kExitCodes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].code, static_cast<int>(kExitCodes.at(i)));
    EXPECT_EQ(rows[i].meaning, meaning_of(kExitCodes.at(i)));
  }
}

TEST(ExitCode, OfEveryErrorKindIsTheDocumentedOne) {
  for (const ErrorKind kind : kKinds) {
    int code = -1;
    for (const Row& row : documented()) {
      if (row.kind == name_of(kind)) code = row.code;
    }
    EXPECT_EQ(static_cast<int>(exit_code_of(kind)), code) << name_of(kind);
  }
}

}  // namespace
}  // namespace lifeboat::cli
