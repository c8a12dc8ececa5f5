#include <nlohmann/json.hpp>

#include "base/error.h"
#include "rehearse/watched_tool.h"

namespace lifeboat::rehearse {
namespace {

using Json = nlohmann::json;
using drill::AssertionKind;
using drill::AssertionOutcome;
using drill::AssertionResult;

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::uint64_t count_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_number_unsigned() ? at->get<std::uint64_t>() : 0;
}

std::size_t length_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_array() ? at->size() : 0;
}

drill::SourceResult source_of(const Json& object) {
  drill::SourceResult source;
  source.name = text_of(object, "name");
  source.kind = text_of(object, "kind");
  source.proven = text_of(object, "verdict") == "proven";
  source.scratch = text_of(object, "scratch");
  source.tables = count_of(object, "tables");
  source.rows = count_of(object, "rows");
  source.not_carried = length_of(object, "not_carried");
  if (const auto at = object.find("comparison"); at != object.end()) {
    source.rows = count_of(*at, "keys");
  }
  source.restore_took = std::chrono::milliseconds(count_of(object, "restore_ms"));
  source.compare_took = std::chrono::milliseconds(count_of(object, "compare_ms"));
  return source;
}

AssertionOutcome proof_of(const Json& object, const drill::SourceResult& source) {
  AssertionOutcome outcome;
  outcome.name = "proof of " + source.name;
  outcome.kind = AssertionKind::proof;
  outcome.source = source.name;
  outcome.result = source.proven == true ? AssertionResult::pass : AssertionResult::fail;
  outcome.took = source.compare_took;
  if (source.kind == "postgres") {
    outcome.expected = "every row and definition equal";
    outcome.found = std::to_string(count_of(object, "equal_tables")) + " of " +
                    std::to_string(source.tables) + " tables equal";
  } else {
    outcome.expected = "every key equal";
    outcome.found = std::to_string(source.rows) + " keys compared";
  }
  if (source.proven == true) return outcome;
  for (const Json& finding : object.value("findings", Json::array())) {
    if (text_of(finding, "severity") != "loss") continue;
    outcome.detail = text_of(finding, "what");
    break;
  }
  return outcome;
}

}  // namespace

ProofMoment parse_moment(std::string_view line) {
  const Json object = Json::parse(line, nullptr, false);
  if (!object.is_object() || text_of(object, "moment").empty()) {
    throw Error(ErrorKind::corrupt, "lifeboat-verify --watch wrote a line of another form",
                "are all executables of one version?");
  }
  return {text_of(object, "moment"), text_of(object, "source"), text_of(object, "kind"),
          Secret(text_of(object, "url"))};
}

ProofReport parse_proof(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (!document.is_object() || !document.contains("sources")) {
    throw Error(ErrorKind::corrupt, "lifeboat-verify printed no report",
                "are all executables of one version?");
  }
  ProofReport report;
  report.attestation = text_of(document, "attestation");
  for (const Json& object : document["sources"]) {
    report.sources.push_back(source_of(object));
    report.assertions.push_back(proof_of(object, report.sources.back()));
  }
  for (const Json& failure : document.value("failures", Json::array())) {
    report.failures.push_back(text_of(failure, "source") + ": " + text_of(failure, "message"));
  }
  return report;
}

std::optional<drill::DrillError> parse_error(std::string_view err) {
  for (std::size_t from = 0; from < err.size();) {
    const std::size_t end = std::min(err.find('\n', from), err.size());
    const Json object = Json::parse(err.substr(from, end - from), nullptr, false);
    from = end + 1;
    if (!object.is_object() || !object.contains("error")) continue;
    const Json& error = object["error"];
    return drill::DrillError{text_of(error, "kind"), text_of(error, "message"),
                             text_of(error, "hint")};
  }
  return std::nullopt;
}

std::string parse_snapshot_id(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  return document.is_object() ? text_of(document, "snapshot") : std::string();
}

}  // namespace lifeboat::rehearse
