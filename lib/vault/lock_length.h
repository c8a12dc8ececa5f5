#ifndef LIFEBOAT_VAULT_LOCK_LENGTH_H_
#define LIFEBOAT_VAULT_LOCK_LENGTH_H_

#include <chrono>
#include <optional>
#include <string>

#include "vault/trust.h"

namespace lifeboat::vault {

/// What speaks against a store that locks each object for `lock` from its PUT on, in words; nothing
/// if it fits (docs/object-stores.md, "Storage class and lock"). It must not be shorter than the
/// least age of the retention floor in trust, nor than `kept`, for which the policy keeps
/// everything; and where there is such a policy, not longer than `kept` and the grace of a sweep
/// (2 · MAX_RUN + 24 h), or sweeps would be refused what they have to delete. Pure.
[[nodiscard]] std::optional<std::string> lock_objection(std::chrono::seconds lock,
                                                        const Trust& trust,
                                                        std::optional<std::chrono::seconds> kept);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_LOCK_LENGTH_H_
