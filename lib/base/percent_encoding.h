#ifndef LIFEBOAT_BASE_PERCENT_ENCODING_H_
#define LIFEBOAT_BASE_PERCENT_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat {

/// Any bytes as a part of a URL: all but letters, digits and "-._" as %XX (RFC 3986, 2.1).
[[nodiscard]] std::string percent_encoded(std::string_view bytes);

/// The bytes that were meant; nothing if two hexadecimal digits do not follow a %.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_PERCENT_ENCODING_H_
