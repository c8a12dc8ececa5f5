#include "cli/redis_report.h"

#include "base/units.h"
#include "cli/text_table.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

std::string plural(std::uint64_t count, const std::string& word) {
  return human_count(count) + " " + word + (count == 1 ? "" : "s");
}

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

std::string name_of(redis::KeyDifference::What what) {
  using What = redis::KeyDifference::What;
  switch (what) {
    case What::missing:
      return "missing";
    case What::extra:
      return "extra";
    case What::value:
      return "value";
    case What::expiry:
      return "expiry";
  }
  return "value";
}

Json comparison_json(const redis::CompareReport& compared) {
  Json differences = Json::array();
  for (const redis::KeyDifference& one : compared.differences) {
    differences.push_back(
        {{"what", name_of(one.what)}, {"database", one.database}, {"key", one.key}});
  }
  return {{"equal", compared.proven()},
          {"keys", compared.keys},
          {"equal_keys", compared.equal},
          {"missing", compared.missing},
          {"extra", compared.extra},
          {"different_value", compared.different_value},
          {"different_expiry", compared.different_expiry},
          {"expired", compared.expired},
          {"functions_equal", compared.functions_equal},
          {"still", compared.still},
          {"differences", differences}};
}

std::string comparison_text(const redis::CompareReport& compared, const Paint& paint) {
  if (compared.proven()) {
    return "  compared: " + paint.ok("equal") + ", " + plural(compared.equal, "key") +
           " by value and expiry\n";
  }
  std::string text = paint.danger("NOT EQUAL") + "   " + human_count(compared.missing) +
                     " missing, " + human_count(compared.extra) + " extra, " +
                     human_count(compared.different_value) + " with another value, " +
                     human_count(compared.different_expiry) + " with another expiry\n";
  if (!compared.functions_equal) text += "  functions differ\n";
  if (!compared.still) text += "  the target changed, or could not be read exactly\n";
  for (const redis::KeyDifference& one : compared.differences) {
    text += "  " + name_of(one.what) + ": key " + one.key + " of database " +
            std::to_string(one.database) + "\n";
  }
  return text;
}

}  // namespace

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
  if (report.compared) text += comparison_text(*report.compared, paint);
  text += omission_lines(report.not_carried, "not in the snapshot", paint);
  return text + omission_lines(load.not_restored, "NOT RESTORED", paint);
}

Json redis_restore_json(const restore::RedisReport& report) {
  const redis::LoadReport& load = report.load;
  return {{"snapshot", report.snapshot.hex()},
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
          {"functions", load.functions},
          {"comparison", report.compared ? comparison_json(*report.compared) : Json()},
          {"not_carried", omission_list(report.not_carried)},
          {"not_restored", omission_list(load.not_restored)},
          {"took_ms", report.took.count()}};
}

}  // namespace lifeboat::cli
