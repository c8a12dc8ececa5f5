#ifndef LIFEBOAT_POSTGRES_ASSERTIONS_H_
#define LIFEBOAT_POSTGRES_ASSERTIONS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pq/connection.h"

namespace lifeboat::postgres {

/// A question that a user's database must answer the same after a restore: a query of one value.
struct Assertion {
  std::string name;  ///< "no orphan lines"
  std::string sql;
  friend bool operator==(const Assertion&, const Assertion&) = default;
};

/// What a database said to one.
struct Answer {
  std::string name;
  std::string sql;
  std::optional<std::string> value;  ///< as text; absent = NULL, or no row
  std::string failure;               ///< why there is no answer at all; empty = there is one
};

/// All answers, and the search_path under which they were given.
struct Answers {
  std::string search_path;
  std::vector<Answer> answers;
};

/// The search_path that this session had before anybody set one: names in a user's SQL mean what
/// they mean to his application.
[[nodiscard]] std::string own_search_path(pq::Connection& session);

/// Asks within the session's transaction, which must be read-only and is left as it was; each
/// question gets a minute. What the server refuses is an answer's failure. An answer of more than
/// 4 KiB is one, too. Throws unavailable (the session is lost), cancelled.
[[nodiscard]] Answers ask(pq::Connection& session, const std::vector<Assertion>& assertions,
                          const std::string& search_path);

/// The document assertions.json (docs/format/postgres.md). Answers that failed must not be in it.
[[nodiscard]] std::string to_json(const Answers& answers);
/// Throws Error(corrupt); ignores unknown fields.
[[nodiscard]] Answers answers_from_json(std::string_view json);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ASSERTIONS_H_
