#ifndef LIFEBOAT_REHEARSE_READINESS_H_
#define LIFEBOAT_REHEARSE_READINESS_H_

#include <filesystem>
#include <stop_token>
#include <vector>

#include "rehearse/run_drill.h"

namespace lifeboat::rehearse {

/// Whether a restore could begin now, restoring nothing: the vault's head and the newest proof are
/// not too old, this credential restores, and a scratch of each kind that the newest snapshot needs
/// can be made under `home`: it is made, and removed. Throws what read_history() does, and
/// cancelled.
[[nodiscard]] std::vector<drill::AssertionOutcome> check_readiness(
    const Ground& ground, const config::Scenario& scenario, const std::filesystem::path& home,
    const std::stop_token& stop);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_READINESS_H_
