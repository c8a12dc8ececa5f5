#ifndef LIFEBOAT_CONFIG_TLS_SETTINGS_H_
#define LIFEBOAT_CONFIG_TLS_SETTINGS_H_

#include <optional>
#include <string>
#include <vector>

#include "base/tls_trust.h"

namespace lifeboat::config {

/// What was said of a server that is spoken to over TLS: `tls`, `tls_pins` and `ca_file` of a
/// section, or --redis-tls, --redis-pin and --redis-ca. A plain value.
struct TlsSettings {
  std::optional<TlsMode> mode{};
  std::vector<std::string> pins{};
  std::string ca_file{};

  [[nodiscard]] bool said() const noexcept { return mode || !pins.empty() || !ca_file.empty(); }
  /// What was said, else pin if there are pins, else verify.
  [[nodiscard]] TlsMode mode_or_default() const noexcept {
    return mode.value_or(pins.empty() ? TlsMode::verify : TlsMode::pin);
  }
};

/// Throws Error(usage): a pin that is none, pins without mode pin, authorities without mode verify.
void check(const TlsSettings& settings);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_TLS_SETTINGS_H_
