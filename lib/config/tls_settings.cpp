#include "config/tls_settings.h"

#include "base/error.h"

namespace lifeboat::config {

void check(const TlsSettings& settings) {
  const TlsMode mode = settings.mode_or_default();
  for (const std::string& pin : settings.pins) {
    if (is_key_pin(pin)) continue;
    throw Error(ErrorKind::usage, "\"" + pin + "\" is no pin of a key",
                "a pin is sha256// and 44 characters; `lifeboat doctor` shows that of a source");
  }
  if (!settings.pins.empty() && mode != TlsMode::pin) {
    throw Error(ErrorKind::usage,
                "keys are pinned, but TLS is to be of mode " + std::string(name_of(mode)),
                "pins belong to mode pin");
  }
  if (!settings.ca_file.empty() && mode != TlsMode::verify) {
    throw Error(ErrorKind::usage,
                "an authority is named, but TLS is to be of mode " + std::string(name_of(mode)),
                "authorities belong to mode verify");
  }
}

}  // namespace lifeboat::config
