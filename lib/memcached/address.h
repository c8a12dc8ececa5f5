#ifndef LIFEBOAT_MEMCACHED_ADDRESS_H_
#define LIFEBOAT_MEMCACHED_ADDRESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/secret.h"

namespace lifeboat::memcached {

/// Where one server is and, if it asks for that, who we are there.
struct Address {
  std::string host;         ///< empty = a Unix socket
  std::uint16_t port = 0;   ///< 0 = a Unix socket
  std::string socket_path;  ///< empty = TCP
  std::string user;
  Secret password;

  /// Without credentials: "cache.example:11211", "[::1]:11211", "/run/memcached.sock".
  [[nodiscard]] std::string text() const;
};

/// The servers that a URL names, 1 to 64, in its order:
///   memcached://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]]...
///   HOST[:PORT][,HOST[:PORT]]...
///   unix:///PATH/TO/SOCKET
/// User, password and path may be percent-encoded; port 11211 if none is given. A list without a
/// scheme is what providers put into the environment. Throws Error(usage) that quotes no part of
/// the URL: any part may be the password misplaced.
[[nodiscard]] std::vector<Address> parse_servers(const Secret& url);

/// What people call the servers together: their texts with commas between.
[[nodiscard]] std::string name_of(const std::vector<Address>& servers);

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_ADDRESS_H_
