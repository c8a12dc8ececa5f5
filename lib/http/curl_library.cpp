#include "http/curl_library.h"

#include <curl/curl.h>

#include "base/error.h"

namespace lifeboat::http {

void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Error(ErrorKind::internal, "libcurl does not start");
}

}  // namespace lifeboat::http
