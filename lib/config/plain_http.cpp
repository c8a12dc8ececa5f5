#include "config/plain_http.h"

namespace lifeboat::config {

bool is_https_or_local(std::string_view url) noexcept {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  if (url.starts_with(kHttps)) return url.size() > kHttps.size();
  if (!url.starts_with(kHttp)) return false;
  url.remove_prefix(kHttp.size());
  const std::string_view place = url.substr(0, url.find_first_of("/?#"));
  if (place.find('@') != place.npos) return false;  // "localhost:x@elsewhere" is elsewhere
  if (place == "[::1]" || place.starts_with("[::1]:")) return true;
  const std::string_view host = place.substr(0, place.find(':'));
  return host == "localhost" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

}  // namespace lifeboat::config
