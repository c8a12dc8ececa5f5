#include "cli/drill_tick_report.h"

#include <algorithm>

#include "cli/drill_text.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

std::string_view name_of(drill::Act act) {
  switch (act) {
    case drill::Act::start:
      return "start";
    case drill::Act::tell_missed:
      return "missed";
    case drill::Act::tell_aborted:
      return "aborted";
  }
  return "start";
}

std::string outcome_of(const rehearse::TickItem& item, const Paint& paint) {
  if (item.result) return verdict_text(item.result->verdict, paint);
  if (item.good) return paint.ok("taken");
  return paint.attention(item.act == drill::Act::tell_missed ? "MISSED" : "NOT WHOLE");
}

}  // namespace

bool TickStory::good() const {
  return reaped.empty() && unreadable.empty() &&
         std::ranges::all_of(items, &rehearse::TickItem::good) &&
         std::ranges::all_of(heartbeats, [](const auto& each) { return each.failure.empty(); });
}

std::string tick_text(const TickStory& story, const Paint& paint) {
  std::string text;
  for (const drill::Result& result : story.reaped) {
    text += wrap(result.run + "   " + verdict_text(result.verdict, paint) + "   " + result.summary +
                     "   leaks " + std::to_string(result.leaks.size()),
                 kColumns, 2) +
            "\n";
  }
  for (const rehearse::TickItem& item : story.items) {
    text += wrap(drill::name_of(item.matter) + " " + item.name + ", due " + to_minute(item.due) +
                     " UTC   " + outcome_of(item, paint) + "   " + item.message,
                 kColumns, 2) +
            "\n";
  }
  for (const Heartbeat& heartbeat : story.heartbeats) {
    if (heartbeat.failure.empty()) continue;
    text +=
        wrap("no heartbeat in " + heartbeat.source + ": " + heartbeat.failure, kColumns, 2) + "\n";
  }
  for (const std::string& file : story.unreadable) text += wrap(file, kColumns, 2) + "\n";
  if (story.items.empty()) text += "nothing was due\n";
  return text;
}

Json tick_json(const TickStory& story) {
  Json items = Json::array();
  for (const rehearse::TickItem& item : story.items) {
    items.push_back({{"matter", drill::name_of(item.matter)},
                     {"name", item.name},
                     {"due", to_json(item.due)},
                     {"act", name_of(item.act)},
                     {"good", item.good},
                     {"message", item.message},
                     {"result", item.result ? Json::parse(drill::to_json(*item.result)) : Json()}});
  }
  Json heartbeats = Json::array();
  for (const Heartbeat& heartbeat : story.heartbeats) {
    heartbeats.push_back(
        {{"source", heartbeat.source},
         {"failure", heartbeat.failure.empty() ? Json() : Json(heartbeat.failure)}});
  }
  Json reaped = Json::array();
  for (const drill::Result& result : story.reaped) reaped.push_back(result.run);
  return {{"items", items},
          {"taken_elsewhere", story.taken},
          {"reaped", reaped},
          {"heartbeats", heartbeats},
          {"unreadable", story.unreadable},
          {"interrupted", story.interrupted}};
}

}  // namespace lifeboat::cli
