#ifndef LIFEBOAT_REHEARSE_SCRATCH_HOME_H_
#define LIFEBOAT_REHEARSE_SCRATCH_HOME_H_

#include <filesystem>
#include <string>
#include <vector>

#include "drill/result.h"

/// The folder that the throwaway servers of one drill are made in, under a name that follows from
/// the drill's: what a killed run left is found by it.
namespace lifeboat::rehearse {

/// PARENT/lifeboat-drill-<16 digits of SHA256(run)>: short, for a socket's path has 107 bytes.
[[nodiscard]] std::filesystem::path scratch_home(const std::filesystem::path& parent,
                                                 const std::string& run);

/// Makes it; servers run as another user, who may pass through. Throws unavailable, denied.
void make_scratch_home(const std::filesystem::path& home);

/// Ends servers that are left in it, removes it, and looks: what is still there is a leak. Waits up
/// to five seconds for owners that were killed and are not gone yet.
[[nodiscard]] std::vector<drill::Leak> clear_scratch_home(const std::filesystem::path& home);

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_SCRATCH_HOME_H_
