#ifndef LIFEBOAT_CLI_DRILL_RECORDS_H_
#define LIFEBOAT_CLI_DRILL_RECORDS_H_

#include <string>
#include <vector>

#include "report/drill_report.h"
#include "vault/history.h"

namespace lifeboat::cli {

struct DrillRecords {
  report::DrillFacts facts;
  /// Records that are no result this version can read, each with why: they count for nothing.
  std::vector<std::string> unreadable;
};

/// What a vault's records say of drills and of sources until `until`. One that is sealed for this
/// credential says nothing.
[[nodiscard]] DrillRecords drill_records(const vault::VaultId& vault, const vault::History& history,
                                         Instant until);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_RECORDS_H_
