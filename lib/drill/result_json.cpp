#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "drill/result.h"

namespace lifeboat::drill {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr int kFormat = 1;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json json_of(const std::optional<milliseconds>& duration) {
  return duration ? Json(duration->count()) : Json();
}

Json json_of(const std::optional<PickedSnapshot>& snapshot) {
  if (!snapshot) return {};
  return {{"id", snapshot->id},
          {"finished", to_rfc3339(snapshot->finished)},
          {"select", name_of(snapshot->select)},
          {"candidates", snapshot->candidates},
          {"newest", snapshot->newest}};
}

Json json_of(const SourceResult& source) {
  const auto verdict = [&] {
    if (!source.proven) return Json();
    return Json(*source.proven ? "proven" : "not_proven");
  };
  return {{"name", source.name},
          {"kind", source.kind},
          {"verdict", verdict()},
          {"scratch", text_or_null(source.scratch)},
          {"tables", source.tables},
          {"rows", source.rows},
          {"read_bytes", source.read_bytes},
          {"not_carried", source.not_carried},
          {"restore_ms", source.restore_took.count()},
          {"compare_ms", source.compare_took.count()}};
}

Json json_of(const Measured& measured) {
  return {
      {"rta_ms", json_of(measured.rta)},
      {"rpa_ms", json_of(measured.rpa)},
      {"rpa_by", measured.rpa_by ? Json(name_of(*measured.rpa_by)) : Json()},
      {"exposure_ms", json_of(measured.exposure)},
      {"read_bytes", measured.read_bytes},
      {"rows", measured.rows},
      {"bytes_per_second", measured.bytes_per_second ? Json(*measured.bytes_per_second) : Json()}};
}

Json json_of(const Phase& phase) {
  return {{"name", phase.name},
          {"source", text_or_null(phase.source)},
          {"start_ms", phase.start.count()},
          {"took_ms", phase.took.count()}};
}

Json json_of(const AssertionOutcome& outcome) {
  return {{"name", outcome.name},
          {"kind", name_of(outcome.kind)},
          {"source", text_or_null(outcome.source)},
          {"severity", name_of(outcome.severity)},
          {"result", name_of(outcome.result)},
          {"expected", text_or_null(outcome.expected)},
          {"found", text_or_null(outcome.found)},
          {"detail", text_or_null(outcome.detail)},
          {"took_ms", outcome.took.count()}};
}

Json json_of(const Leak& leak) { return {{"what", leak.what}, {"where", leak.where}}; }

template <typename Item>
Json list_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(json_of(item));
  return list;
}

Json json_of(const std::optional<DrillError>& error) {
  if (!error) return {};
  return {{"kind", error->kind}, {"message", error->message}, {"hint", text_or_null(error->hint)}};
}

/// Reading: what is absent or of another type is corrupt, and says which key.
[[noreturn]] void bad(const std::string& key, const std::string& why) {
  throw Error(ErrorKind::corrupt, "a drill's result: " + key + " " + why);
}

const Json& at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) bad(key, "is missing");
  return *found;
}

std::string text(const Json& object, const char* key) {
  const Json& value = at(object, key);
  if (value.is_null()) return {};
  if (!value.is_string()) bad(key, "is no text");
  return value.get<std::string>();
}

std::uint64_t count(const Json& object, const char* key) {
  const Json& value = at(object, key);
  if (!value.is_number_unsigned()) bad(key, "is no number");
  return value.get<std::uint64_t>();
}

std::optional<milliseconds> duration_or_nothing(const Json& object, const char* key) {
  const Json& value = at(object, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_integer()) bad(key, "is no duration");
  return milliseconds(value.get<std::int64_t>());
}

milliseconds duration(const Json& object, const char* key) {
  const auto value = duration_or_nothing(object, key);
  if (!value) bad(key, "is null");
  return *value;
}

std::optional<Instant> instant_or_nothing(const Json& object, const char* key) {
  if (at(object, key).is_null()) return std::nullopt;
  const auto instant = parse_instant(text(object, key));
  if (!instant) bad(key, "is no time");
  return instant;
}

Instant instant(const Json& object, const char* key) {
  const auto value = instant_or_nothing(object, key);
  if (!value) bad(key, "is null");
  return *value;
}

bool truth(const Json& object, const char* key) {
  const Json& value = at(object, key);
  if (!value.is_boolean()) bad(key, "is neither true nor false");
  return value.get<bool>();
}

/// The value of an enumeration whose last one is `last`.
template <typename Word>
Word word(const Json& object, const char* key, Word last) {
  const std::string written = text(object, key);
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Word>(i)) == written) return static_cast<Word>(i);
  }
  bad(key, "cannot be \"" + written + "\"");
}

template <typename Item>
std::vector<Item> items(const Json& object, const char* key, Item (*read)(const Json&)) {
  const Json& list = at(object, key);
  if (!list.is_array()) bad(key, "is no list");
  std::vector<Item> result;
  for (const Json& item : list) result.push_back(read(item));
  return result;
}

PickedSnapshot read_snapshot(const Json& object) {
  return {.id = text(object, "id"),
          .finished = instant(object, "finished"),
          .select = word(object, "select", Select::random),
          .candidates = count(object, "candidates"),
          .newest = truth(object, "newest")};
}

