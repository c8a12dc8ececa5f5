#ifndef LIFEBOAT_BRIDGE_ASSERTION_CHECK_H_
#define LIFEBOAT_BRIDGE_ASSERTION_CHECK_H_

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.h"
#include "postgres/assertions.h"

namespace lifeboat::bridge {

/// One question, what the source said to it under the snapshot, and what a restored copy says.
struct AssertionVerdict {
  std::string name;
  std::string sql;
  std::optional<std::string> expected;  ///< absent = NULL
  std::optional<std::string> found;     ///< absent = NULL, or there is a failure
  std::string failure;                  ///< of the question in the copy; empty = there is none

  [[nodiscard]] bool equal() const { return failure.empty() && expected == found; }
  /// "assertion no orphan lines: 0 in the snapshot, 3 restored".
  [[nodiscard]] std::string in_words() const;
};

/// Asks a restored database, read-only, what the source was asked. Blocks. Throws as a connection.
[[nodiscard]] std::vector<AssertionVerdict> check_assertions(const postgres::Answers& expected,
                                                             const Secret& url,
                                                             std::stop_token stop);

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_ASSERTION_CHECK_H_
