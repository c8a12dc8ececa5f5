#ifndef LIFEBOAT_VAULT_OBJECT_HEADER_H_
#define LIFEBOAT_VAULT_OBJECT_HEADER_H_

#include "base/bytes.h"
#include "base/wire.h"
#include "vault/types.h"

namespace lifeboat::vault {

inline constexpr std::size_t kObjectHeaderBytes = 16;
inline constexpr std::uint8_t kFormatMajor = 1;
inline constexpr std::uint8_t kFormatMinor = 0;

/// The 16 bytes in front of every object: docs/format/vault.md §1.2.
void put_object_header(WireWriter& to, ObjectType type, Generation generation);

/// Checks magic, type and major version; returns the generation. Throws corrupt.
[[nodiscard]] Generation read_object_header(WireReader& from, ObjectType type,
                                            std::string_view what);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_OBJECT_HEADER_H_
