#include "cli/redis_report.h"

#include "base/plural.h"
#include "base/units.h"
#include "cli/redis_comparison_report.h"
#include "cli/text_table.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

std::string omission_lines(const std::vector<NotCarried>& items, const std::string& word,
                           const Paint& paint) {
  std::string text;
  for (const NotCarried& item : items) {
    text += paint.attention(word) + ": " + wrap(item.object + ": " + item.reason, kColumns - 2, 2) +
            "\n";
  }
  return text;
}

Json omission_list(const std::vector<NotCarried>& items) {
  Json list = Json::array();
  for (const NotCarried& item : items) {
    list.push_back({{"object", item.object},
                    {"reason", item.reason},
                    {"severity", item.severity == Severity::loss ? "loss" : "harmless"}});
  }
  return list;
}

std::string comparison_text(const redis::CompareReport& compared, const Paint& paint) {
  if (compared.proven()) {
    return "  compared: " + paint.ok("equal") + ", " + plural(compared.equal, "key") +
           " by value and expiry\n";
  }
  std::string text = paint.danger("NOT EQUAL") + "   " + difference_counts(compared) + "\n";
  if (!compared.functions_equal) text += "  functions differ\n";
  if (!compared.still) text += "  the target changed, or could not be read exactly\n";
  return text + differences_text(compared);
}

std::string by_commands_text(const std::string& reason) {
  return "  " +
         wrap("values are written by commands of their types: RESTORE is refused (" + reason + ")",
              kColumns - 2, 4) +
         "\n";
}

}  // namespace

std::string redis_plan_text(const restore::RedisPlan& plan, const Paint& paint) {
  const redis::TargetState& target = plan.target;
  std::string text = "would restore " + vault::short_id(plan.snapshot) + " (" + plan.source +
                     " as of " + to_rfc3339(plan.at) + ", " + plan.guarantee + ")\n";
  text +=
      "  into " + target.facts.engine + " " + target.facts.version + " at " + target.name + "\n";
  if (!target.unfinished.empty()) {
    text += "  that holds an unfinished restore: " + target.unfinished + "\n";
  }
  if (target.keys() > 0) {
    text += "  " + paint.danger("after dropping all it holds") + ": " +
            plural(target.keys(), "key") + "\n";
  }
  text += "  " + plural(plan.keys, "key") + "   " + human_bytes(plan.bytes) + "\n";
  if (!target.refuses_payloads.empty()) text += by_commands_text(target.refuses_payloads);
  text += omission_lines(plan.not_carried, "not in the snapshot", paint);
  return text + "nothing was written; without --plan it is done\n";
}

Json redis_plan_json(const restore::RedisPlan& plan) {
  const redis::TargetState& target = plan.target;
  return {{"snapshot", plan.snapshot.hex()},
          {"source", plan.source},
          {"at", to_rfc3339(plan.at)},
          {"guarantee", plan.guarantee},
          {"keys", plan.keys},
          {"bytes", plan.bytes},
          {"target", target.name},
          {"engine", target.facts.engine},
          {"version", target.facts.version},
          {"target_keys", target.keys()},
          {"unfinished", target.unfinished.empty() ? Json(nullptr) : Json(target.unfinished)},
          {"by_commands_reason",
           target.refuses_payloads.empty() ? Json(nullptr) : Json(target.refuses_payloads)},
          {"not_carried", omission_list(plan.not_carried)}};
}

std::string redis_restore_text(const restore::RedisReport& report, const Paint& paint) {
  const redis::LoadReport& load = report.load;
  std::string text = "restored " + vault::short_id(report.snapshot) + " (" + report.source +
                     " as of " + to_rfc3339(report.at) + ", " + report.guarantee + ") in " +
                     human_duration(report.took) + "\n";
  text += "  into " + load.target.engine + " " + load.target.version + "   " +
          plural(load.records, "record") + "   " + human_bytes(load.bytes) + "\n";
  if (load.expired > 0) {
    text += "  expired since the snapshot, and not stored: " + plural(load.expired, "key") + "\n";
  }
  if (load.dropped > 0) {
    text += "  dropped what the target held: " + plural(load.dropped, "key") + "\n";
  }
  if (load.by_commands > 0) text += by_commands_text(load.by_commands_reason);
  if (report.compared) text += comparison_text(*report.compared, paint);
  text += omission_lines(report.not_carried, "not in the snapshot", paint);
  return text + omission_lines(load.not_restored, "NOT RESTORED", paint);
}

Json redis_restore_json(const restore::RedisReport& report) {
  const redis::LoadReport& load = report.load;
  return {
      {"snapshot", report.snapshot.hex()},
      {"source", report.source},
      {"at", to_rfc3339(report.at)},
      {"guarantee", report.guarantee},
      {"engine", load.target.engine},
      {"version", load.target.version},
      {"records", load.records},
      {"bytes", load.bytes},
      {"expired", load.expired},
      {"refused", load.refused},
      {"evicted", load.evicted},
      {"dropped", load.dropped},
      {"by_commands", load.by_commands},
      {"by_commands_reason", load.by_commands > 0 ? Json(load.by_commands_reason) : Json(nullptr)},
      {"functions", load.functions},
      {"comparison", report.compared ? redis_comparison_json(*report.compared) : Json()},
      {"not_carried", omission_list(report.not_carried)},
      {"not_restored", omission_list(load.not_restored)},
      {"took_ms", report.took.count()}};
}

}  // namespace lifeboat::cli