SourceResult read_source(const Json& object) {
  SourceResult source;
  source.name = text(object, "name");
  source.kind = text(object, "kind");
  const std::string verdict = text(object, "verdict");
  if (!verdict.empty()) source.proven = verdict == "proven";
  source.scratch = text(object, "scratch");
  source.tables = count(object, "tables");
  source.rows = count(object, "rows");
  source.read_bytes = count(object, "read_bytes");
  source.not_carried = count(object, "not_carried");
  source.restore_took = duration(object, "restore_ms");
  source.compare_took = duration(object, "compare_ms");
  return source;
}

Measured read_measured(const Json& object) {
  Measured measured;
  measured.rta = duration_or_nothing(object, "rta_ms");
  measured.rpa = duration_or_nothing(object, "rpa_ms");
  if (!at(object, "rpa_by").is_null()) measured.rpa_by = word(object, "rpa_by", RpaBy::manifest);
  measured.exposure = duration_or_nothing(object, "exposure_ms");
  measured.read_bytes = count(object, "read_bytes");
  measured.rows = count(object, "rows");
  if (!at(object, "bytes_per_second").is_null()) {
    measured.bytes_per_second = count(object, "bytes_per_second");
  }
  return measured;
}

Phase read_phase(const Json& object) {
  return {.name = text(object, "name"),
          .source = text(object, "source"),
          .start = duration(object, "start_ms"),
          .took = duration(object, "took_ms")};
}

AssertionOutcome read_assertion(const Json& object) {
  return {.name = text(object, "name"),
          .kind = word(object, "kind", AssertionKind::readiness),
          .source = text(object, "source"),
          .severity = word(object, "severity", Severity::warn),
          .result = word(object, "result", AssertionResult::not_applicable),
          .expected = text(object, "expected"),
          .found = text(object, "found"),
          .detail = text(object, "detail"),
          .took = duration(object, "took_ms")};
}

Leak read_leak(const Json& object) { return {text(object, "what"), text(object, "where")}; }

std::string read_text(const Json& value) {
  if (!value.is_string()) bad("not_tested", "holds what is no text");
  return value.get<std::string>();
}

Result read_result(const Json& object) {
  Result result;
  result.drill = text(object, "drill");
  result.title = text(object, "title");
  result.kind = word(object, "kind", Kind::readiness);
  result.run = text(object, "run");
  result.trigger = word(object, "trigger", Trigger::hand);
  result.due = instant_or_nothing(object, "due");
  result.declared = instant(object, "declared");
  result.finished = instant(object, "finished");
  result.verdict = word(object, "verdict", Verdict::cleanup_failed);
  result.summary = text(object, "summary");
  result.scenario_sha256 = text(object, "scenario_sha256");
  if (!at(object, "snapshot").is_null()) result.snapshot = read_snapshot(at(object, "snapshot"));
  result.sources = items(object, "sources", read_source);
  const Json& objectives = at(object, "objectives");
  result.objectives = {duration_or_nothing(objectives, "rto_ms"),
                       duration_or_nothing(objectives, "rpo_ms")};
  result.measured = read_measured(at(object, "measured"));
  result.phases = items(object, "phases", read_phase);
  result.assertions = items(object, "assertions", read_assertion);
  result.not_tested = items(object, "not_tested", read_text);
  result.leaks = items(object, "leaks", read_leak);
  result.attestation = text(object, "attestation");
  if (const Json& error = at(object, "error"); !error.is_null()) {
    result.error = DrillError{text(error, "kind"), text(error, "message"), text(error, "hint")};
  }
  result.host = text(object, "host");
  result.program = text(object, "program");
  return result;
}

}  // namespace

std::string to_json(const Result& result) {
  const Json document = {
      {"format", kFormat},
      {"drill", result.drill},
      {"title", result.title},
      {"kind", name_of(result.kind)},
      {"run", result.run},
      {"trigger", name_of(result.trigger)},
      {"due", result.due ? Json(to_rfc3339(*result.due)) : Json()},
      {"declared", to_rfc3339(result.declared)},
      {"finished", to_rfc3339(result.finished)},
      {"verdict", name_of(result.verdict)},
      {"summary", result.summary},
      {"scenario_sha256", text_or_null(result.scenario_sha256)},
      {"snapshot", json_of(result.snapshot)},
      {"sources", list_of(result.sources)},
      {"objectives",
       {{"rto_ms", json_of(result.objectives.rto)}, {"rpo_ms", json_of(result.objectives.rpo)}}},
      {"measured", json_of(result.measured)},
      {"phases", list_of(result.phases)},
      {"assertions", list_of(result.assertions)},
      {"not_tested", result.not_tested},
      {"leaks", list_of(result.leaks)},
      {"attestation", text_or_null(result.attestation)},
      {"error", json_of(result.error)},
      {"host", text_or_null(result.host)},
      {"program", text_or_null(result.program)}};
  // What an assertion found may hold bytes that are no UTF-8.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result result_from_json(std::string_view text_of_it) {
  const Json document = Json::parse(text_of_it, nullptr, false);
  if (!document.is_object()) bad("the body", "is no JSON object");
  if (const auto format = count(document, "format"); format != kFormat) {
    bad("format", "is " + std::to_string(format) + ": a newer lifeboat is needed");
  }
  return read_result(document);
}

}  // namespace lifeboat::drill
