#include "rehearse/question.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "drill/expectation.h"
#include "http/client.h"
#include "os/file.h"
#include "os/subprocess.h"
#include "pq/connection.h"
#include "rehearse/no_credentials.h"
#include "resp/connection.h"

namespace lifeboat::rehearse {
namespace {

using config::ScenarioAssertion;
using drill::AssertionKind;
using drill::AssertionOutcome;
using drill::AssertionResult;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kMostAnswerBytes = 64 * 1024;
constexpr std::size_t kShownBytes = 500;
constexpr milliseconds kBetweenLooks{50};

pq::Connection reading_session(const Secret& url, std::chrono::seconds within,
                               const std::stop_token& stop) {
  pq::Connection connection(url, stop);
  connection.execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET statement_timeout = " +
                     std::to_string(milliseconds(within).count()) + "; BEGIN READ ONLY");
  return connection;
}

std::string ask_sql(const ScenarioAssertion& assertion, const Secret& url,
                    const std::stop_token& stop) {
  pq::Connection connection = reading_session(url, assertion.within, stop);
  const pq::Rows rows = connection.query(assertion.sql);
  if (rows.size() != 1) {
    throw Error(ErrorKind::usage, "it answers with " + std::to_string(rows.size()) +
                                      " rows, and one value is asked for");
  }
  return rows.text(0, 0);
}

/// By what the server itself says of the command.
void require_reading(resp::Connection& connection, const std::string& command) {
  const resp::Value info = connection.require({"COMMAND", "INFO", command});
  const bool known = !info.items.empty() && info.items.front().items.size() > 2;
  if (!known) throw Error(ErrorKind::usage, "the server knows no command " + command);
  const auto& flags = info.items.front().items[2].items;
  const bool reads =
      std::ranges::any_of(flags, [](const resp::Value& flag) { return flag.text == "readonly"; });
  if (!reads) throw Error(ErrorKind::refused, command + " is no command that only reads");
}

std::string ask_redis(const ScenarioAssertion& assertion, const Secret& url,
                      const std::stop_token& stop) {
  resp::Connection connection(resp::Url(url), stop, {.silence = assertion.within});
  require_reading(connection, assertion.redis.front());
  const std::vector<std::string_view> words(assertion.redis.begin(), assertion.redis.end());
  connection.send(words);
  const resp::Value answer = connection.receive();
  if (answer.is_error()) throw resp::to_error(answer, assertion.redis.front());
  if (answer.is_text()) return answer.text;
  if (answer.is_nil()) return "";
  return std::to_string(answer.is_list() ? static_cast<std::int64_t>(answer.items.size())
                                         : answer.integer);
}

std::string ask_http(const ScenarioAssertion& assertion, const std::stop_token& stop) {
  http::ClientSettings settings;
  settings.whole_timeout = assertion.within;
  if (assertion.http.starts_with("http://")) settings.plain_http = http::PlainHttp::allowed;
  http::Client client(settings);
  http::Request request;
  request.url = assertion.http;
  const http::Response response = client.send(request, stop);
  if (response.status != assertion.status) {
    throw Error(ErrorKind::corrupt, "status " + std::to_string(response.status) + ", not " +
                                        std::to_string(assertion.status));
  }
  return std::string(as_text(response.body));
}

std::string first_line_end_off(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string ask_program(const ScenarioAssertion& assertion, const Restored* restored,
                        const std::stop_token& stop) {
  os::Command command{.program = assertion.exec.front(),
                      .arguments = {assertion.exec.begin() + 1, assertion.exec.end()},
                      .unset = credential_variables()};
  if (restored != nullptr) command.environment["LIFEBOAT_SCRATCH_URL"] = restored->url.reveal();
  os::UniqueFd out(::memfd_create("answer", MFD_CLOEXEC));
  if (!out) throw os::errno_error(errno, "make room for an answer");
  const int reading = out.get();
  os::UniqueFd kept(::dup(reading));
  os::Subprocess child(command, {.in = {}, .out = std::move(out), .err = {}});
  const auto deadline = steady_clock::now() + assertion.within;
  std::optional<os::ExitStatus> status;
  while (!status) {
    status = child.wait_for(kBetweenLooks);
    if (status) break;
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "interrupted");
    if (steady_clock::now() > deadline) {
      throw Error(ErrorKind::unavailable, assertion.exec.front() + " did not end in time");
    }
  }
  const std::string answer(as_text(os::read_range(kept.get(), 0, kMostAnswerBytes)));
  if (!status->ok()) {
    throw Error(ErrorKind::corrupt,
                status->describe() + (answer.empty() ? "" : ": " + first_line_end_off(answer)));
  }
  return first_line_end_off(answer);
}

AssertionKind kind_of(const ScenarioAssertion& assertion) {
  if (!assertion.sql.empty()) return AssertionKind::sql;
  if (!assertion.redis.empty()) return AssertionKind::redis;
  return assertion.http.empty() ? AssertionKind::exec : AssertionKind::http;
}

std::string answer_to(const ScenarioAssertion& assertion, AssertionKind kind,
                      const Restored* restored, const std::stop_token& stop) {
  const bool of_data = kind == AssertionKind::sql || kind == AssertionKind::redis;
  const char* wanted = kind == AssertionKind::sql ? "postgres" : "redis";
  if (of_data && (restored == nullptr || restored->kind != wanted)) {
    throw Error(ErrorKind::usage, assertion.on + " is no " + wanted + " source");
  }
  switch (kind) {
    case AssertionKind::sql:
      return ask_sql(assertion, restored->url, stop);
    case AssertionKind::redis:
      return ask_redis(assertion, restored->url, stop);
    case AssertionKind::http:
      return ask_http(assertion, stop);
    case AssertionKind::exec:
    case AssertionKind::proof:
    case AssertionKind::readiness:
      break;
  }
  return ask_program(assertion, restored, stop);
}

/// That an answer came, and was not the right one, is a finding of http and exec, no error.
bool says_no(const Error& error, AssertionKind kind) {
  const bool of_data = kind == AssertionKind::sql || kind == AssertionKind::redis;
  return !of_data && error.kind() == ErrorKind::corrupt;
}

}  // namespace

