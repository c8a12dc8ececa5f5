#ifndef LIFEBOAT_HTTP_CURL_LIBRARY_H_
#define LIFEBOAT_HTTP_CURL_LIBRARY_H_

namespace lifeboat::http {

/// Starts libcurl, once in a process. Throws Error(internal). Private to lib/http; thread-safe.
void start_curl();

}  // namespace lifeboat::http

#endif  // LIFEBOAT_HTTP_CURL_LIBRARY_H_
