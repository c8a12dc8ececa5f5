#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "vault/retention_record.h"

namespace lifeboat::vault {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kBodyFormat = 1;

constexpr std::array<std::pair<ForgetRule, std::string_view>, 3> kRules = {
    {{ForgetRule::hand, "hand"}, {ForgetRule::unkept, "unkept"}, {ForgetRule::partial, "partial"}}};

[[noreturn]] void bad(std::string_view what, std::string_view why) {
  throw Error(ErrorKind::corrupt, std::string(what) + " cannot be understood: " + std::string(why));
}

/// Runs `read` on the parsed text; whatever it misses makes the record corrupt.
template <typename Read>
auto read_body(std::string_view json, std::string_view what, Read&& read) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded() || !document.is_object()) bad(what, "it is no JSON object");
  try {
    if (document.at("format").get<int>() != kBodyFormat) bad(what, "it is of another format");
    return read(document);
  } catch (const Json::exception&) {
    bad(what, "a field is missing or of another type");
  }
}

SnapshotId snapshot_of(const Json& object, std::string_view what) {
  const auto text = object.at("snapshot").get<std::string>();
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() != 2 * SnapshotId::kSize ||
      text.find_first_not_of(kDigits) != std::string::npos) {
    bad(what, "a snapshot's id is none");
  }
  SnapshotId id;
  std::ranges::copy(from_hex(text), id.bytes.begin());
  return id;
}

Json policy_json(const KeepPolicy& policy) {
  Json object = Json::object();
  if (policy.within) object["within_s"] = policy.within->count();
  for (const auto& [name, count] : kKeepCounts) {
    if (policy.*count > 0) object[std::string(name)] = policy.*count;
  }
  return object;
}

KeepPolicy policy_of(const Json& object) {
  KeepPolicy policy;
  if (const auto within = object.find("within_s"); within != object.end()) {
    policy.within = std::chrono::seconds(within->get<std::int64_t>());
  }
  for (const auto& [name, count] : kKeepCounts) policy.*count = object.value(std::string(name), 0U);
  return policy;
}

ForgetRule rule_of(const std::string& name) {
  const auto at = std::ranges::find(kRules, name, &decltype(kRules)::value_type::second);
  // A rule that a later version has: what counts is that it was given up by rule.
  return at == kRules.end() ? ForgetRule::unkept : at->first;
}

}  // namespace

std::string_view name_of(ForgetRule rule) noexcept {
  return std::ranges::find(kRules, rule, &decltype(kRules)::value_type::first)->second;
}

std::string encode_pin(const PinBody& body) {
  return Json{{"format", kBodyFormat},
              {"action", body.release ? "release" : "keep"},
              {"snapshot", body.snapshot.hex()},
              {"reason", body.reason}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

PinBody decode_pin(std::string_view json) {
  constexpr std::string_view kWhat = "a pin";
  return read_body(json, kWhat, [&](const Json& document) {
    PinBody body;
    body.snapshot = snapshot_of(document, kWhat);
    const auto action = document.at("action").get<std::string>();
    if (action != "keep" && action != "release") bad(kWhat, "it neither keeps nor releases");
    body.release = action == "release";
    body.reason = document.value("reason", "");
    return body;
  });
}

std::string encode_forget(const ForgetBody& body) {
  Json snapshots = Json::array();
  for (const ForgetBody::Entry& entry : body.snapshots) {
    snapshots.push_back({{"snapshot", entry.snapshot.hex()}, {"rule", name_of(entry.rule)}});
  }
  return Json{{"format", kBodyFormat},
              {"store_time", to_rfc3339(body.store_time)},
              {"policy", body.policy.empty() ? Json() : policy_json(body.policy)},
              {"snapshots", snapshots}}
      .dump();
}

ForgetBody decode_forget(std::string_view json) {
  constexpr std::string_view kWhat = "a forget record";
  return read_body(json, kWhat, [&](const Json& document) {
    ForgetBody body;
    const auto time = parse_instant(document.at("store_time").get<std::string>());
    if (!time) bad(kWhat, "its store time is none");
    body.store_time = *time;
    const Json& policy = document.at("policy");
    if (!policy.is_null()) body.policy = policy_of(policy);
    for (const Json& entry : document.at("snapshots")) {
      body.snapshots.push_back(
          {snapshot_of(entry, kWhat), rule_of(entry.at("rule").get<std::string>())});
    }
    return body;
  });
}

}  // namespace lifeboat::vault
