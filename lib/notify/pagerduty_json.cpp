#include <nlohmann/json.hpp>

#include "notify/bodies.h"
#include "notify/json_text.h"
#include "notify/posts.h"

namespace lifeboat::notify {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostSummaryBytes = 1024;

std::string_view name_of(AlertAction action) noexcept {
  switch (action) {
    case AlertAction::trigger:
      return "trigger";
    case AlertAction::acknowledge:
      return "acknowledge";
    case AlertAction::resolve:
      break;
  }
  return "resolve";
}

Json details_of(const Event& event) {
  Json details = figures_json<Json>(event.figures);
  const auto add = [&details](const char* name, const std::string& value) {
    if (!value.empty()) details[name] = value;
  };
  add("verdict", event.verdict);
  add("runbook", event.runbook);
  add("snapshot", event.snapshot);
  add("run", event.run);
  if (event.exit_code) details["exit_code"] = *event.exit_code;
  Json heads = Json::array();
  for (const Head& head : event.heads) heads.push_back(head.word);
  if (!heads.empty()) details["heads"] = heads;
  return details;
}

Json payload_of(const Event& event) {
  Json payload = {{"summary", cut(headline(event), kMostSummaryBytes)},
                  {"source", "lifeboat/" + event.app},
                  {"severity", notify::name_of(severity_of(event))},
                  {"timestamp", to_rfc3339(event.at)}};
  if (!event.name.empty()) payload["component"] = event.name;
  payload["group"] = event.app;
  payload["class"] = notify::name_of(event.what);
  payload["custom_details"] = details_of(event);
  return payload;
}

}  // namespace

std::vector<AlertAction> alert_actions(const Event& event) {
  if (event.what == What::test) return {AlertAction::trigger, AlertAction::resolve};
  if (event.what == What::drill_acknowledged) return {AlertAction::acknowledge};
  switch (tone_of(event.what)) {
    case Tone::bad:
      return {AlertAction::trigger};
    case Tone::good:
      return {AlertAction::resolve};
    case Tone::neutral:
      break;
  }
  return {};
}

std::string pagerduty_body(const Event& event, AlertAction action, const Secret& routing_key) {
  Json body = {{"routing_key", routing_key.reveal()},
               {"event_action", name_of(action)},
               {"dedup_key", alert_key(event)}};
  if (action == AlertAction::trigger) {
    body["client"] = "lifeboat";
    body["payload"] = payload_of(event);
  }
  return json_text(body);
}

}  // namespace lifeboat::notify
