#ifndef LIFEBOAT_VAULT_RECOVERY_SHEET_H_
#define LIFEBOAT_VAULT_RECOVERY_SHEET_H_

#include <string>
#include <string_view>

#include "base/secret.h"

namespace lifeboat::vault {

/// An identity, sealed or not, in numbered lines with check words (docs/format/vault.md §3.3), each
/// ended by "\n". `credential` must be valid. Throws Error(usage) if it is of another role.
[[nodiscard]] Secret sheet_lines(std::string_view credential);

/// The credential that typed lines stand for; lines that are none of the sheet's are ignored.
/// Throws Error(usage) that names every line that is mistyped, missing or there twice, and never
/// repeats what is in them.
[[nodiscard]] Secret read_sheet(std::string_view typed);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RECOVERY_SHEET_H_
