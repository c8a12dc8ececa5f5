#ifndef LIFEBOAT_CONFIG_PLAIN_HTTP_H_
#define LIFEBOAT_CONFIG_PLAIN_HTTP_H_

#include <string_view>

namespace lifeboat::config {

/// Whether a URL begins with https://, or with http:// and names this machine (localhost, 127.*,
/// [::1]): what came back from elsewhere without TLS could be anybody's, and what goes there could
/// be read by anybody.
[[nodiscard]] bool is_https_or_local(std::string_view url) noexcept;

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_PLAIN_HTTP_H_
