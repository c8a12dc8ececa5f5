#ifndef LIFEBOAT_CLI_REDACTOR_H_
#define LIFEBOAT_CLI_REDACTOR_H_

#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/environment.h"

namespace lifeboat::cli {

/// Masks secrets in every line that goes to stderr: the secrets it was told of, passwords in URLs,
/// password= values, and anything that looks like a credential ("lifeboat-writer-1…"). It is the
/// last net, not the first: no message is written with a secret in it. Thread-safe.
class Redactor {
 public:
  /// From now on masks this text and, if it is a URL, its password: as written, percent-decoded
  /// and percent-encoded. Texts of fewer than 4 bytes are left to the patterns: masking them
  /// everywhere would make messages unreadable.
  void remember(const Secret& secret);

  /// Remembers the variables that are known to hold secrets, and all values with a password in
  /// them: a message of a library may quote what nobody here resolved.
  void remember_environment(const config::Environment& environment);

  [[nodiscard]] std::string redact(std::string_view text) const;

 private:
  void remember_text(const std::string& text);

  struct LongestFirst {
    bool operator()(const std::string& a, const std::string& b) const noexcept {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    }
  };
  mutable std::mutex mutex_;
  std::set<std::string, LongestFirst> secrets_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_REDACTOR_H_
