#ifndef LIFEBOAT_BASE_TLS_TRUST_H_
#define LIFEBOAT_BASE_TLS_TRUST_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {

/// By what a server that is spoken to over TLS is known to be the right one.
enum class TlsMode {
  verify,    ///< an authority vouches for its certificate, and its name is in it
  pin,       ///< its public key is one of those that are pinned; nothing else is looked at
  insecure,  ///< by nothing: whoever stands in between can read and change all of it
};

/// "verify", "pin", "insecure".
[[nodiscard]] std::string_view name_of(TlsMode mode) noexcept;

/// Whether this is a pin: "sha256//" and base64 of the SHA-256 of a SubjectPublicKeyInfo, as
/// curl(1) and RFC 7469 have it.
[[nodiscard]] bool is_key_pin(std::string_view text) noexcept;

/// Whom to take for the server. A value, without secrets.
struct TlsTrust {
  TlsMode mode = TlsMode::verify;
  /// Of mode pin: any of them will do; none = nobody is trusted.
  std::vector<std::string> pins = {};
  /// Of mode verify: authorities to trust instead of the system's (PEM); empty = the system's.
  std::filesystem::path ca_file = {};
  /// Of mode pin: what a person does if the key is another one; a hint, may be empty.
  std::string when_changed = {};
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_TLS_TRUST_H_
