#include <nlohmann/json.hpp>

#include "notify/bodies.h"
#include "notify/json_text.h"
#include "notify/posts.h"

namespace lifeboat::notify {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostObjects = 1000;
constexpr std::size_t kMostTextBytes = 4096;  // of an attribute

long long seconds_of(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

/// A figure's name stands behind "figure.", so that it cannot take the place of another attribute.
Json event_object(const Event& event) {
  Json object = {{"eventType", "LifeboatEvent"},
                 {"timestamp", seconds_of(event.at)},
                 {"app", event.app},
                 {"event", name_of(event.what)},
                 {"severity", name_of(severity_of(event))},
                 {"alert", alert_key(event)},
                 {"againGood", event.again_good ? 1 : 0},
                 {"summary", cut(headline(event), kMostTextBytes)}};
  const auto add = [&object](const char* name, const std::string& value) {
    if (!value.empty()) object[name] = cut(value, kMostTextBytes);
  };
  add("name", event.name);
  add("verdict", event.verdict);
  add("runbook", event.runbook);
  add("snapshot", event.snapshot);
  add("run", event.run);
  add("id", event.id);
  if (event.exit_code) object["exitCode"] = *event.exit_code;
  for (const Figure& figure : event.figures) {
    const Json value = number_json<Json>(figure.value);
    if (!value.is_null()) object["figure." + figure.name] = value;
  }
  return object;
}

Json sample_object(const Sample& sample, Instant now) {
  Json object = {{"eventType", "LifeboatSample"},
                 {"timestamp", seconds_of(now)},
                 {"metric", sample.name},
                 {"value", number_json<Json>(sample.value)}};
  for (const auto& [label, value] : sample.labels) {
    object[std::string(label)] = cut(value, kMostTextBytes);
  }
  return object;
}

}  // namespace

std::vector<std::string> newrelic_bodies(const std::optional<Event>& event,
                                         std::span<const Sample> samples, Instant now) {
  std::vector<Json> objects;
  if (event) objects.push_back(event_object(*event));
  for (const Sample& sample : samples) {
    if (std::isfinite(sample.value)) objects.push_back(sample_object(sample, now));
  }
  std::vector<std::string> bodies;
  for (std::size_t from = 0; from < objects.size(); from += kMostObjects) {
    Json body = Json::array();
    for (std::size_t i = from; i < std::min(objects.size(), from + kMostObjects); ++i) {
      body.push_back(std::move(objects[i]));
    }
    bodies.push_back(json_text(body));
  }
  return bodies;
}

}  // namespace lifeboat::notify
