#include <nlohmann/json.hpp>

#include "notify/bodies.h"
#include "notify/json_text.h"
#include "seal/hmac.h"

namespace lifeboat::notify {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::string webhook_body(const Event& event) {
  Json heads = Json::array();
  for (const Head& head : event.heads)
    heads.push_back({{"chain", head.chain}, {"head", head.word}});
  const Json body = {{"format", 1},
                     {"id", event.id},
                     {"event", name_of(event.what)},
                     {"severity", name_of(severity_of(event))},
                     {"alert", alert_key(event)},
                     {"again_good", event.again_good},
                     {"app", event.app},
                     {"name", text_or_null(event.name)},
                     {"verdict", text_or_null(event.verdict)},
                     {"summary", event.summary},
                     {"at", to_rfc3339(event.at)},
                     {"started", event.started ? Json(to_rfc3339(*event.started)) : Json(nullptr)},
                     {"exit_code", event.exit_code ? Json(*event.exit_code) : Json(nullptr)},
                     {"run", text_or_null(event.run)},
                     {"figures", figures_json<Json>(event.figures)},
                     {"runbook", text_or_null(event.runbook)},
                     {"snapshot", text_or_null(event.snapshot)},
                     {"heads", heads}};
  return json_text(body);
}

std::string webhook_signature(const Secret& secret, const std::string& body, Instant now) {
  const std::string seconds =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  const std::string message = seconds + "." + body;
  return "t=" + seconds +
         ",v1=" + to_hex(seal::hmac_sha256(as_bytes(secret.reveal()), as_bytes(message)));
}

}  // namespace lifeboat::notify
