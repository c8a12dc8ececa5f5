#ifndef LIFEBOAT_CLI_ERROR_REPORT_H_
#define LIFEBOAT_CLI_ERROR_REPORT_H_

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/redactor.h"

namespace lifeboat::cli {

/// The last words of a command that failed, without a line end at their end:
///   lifeboat snapshot: message
///     kept: …
///     hint: …
[[nodiscard]] std::string error_text(std::string_view command, const Error& error);

/// {"error": {"kind", "message", "hint", "kept"}} on one line; what is absent is null. Redacted
/// before it is quoted, since quoting would hide a secret from the redactor.
[[nodiscard]] std::string error_json(const Error& error, const Redactor& redactor);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_ERROR_REPORT_H_
