#ifndef LIFEBOAT_RESTORE_PAST_RUN_JSON_H_
#define LIFEBOAT_RESTORE_PAST_RUN_JSON_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "vault/attestation.h"

namespace lifeboat::restore {

/// A restore of the same source that a proof has made and measured.
struct PastRun {
  vault::ObjectHash attestation;
  Instant at;
  std::uint64_t rows = 0;
  std::chrono::milliseconds took{0};
  std::string scratch;  ///< where, for people
};

/// What an attestation's report (docs/json-output.md, `lifeboat verify --json`) says of its
/// restore; nothing if it does not say that this source is proven, or is of another form.
[[nodiscard]] std::optional<PastRun> past_run_in(const vault::Attestation& attestation,
                                                 const std::string& source);

}  // namespace lifeboat::restore

#endif  // LIFEBOAT_RESTORE_PAST_RUN_JSON_H_
