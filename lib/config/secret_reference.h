#ifndef LIFEBOAT_CONFIG_SECRET_REFERENCE_H_
#define LIFEBOAT_CONFIG_SECRET_REFERENCE_H_

#include <stop_token>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "config/environment.h"

namespace lifeboat::config {

/// Where a secret is to be had. Flags and lifeboat.toml hold the text of a reference:
///   env:NAME      the environment variable NAME
///   file:PATH     a file's content, without its last line end
///   cmd:COMMAND   what `/bin/sh -c COMMAND` prints, without its last line end
///   anything else the text itself, such as a URL without a password
enum class ReferenceForm { environment, file, command, literal };

[[nodiscard]] ReferenceForm form_of(std::string_view reference) noexcept;

/// Fetches the secret. Blocks for as long as a command runs. Throws Error(usage) with a hint that
/// names the variable or file if it is missing, empty or unreadable, or if the command fails (its
/// output is not shown); Error(cancelled) if `stop` was requested meanwhile.
[[nodiscard]] Secret resolve_secret(std::string_view reference, const Environment& environment,
                                    std::stop_token stop = {});

/// Whether a literal holds a password ("scheme://user:password@…", "password=…"): then everyone who
/// can read the command line or the file has it.
[[nodiscard]] bool holds_password(std::string_view reference);

/// The reference as it may be shown: env: and file: as they are; a literal or a command with its
/// passwords masked.
[[nodiscard]] std::string shown(std::string_view reference);

/// Replaces the password of every URL ("//user:***@") and every password= value by "***".
[[nodiscard]] std::string mask_passwords(std::string_view text);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_SECRET_REFERENCE_H_
