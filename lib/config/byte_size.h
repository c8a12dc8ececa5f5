#ifndef LIFEBOAT_CONFIG_BYTE_SIZE_H_
#define LIFEBOAT_CONFIG_BYTE_SIZE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace lifeboat::config {

/// "20MB", "500kB", "1.5GB" (decimal, as sizes are printed), or "64MiB" and the like; a bare number
/// is bytes. In bytes; nothing on any other text, on zero, and on more than 2^53.
[[nodiscard]] std::optional<std::uint64_t> parse_byte_size(std::string_view text);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_BYTE_SIZE_H_
