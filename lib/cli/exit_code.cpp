#include "cli/exit_code.h"

namespace lifeboat::cli {

ExitCode exit_code_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::not_found:
      return ExitCode::not_found;
    case ErrorKind::busy:
      return ExitCode::busy;
    case ErrorKind::denied:
      return ExitCode::denied;
    case ErrorKind::corrupt:
      return ExitCode::findings;
    case ErrorKind::unavailable:
      return ExitCode::unavailable;
    case ErrorKind::stale:
      return ExitCode::stale;
    case ErrorKind::refused:
      return ExitCode::refused;
    case ErrorKind::cancelled:
      return ExitCode::interrupted;
    case ErrorKind::internal:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

std::string_view meaning_of(ExitCode code) noexcept {
  switch (code) {
    case ExitCode::done:
      return "done, complete";
    case ExitCode::failed:
      return "failed, nothing committed";
    case ExitCode::usage:
      return "wrong usage or configuration";
    case ExitCode::findings:
      return "done, but something is missing, damaged or different";
    case ExitCode::waits:
      return "waits for a person";
    case ExitCode::interrupted:
      return "interrupted, can be run again";
    case ExitCode::not_found:
      return "what was named does not exist";
    case ExitCode::busy:
      return "somebody else holds it, try again later";
    case ExitCode::denied:
      return "access denied, or a wrong or missing key";
    case ExitCode::unavailable:
      return "could not be reached, after retries";
    case ExitCode::stale:
      return "older than something already seen, or rolled back";
    case ExitCode::refused:
      return "refused by a safety rule";
  }
  return "unknown";
}

}  // namespace lifeboat::cli
