#include "cli/compare_report.h"

#include "base/plural.h"
#include "base/units.h"
#include "cli/redis_comparison_report.h"
#include "cli/text_table.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

std::string verdict_text(const redis::CompareReport& compared, const Paint& paint) {
  std::string text;
  if (compared.proven()) {
    text =
        "  " + paint.ok("equal") + "   " + plural(compared.equal, "key") + " by value and expiry\n";
  } else {
    const bool differs = !compared.equal_so_far();
    text = "  " +
           (differs ? paint.danger("DIFFERENT") + "   " + difference_counts(compared)
                    : paint.attention("NOT KNOWN")) +
           "; " + plural(compared.equal, "key") + " equal\n";
  }
  if (!compared.functions_equal) text += "  functions differ\n";
  if (!compared.still) {
    text += "  " +
            wrap(
                "the server could not be read as of one moment, because others write to "
                "it, or it may not be read: what changed meanwhile may be in the list, or "
                "missing there",
                kColumns - 2, 2) +
            "\n";
  }
  return text;
}

}  // namespace

std::string compare_report_text(const compare::RedisReport& report, const Paint& paint) {
  const redis::CompareReport& compared = report.compared;
  std::string text = "compared " + vault::short_id(report.snapshot) + " (" + report.source +
                     " as of " + to_rfc3339(report.at) + ", " + report.guarantee + ") in " +
                     human_duration(report.took) + "\n";
  text += "  with " + compared.server.engine + " " + compared.server.version + " at " +
          report.server + "\n  as of " + to_rfc3339(compared.at) + "\n";
  text += verdict_text(compared, paint);
  text += differences_text(compared);
  if (compared.expired > 0) {
    text += "  expired since the snapshot: " + plural(compared.expired, "key") + "\n";
    text += expired_text(compared);
  }
  for (const NotCarried& item : report.not_carried) {
    text += paint.attention("not in the snapshot") + ": " +
            wrap(item.object + ": " + item.reason, kColumns - 2, 2) + "\n";
  }
  return text;
}

Json compare_report_json(const compare::RedisReport& report) {
  Json not_carried = Json::array();
  for (const NotCarried& item : report.not_carried) not_carried.push_back(to_json(item));
  return {{"snapshot", report.snapshot.hex()},
          {"source", report.source},
          {"at", to_json(report.at)},
          {"guarantee", report.guarantee},
          {"server", report.server},
          {"engine", report.compared.server.engine},
          {"version", report.compared.server.version},
          {"match", or_null(report.selection.match)},
          {"database", or_null(report.selection.database)},
          {"comparison", redis_comparison_json(report.compared)},
          {"not_carried", not_carried},
          {"took_ms", report.took.count()}};
}

}  // namespace lifeboat::cli
