#ifndef LIFEBOAT_CLI_PROOF_WATCH_H_
#define LIFEBOAT_CLI_PROOF_WATCH_H_

#include <functional>
#include <stop_token>

#include "verify/verify.h"

namespace lifeboat::cli {

/// Tells moments of a proof on a descriptor that the parent process opened, a socket: one line of
/// JSON each, docs/format/drill.md §4. At `compared` it waits until the other side writes a line or
/// closes; it throws cancelled if a stop is requested meanwhile. Takes the descriptor over. Throws
/// Error(usage) if it is not open.
[[nodiscard]] std::function<void(const verify::Moment&)> watch_proof(int descriptor,
                                                                     std::stop_token stop);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_PROOF_WATCH_H_
