#include "memcached/address.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/percent_encoding.h"

namespace lifeboat::memcached {
namespace {

constexpr std::uint16_t kPort = 11211;
constexpr std::size_t kMostServers = 64;
constexpr std::size_t kLongestPath = 107;
constexpr const char* kHint =
    "a Memcached URL looks like memcached://HOST:11211, HOST:11211,HOST:11211 or "
    "unix:///PATH/TO/SOCKET; a / , @ or : in user or password is written %2F, %2C, %40 or %3A";

[[noreturn]] void refuse(const char* why) { throw Error(ErrorKind::usage, why, kHint); }

std::string decoded(std::string_view text) {
  std::optional<std::string> out = percent_decoded(text);
  if (!out) refuse("the Memcached URL has a % that two hexadecimal digits do not follow");
  return std::move(*out);
}

/// They stand in one line of the protocol: nothing may end it early or divide it.
void refuse_control(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ') {
      refuse("user and password in the Memcached URL may hold no space and no control character");
    }
  }
}

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size() || port == 0) {
    refuse("a port in the Memcached URL is no number from 1 to 65535");
  }
  return port;
}

Address parse_host(std::string_view text, const Address& credentials) {
  Address address = credentials;
  std::string_view rest;
  if (text.starts_with('[')) {  // an IPv6 address
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) refuse("the Memcached URL has a [ without its ]");
    address.host = text.substr(1, bracket - 1);
    rest = text.substr(bracket + 1);
    if (!rest.empty() && rest[0] != ':') refuse("the Memcached URL has text behind a ]");
  } else {
    const std::size_t colon = text.find(':');
    address.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (address.host.empty()) refuse("the Memcached URL names no host");
  for (const char c : address.host) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#') {
      refuse("the Memcached URL has a host that cannot be one");
    }
  }
  address.port = rest.empty() ? kPort : port_of(rest.substr(1));
  return address;
}

Address parse_socket(std::string_view text) {
  Address address;
  address.socket_path = decoded(text);
  if (!address.socket_path.starts_with('/')) refuse("the unix:// URL names no absolute path");
  if (address.socket_path.size() > kLongestPath) refuse("the socket's path is too long");
  if (address.socket_path.find('\0') != std::string::npos) refuse("the path holds a zero byte");
  return address;
}

}  // namespace

std::vector<Address> parse_servers(const Secret& url) {
  std::string_view text = url.reveal();
  if (text.starts_with("unix://")) return {parse_socket(text.substr(7))};
  const bool whole = text.starts_with("memcached://");
  if (whole) text.remove_prefix(12);
  if (text.find("://") != std::string_view::npos) {
    refuse("not a Memcached URL: its scheme is unknown");
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  Address credentials;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    // Where a text is looked through for passwords, they are known by the // in front.
    if (!whole) refuse("a Memcached URL with a password begins with memcached://");
    const std::string_view who = text.substr(0, at);
    text.remove_prefix(at + 1);
    const std::size_t colon = who.find(':');
    if (colon == std::string_view::npos) refuse("the Memcached URL has a user and no password");
    credentials.user = decoded(who.substr(0, colon));
    credentials.password = Secret(decoded(who.substr(colon + 1)));
    refuse_control(credentials.user);
    refuse_control(credentials.password.reveal());
  }
  std::vector<Address> servers;
  while (true) {
    const std::size_t comma = text.find(',');
    if (servers.size() == kMostServers) refuse("the Memcached URL names more than 64 servers");
    servers.push_back(parse_host(text.substr(0, comma), credentials));
    if (comma == std::string_view::npos) return servers;
    text.remove_prefix(comma + 1);
  }
}

std::string Address::text() const {
  if (!socket_path.empty()) return socket_path;
  const bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string name_of(const std::vector<Address>& servers) {
  std::string name;
  for (const Address& server : servers) name += (name.empty() ? "" : ",") + server.text();
  return name;
}

}  // namespace lifeboat::memcached
