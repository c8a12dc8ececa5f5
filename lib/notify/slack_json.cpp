#include <nlohmann/json.hpp>

#include "notify/bodies.h"
#include "notify/json_text.h"
#include "notify/posts.h"

namespace lifeboat::notify {
namespace {

using Json = nlohmann::ordered_json;

/// A section takes 3000 characters, and "&amp;" is five of them.
constexpr std::size_t kMostTextBytes = 590;
constexpr std::size_t kMostFields = 10;
constexpr std::size_t kMostFieldBytes = 190;

/// Slack's three; without it "<!channel>" in a table's name would wake everybody.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      result += c;
    }
  }
  return result;
}

std::string escaped_cut(const std::string& text, std::size_t most_bytes) {
  return escaped(cut(text, most_bytes));
}

Json markdown(const std::string& text) { return {{"type", "mrkdwn"}, {"text", text}}; }

/// A sign for the eye, beside the word that says the same.
std::string sign_of(const Event& event) {
  switch (severity_of(event)) {
    case Severity::critical:
    case Severity::error:
      return ":red_circle: ";
    case Severity::warning:
      return ":large_orange_circle: ";
    case Severity::info:
      break;
  }
  return tone_of(event.what) == Tone::good ? ":large_green_circle: " : "";
}

Json fields_of(const Event& event) {
  Json fields = Json::array();
  for (const Figure& figure : event.figures) {
    if (fields.size() == kMostFields) break;
    fields.push_back(markdown("*" + escaped_cut(figure.name, kMostFieldBytes) + "*\n" +
                              escaped_cut(decimal(figure.value), kMostFieldBytes)));
  }
  return fields;
}

std::string context_of(const Event& event) {
  std::string text = to_minute(event.at) + " UTC";
  if (!event.runbook.empty()) text += "  runbook " + escaped_cut(event.runbook, kMostFieldBytes);
  if (!event.snapshot.empty()) text += "  snapshot " + escaped_cut(event.snapshot, 8);
  return text;
}

}  // namespace

std::string slack_body(const Event& event) {
  const std::string line = escaped_cut(headline(event), kMostTextBytes);
  Json blocks = Json::array();
  blocks.push_back({{"type", "section"}, {"text", markdown(sign_of(event) + line)}});
  const Json fields = fields_of(event);
  if (!fields.empty()) blocks.push_back({{"type", "section"}, {"fields", fields}});
  blocks.push_back({{"type", "context"}, {"elements", Json::array({markdown(context_of(event))})}});
  return json_text(Json{{"text", line}, {"blocks", blocks}});
}

}  // namespace lifeboat::notify