AssertionOutcome ask(const ScenarioAssertion& assertion, const Restored* restored,
                     const std::stop_token& stop) {
  AssertionOutcome outcome;
  outcome.name = assertion.name;
  outcome.kind = kind_of(assertion);
  outcome.source = assertion.on;
  outcome.severity = assertion.only_warns ? drill::Severity::warn : drill::Severity::fail;
  outcome.expected = drill::expected_text(assertion);
  const auto started = steady_clock::now();
  try {
    const std::string answer = answer_to(assertion, outcome.kind, restored, stop);
    outcome.found = answer.substr(0, kShownBytes);
    outcome.result = drill::judge_answer(assertion, answer);
    const bool moment = assertion.measures_rpo && !drill::parse_beat(answer);
    if (moment) outcome.result = AssertionResult::error;
    if (outcome.result == AssertionResult::error) {
      outcome.detail = moment ? "the answer is no moment" : "the answer is no number";
    }
  } catch (const Error& error) {
    if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "interrupted");
    outcome.result = AssertionResult::error;
    if (says_no(error, outcome.kind)) {
      outcome.result = assertion.only_warns ? AssertionResult::warn : AssertionResult::fail;
    }
    outcome.detail = error.message();
  }
  outcome.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - started);
  return outcome;
}

std::optional<Instant> read_heartbeat(const Restored& restored, const std::stop_token& stop) {
  constexpr std::chrono::seconds kPatience{30};
  pq::Connection connection = reading_session(restored.url, kPatience, stop);
  const bool there =
      connection.query("SELECT pg_catalog.to_regclass('public.lifeboat_heartbeat') IS NOT NULL")
          .boolean(0, 0);
  if (!there) return std::nullopt;
  const pq::Rows rows = connection.query("SELECT max(beat) FROM public.lifeboat_heartbeat");
  return drill::parse_beat(rows.text(0, 0));
}

}  // namespace lifeboat::rehearse
