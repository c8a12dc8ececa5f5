#include "postgres/assertions.h"

#include "postgres/catalogue.h"

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kMostAnswerBytes = 4096;

/// One value, whatever the query is: more rows or columns are the server's error. It cannot be
/// anything but a query in this place. Cut by the server behind what an answer may have, so that
/// none of a gigabyte is received to be refused.
std::string as_one_value(std::string sql) {
  while (!sql.empty() && (sql.back() == ';' || sql.back() == ' ' || sql.back() == '\n')) {
    sql.pop_back();
  }
  return "SELECT pg_catalog.left((" + sql + "\n)::pg_catalog.text, " +
         std::to_string(kMostAnswerBytes + 1) + ")";
}

Answer ask_one(pq::Connection& session, const Assertion& assertion) {
  Answer answer{assertion.name, assertion.sql, std::nullopt, ""};
  try {
    const pq::Rows rows = session.query(as_one_value(assertion.sql));
    if (rows.size() == 1 && !rows.is_null(0, 0)) answer.value = rows.text(0, 0);
  } catch (const Error& error) {
    if (!session.alive() || error.kind() == ErrorKind::cancelled) throw;
    answer.failure = error.message();
  }
  if (answer.value && answer.value->size() > kMostAnswerBytes) {
    answer.failure = "its answer is longer than 4 KiB";
    answer.value.reset();
  }
  return answer;
}

}  // namespace

std::string own_search_path(pq::Connection& session) {
  return session.query("SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'")
      .text(0, 0);
}

Answers ask(pq::Connection& session, const std::vector<Assertion>& assertions,
            const std::string& search_path) {
  Answers result{search_path, {}};
  for (const Assertion& assertion : assertions) {
    session.execute("SAVEPOINT question");
    session.execute("SET LOCAL statement_timeout = '60s'");
    static_cast<void>(
        session.query("SELECT pg_catalog.set_config('search_path', $1, true)", {search_path}));
    result.answers.push_back(ask_one(session, assertion));
    session.execute("ROLLBACK TO question; RELEASE question");
  }
  return result;
}

}  // namespace lifeboat::postgres
