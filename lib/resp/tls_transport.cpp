#include "resp/tls_transport.h"

#include <optional>

#include "base/error.h"
#include "seal/certificate.h"

namespace lifeboat::resp {
namespace {

using std::chrono::milliseconds;

std::string joined(const std::vector<std::string>& pins) {
  std::string text;
  for (const std::string& pin : pins) text += (text.empty() ? "" : " or ") + pin;
  return text;
}

std::optional<std::string> shown_key_if_any(const Address& address, const std::stop_token& stop,
                                            milliseconds timeout) {
  try {
    return shown_key(address, stop, timeout);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return std::nullopt;
  }
}

/// Both keys, for whoever has to decide whether it was the operator who changed it.
Error changed_key(const Address& address, const TlsTrust& trust, const std::stop_token& stop,
                  milliseconds timeout) {
  const auto shown = shown_key_if_any(address, stop, timeout);
  const std::string shows = shown ? "the server shows the key " + *shown : "the server's key";
  return {ErrorKind::denied,
          trust.pins.empty()
              ? shows + (shown ? ", and none is pinned" : " is not pinned")
              : shows + (shown ? ", but pinned is " : " is not the pinned ") + joined(trust.pins),
          trust.when_changed};
}

http::TlsSocket socket_to(const Address& address, const TlsTrust& trust,
                          const std::stop_token& stop, milliseconds timeout) {
  try {
    return {address.host, address.port, trust, stop, timeout};
  } catch (Error& error) {
    if (error.kind() == ErrorKind::denied && trust.mode == TlsMode::pin) {
      throw changed_key(address, trust, stop, timeout);
    }
    if (error.kind() == ErrorKind::denied) {
      error.add_hint(
          "servers with certificates that they signed themselves, as Heroku's, are trusted by "
          "their key: tls = \"pin\"; `lifeboat doctor` shows it. For an authority of your own: "
          "ca_file");
    }
    if (error.kind() == ErrorKind::unavailable) {
      error.add_hint(
          "check host and port, and that the server speaks TLS there: rediss:// is with TLS, "
          "redis:// without");
    }
    throw;
  }
}

}  // namespace

TlsTransport::TlsTransport(const Address& address, const TlsTrust& trust,
                           const std::stop_token& stop, milliseconds timeout)
    : Transport(stop), socket_(socket_to(address, trust, stop, timeout)) {}

std::string TlsTransport::server_key() const { return seal::key_pin_of(socket_.certificate()); }

std::string shown_key(const Address& address, const std::stop_token& stop, milliseconds timeout) {
  if (!address.tls) throw Error(ErrorKind::usage, "the URL is not one of a TLS server (rediss://)");
  const TlsTrust anybody{.mode = TlsMode::insecure};
  return seal::key_pin_of(socket_to(address, anybody, stop, timeout).certificate());
}

}  // namespace lifeboat::resp
