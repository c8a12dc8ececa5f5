#include "bridge/assertion_check.h"

#include "postgres/session.h"

namespace lifeboat::bridge {

std::string AssertionVerdict::in_words() const {
  std::string text = "assertion " + name + ": ";
  if (!failure.empty()) return text + failure;
  return text + expected.value_or("NULL") + " in the snapshot, " + found.value_or("NULL") +
         " restored";
}

std::vector<AssertionVerdict> check_assertions(const postgres::Answers& expected, const Secret& url,
                                               std::stop_token stop) {
  std::vector<postgres::Assertion> questions;
  for (const postgres::Answer& answer : expected.answers) {
    questions.push_back({answer.name, answer.sql});
  }
  if (questions.empty()) return {};
  pq::Connection session = postgres::connect_pinned(url, std::move(stop));
  session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const postgres::Answers found = postgres::ask(session, questions, expected.search_path);
  session.execute("ROLLBACK");
  std::vector<AssertionVerdict> verdicts;
  for (std::size_t i = 0; i < found.answers.size(); ++i) {
    verdicts.push_back({.name = questions[i].name,
                        .sql = questions[i].sql,
                        .expected = expected.answers[i].value,
                        .found = found.answers[i].value,
                        .failure = found.answers[i].failure});
  }
  return verdicts;
}

}  // namespace lifeboat::bridge
