#include "vault/forget.h"

#include <algorithm>

#include "base/error.h"
#include "vault/append_record.h"
#include "vault/retention_record.h"

namespace lifeboat::vault {
namespace {

Link append_pin(const Vault& vault, const PinBody& body, const Clock& clock) {
  const Instant now = clock.now();
  return append_json_record(vault, RecordKind::pin, encode_pin(body), now, now);
}

[[noreturn]] void stop_at(const Problem& problem, std::size_t count) {
  throw Error(problem.kind,
              "nothing is forgotten while the vault is not whole: " + problem.object + ": " +
                  problem.what +
                  (count > 1 ? ", and " + std::to_string(count - 1) + " more" : std::string()),
              "see `lifeboat vault check`");
}

}  // namespace

Link keep_snapshot(const Vault& vault, const SnapshotId& id, const std::string& reason,
                   const Clock& clock) {
  return append_pin(vault, {.snapshot = id, .release = false, .reason = reason}, clock);
}

Link release_snapshot(const Vault& vault, const SnapshotId& id, const Clock& clock) {
  return append_pin(vault, {.snapshot = id, .release = true, .reason = ""}, clock);
}

void require_whole(const History& history, const PinsAndForgets& pins) {
  std::vector<Problem> all = history.problems;
  all.insert(all.end(), pins.problems.begin(), pins.problems.end());
  if (all.empty()) return;
  const auto stale = std::ranges::find(all, ErrorKind::stale, &Problem::kind);
  stop_at(stale == all.end() ? all.front() : *stale, all.size());
}

Link apply_forget(const Vault& vault, const ForgetPlan& plan, const Clock& clock) {
  const ForgetBody body = plan.body();
  if (body.snapshots.empty()) {
    throw Error(ErrorKind::internal, "a plan that forgets nothing was carried out");
  }
  const Instant now = clock.now();
  return append_json_record(vault, RecordKind::forget, encode_forget(body), now, now);
}

Instant earliest_sweep(Instant forgotten_since, const Trust& trust) {
  return forgotten_since + 2 * trust.max_run + std::chrono::hours(24);
}

}  // namespace lifeboat::vault
