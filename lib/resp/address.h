#ifndef LIFEBOAT_RESP_ADDRESS_H_
#define LIFEBOAT_RESP_ADDRESS_H_

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "base/tls_trust.h"

namespace lifeboat::resp {

/// Where a server is and who we are there, out of a URL:
///   redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]
///   rediss://...                                      the same over TLS
///   unix://[[USER]:PASSWORD@]/PATH/TO/SOCKET[?db=N]
/// User, password and path may be percent-encoded.
struct Address {
  bool tls = false;
  std::string host;         ///< empty = a Unix socket
  std::uint16_t port = 0;   ///< 0 = a Unix socket
  std::string socket_path;  ///< empty = TCP
  std::string user;
  Secret password;
  std::uint32_t database = 0;

  /// Without the password, for people: redis://shop@db.example:6379/2.
  [[nodiscard]] std::string text() const;
};

/// A server's URL, and whom to take for that server if the URL is a rediss:// one. Made of a URL
/// alone it trusts whom the system's authorities vouch for.
struct Url {
  Url() = default;
  Url(Secret url) : text(std::move(url)) {}  // NOLINT: a URL alone is one
  Url(Secret url, TlsTrust whom) : text(std::move(url)), trust(std::move(whom)) {}
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }

  Secret text;
  TlsTrust trust;
};

/// Throws Error(usage) that quotes no part of the URL: any part may be the password misplaced.
[[nodiscard]] Address parse_address(const Secret& url);

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_ADDRESS_H_
