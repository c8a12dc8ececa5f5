#ifndef LIFEBOAT_CLI_NOW_REPORT_H_
#define LIFEBOAT_CLI_NOW_REPORT_H_

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/paint.h"
#include "drill/result.h"

/// `lifeboat now`: what would be restored, how old it is, since when it is proven, and what to do.
/// Values, and pure but for now_facts.h, which gathers them; fields in docs/json-output.md.
namespace lifeboat::cli {

/// A source, as the configuration and the vault's records know it.
struct SourceStanding {
  std::string name = {};
  std::string kind = {};
  bool configured = false;  ///< or only found in the vault
  bool holds_data = true;   ///< a cache is made again, not restored
  std::optional<std::chrono::seconds> rpo = {};
  std::optional<std::chrono::seconds> rto = {};
  std::string snapshot = {};       ///< the newest that holds it, id in hex; empty = none
  std::optional<Instant> at = {};  ///< the moment of the data in it
  std::optional<bool> equal = {};  ///< what the newest proof of it there says; nothing = none
  std::optional<Instant> proven_at = {};  ///< of any of its snapshots, the newest proof
  std::uint64_t losses = 0;               ///< of the user's, that the snapshot does not carry
};

/// How long it takes, and how that is known.
struct RecoveryTime {
  std::chrono::milliseconds took{0};
  bool drilled = false;  ///< or by the newest proof, which waits for nobody
};

/// Why the vault says nothing.
struct Silence {
  ErrorKind kind = ErrorKind::unavailable;
  std::string message = {};
  std::string hint = {};
};

struct NowFacts {
  Instant now{};
  std::string vault = {};  ///< its URL, passwords masked; empty = none is configured
  std::optional<Silence> silence = {};
  std::vector<SourceStanding> sources = {};
  std::vector<drill::Result> drills = {};  ///< the newest run of each
  std::optional<std::chrono::milliseconds> newest_proof_took = {};
  std::vector<std::string> readers = {};  ///< who holds an identity, by the name of its key
  std::size_t problems = 0;               ///< of the vault's chains
  std::vector<std::filesystem::path> runbooks = {};
  std::string runbook_folder = {};  ///< where they were looked for
  bool can_run_runbooks = false;    ///< lifeboat-runbook is installed
};

enum class Standing { recoverable, at_risk, not_recoverable, unknown };
/// "recoverable", "at_risk", "not_recoverable", "unknown"
[[nodiscard]] std::string_view name_of(Standing standing) noexcept;

struct NowReport {
  NowFacts facts;
  Standing standing = Standing::unknown;
  std::optional<Instant> back_to;  ///< no source would lose more than what came after
  std::optional<RecoveryTime> time;
  std::vector<std::string>
      missing;  ///< why it is not simply recoverable, and what is known to lack
};

/// A source without a proof in this time is at risk, whatever its newest snapshot is.
inline constexpr std::chrono::days kProofAge{8};

[[nodiscard]] NowReport make_now_report(NowFacts facts);
/// done; findings if it is at risk or not recoverable; what the silence of the vault means.
[[nodiscard]] ExitCode exit_code_of(const NowReport& report);

[[nodiscard]] std::string now_report_text(const NowReport& report, const Paint& paint);
[[nodiscard]] Json now_report_json(const NowReport& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_NOW_REPORT_H_
