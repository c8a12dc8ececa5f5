#ifndef LIFEBOAT_REHEARSE_WATCHED_TOOL_H_
#define LIFEBOAT_REHEARSE_WATCHED_TOOL_H_

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.h"
#include "drill/result.h"
#include "os/subprocess.h"

/// Another executable of lifeboat's, run as an operator runs it, with --json.
namespace lifeboat::rehearse {

/// A moment of a proof: docs/format/drill.md §4.
struct ProofMoment {
  std::string moment;  ///< "scratch", "restored", "compared"
  std::string source;
  std::string kind;
  Secret url;
};
/// Throws corrupt on a line of another form.
[[nodiscard]] ProofMoment parse_moment(std::string_view line);

/// What lifeboat-verify printed.
struct ProofReport {
  std::vector<drill::SourceResult> sources;
  std::vector<drill::AssertionOutcome> assertions;  ///< one of kind proof for each source
  std::string attestation;                          ///< hex, or empty
  std::vector<std::string> failures;                ///< "shop-db: connection lost"
};
/// Throws corrupt.
[[nodiscard]] ProofReport parse_proof(std::string_view json);

/// The error on a tool's stderr; nothing if there is none.
[[nodiscard]] std::optional<drill::DrillError> parse_error(std::string_view err);
/// `.snapshot` of what lifeboat-snapshot printed; empty if there is none.
[[nodiscard]] std::string parse_snapshot_id(std::string_view json);

struct ToolEnd {
  os::ExitStatus status;
  std::string out;
  std::string err;           ///< the last 64 KiB
  bool interrupted = false;  ///< it was asked to end: by a stop, or because its time was over
};

/// Runs it to its end. With `at`, the option --watch is added, and `at` is called at each moment;
/// the tool goes on when it returns. Once a stop is requested, or `deadline` has passed, the tool
/// gets SIGTERM and `kEndPatience` to clean up, then SIGKILL. What `at` throws ends the tool the
/// same way, and is thrown on. Throws unavailable if the tool cannot be started.
[[nodiscard]] ToolEnd run_tool(os::Command command,
                               const std::function<void(const ProofMoment&)>& at,
                               std::chrono::steady_clock::time_point deadline,
                               const std::stop_token& stop);

/// Of the 30 s between Heroku's SIGTERM and its SIGKILL; the rest is for the result.
inline constexpr std::chrono::seconds kEndPatience{20};

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_WATCHED_TOOL_H_
