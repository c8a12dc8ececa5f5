#include "resp/address.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/percent_encoding.h"

namespace lifeboat::resp {
namespace {

constexpr const char* kHint =
    "a Redis URL looks like redis://HOST:6379/0, rediss://HOST:6380 or unix:///PATH/TO/SOCKET; a "
    "password stands before HOST as USER:PASSWORD@, and a / or @ in it is written %2F or %40";

[[noreturn]] void refuse(const char* why) { throw Error(ErrorKind::usage, why, kHint); }

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

std::string decoded(std::string_view text) {
  std::optional<std::string> out = percent_decoded(text);
  if (!out) refuse("the Redis URL has a % that two hexadecimal digits do not follow");
  if (out->find('\0') != std::string::npos) refuse("the Redis URL holds a zero byte");
  return std::move(*out);
}

/// Takes "USER:PASSWORD@" off the front of `rest`.
void take_credentials(std::string_view& rest, std::string_view until, Address& address) {
  const std::size_t end = rest.substr(0, rest.find_first_of(until)).rfind('@');
  if (end == std::string_view::npos) return;
  const std::string_view who = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  const std::size_t colon = who.find(':');
  address.user = decoded(who.substr(0, colon));
  if (colon != std::string_view::npos) address.password = Secret(decoded(who.substr(colon + 1)));
}

void take_database(std::string_view text, Address& address) {
  if (text.empty()) return;
  const auto number = number_of<std::uint32_t>(text);
  if (!number || *number > 0x7fffffff) refuse("the database in the Redis URL is no number");
  address.database = *number;
}

void parse_tcp(std::string_view rest, Address& address) {
  const std::size_t query = rest.find('?');
  if (query != std::string_view::npos) refuse("a redis:// URL takes no options behind a ?");
  take_credentials(rest, "/", address);
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) take_database(rest.substr(slash + 1), address);
  rest = rest.substr(0, slash);
  std::size_t host_end = rest.find(':');
  std::size_t skip = 0;
  if (rest.starts_with('[')) {  // an IPv6 address
    const std::size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) refuse("the Redis URL has a [ without its ]");
    address.host = rest.substr(1, bracket - 1);
    host_end = bracket + 1 == rest.size() ? std::string_view::npos : bracket + 1;
    if (host_end != std::string_view::npos && rest[host_end] != ':') skip = 1;
  } else {
    address.host = rest.substr(0, host_end);
  }
  if (skip != 0 || address.host.empty()) refuse("the Redis URL names no host");
  address.port = 6379;
  if (host_end == std::string_view::npos) return;
  const auto port = number_of<std::uint16_t>(rest.substr(host_end + 1));
  if (!port || *port == 0) refuse("the port in the Redis URL is no number from 1 to 65535");
  address.port = *port;
}

void parse_socket(std::string_view rest, Address& address) {
  const std::size_t query = rest.find('?');
  if (query != std::string_view::npos) {
    if (rest.substr(query, 4) != "?db=") refuse("a unix:// URL takes ?db=N and no other option");
    take_database(rest.substr(query + 4), address);
    rest = rest.substr(0, query);
  }
  if (!rest.starts_with('/')) take_credentials(rest, "/", address);
  address.socket_path = decoded(rest);
  if (!address.socket_path.starts_with('/')) refuse("the unix:// URL names no absolute path");
  if (address.socket_path.size() > 107) refuse("the socket's path is longer than 107 bytes");
}

}  // namespace

Address parse_address(const Secret& url) {
  const std::string_view text = url.reveal();
  if (text.empty()) refuse("the Redis URL is empty");
  Address address;
  if (text.starts_with("redis://")) {
    parse_tcp(text.substr(8), address);
  } else if (text.starts_with("rediss://")) {
    address.tls = true;
    parse_tcp(text.substr(9), address);
  } else if (text.starts_with("unix://")) {
    parse_socket(text.substr(7), address);
  } else {
    refuse("not a Redis URL: its scheme is unknown");
  }
  return address;
}

std::string Address::text() const {
  const std::string who = user.empty() ? "" : user + "@";
  if (!socket_path.empty()) {
    return "unix://" + who + socket_path + (database == 0 ? "" : "?db=" + std::to_string(database));
  }
  const bool six = host.find(':') != std::string::npos;
  return (tls ? "rediss://" : "redis://") + who + (six ? "[" + host + "]" : host) + ":" +
         std::to_string(port) + (database == 0 ? "" : "/" + std::to_string(database));
}

}  // namespace lifeboat::resp
