#include <nlohmann/json.hpp>

#include "rehearse/ledger.h"

namespace lifeboat::rehearse {

using Json = nlohmann::ordered_json;

std::string to_json(const Intent& intent) {
  return Json{{"format", 1},
              {"run", intent.run},
              {"drill", intent.drill},
              {"title", intent.title},
              {"trigger", drill::name_of(intent.trigger)},
              {"due", intent.due ? Json(to_rfc3339(*intent.due)) : Json()},
              {"declared", to_rfc3339(intent.declared)},
              {"scenario_sha256", intent.scenario_sha256},
              {"scratch_home", intent.scratch_home.string()},
              {"scratch_reference", intent.scratch_reference},
              {"pid", intent.owner.pid},
              {"started_ticks", intent.owner.started_ticks}}
      .dump();
}

std::optional<Intent> intent_from_json(std::string_view text) {
  try {
    const Json object = Json::parse(text);
    if (object.at("format") != 1) return std::nullopt;
    Intent intent;
    intent.run = object.at("run").get<std::string>();
    intent.drill = object.at("drill").get<std::string>();
    intent.title = object.at("title").get<std::string>();
    intent.trigger =
        object.at("trigger") == "schedule" ? drill::Trigger::schedule : drill::Trigger::hand;
    if (!object.at("due").is_null())
      intent.due = parse_instant(object.at("due").get<std::string>());
    const auto declared = parse_instant(object.at("declared").get<std::string>());
    if (!declared) return std::nullopt;
    intent.declared = *declared;
    intent.scenario_sha256 = object.at("scenario_sha256").get<std::string>();
    intent.scratch_home = object.at("scratch_home").get<std::string>();
    intent.scratch_reference = object.at("scratch_reference").get<std::string>();
    intent.owner.pid = object.at("pid").get<pid_t>();
    intent.owner.started_ticks = object.at("started_ticks").get<std::uint64_t>();
    return intent;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace lifeboat::rehearse
