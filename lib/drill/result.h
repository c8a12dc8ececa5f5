#ifndef LIFEBOAT_DRILL_RESULT_H_
#define LIFEBOAT_DRILL_RESULT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

/// What a drill says: docs/format/drill.md §2. Values; texts are UTF-8 and hold no secret.
namespace lifeboat::drill {

enum class Kind { restore, readiness };
enum class Trigger { schedule, hand };
enum class Verdict {
  passed,
  objective_missed,  ///< correct, but too slow or too old
  failed,            ///< not proven, or an assertion does not hold
  errored,           ///< the drill could not tell
  missed,            ///< due, and nobody started it in time
  aborted,           ///< ended by a signal, or its process vanished
  cleanup_failed,    ///< something of it is still there
};
enum class Select { latest, oldest, random };
enum class AssertionKind { proof, sql, redis, http, exec, readiness };
enum class AssertionResult { pass, warn, fail, error, not_applicable };
enum class Severity { fail, warn };
enum class RpaBy { heartbeat, manifest };

/// The words of the format: "objective_missed", "not_applicable", ...
[[nodiscard]] std::string_view name_of(Kind kind) noexcept;
[[nodiscard]] std::string_view name_of(Trigger trigger) noexcept;
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;
[[nodiscard]] std::string_view name_of(Select select) noexcept;
[[nodiscard]] std::string_view name_of(AssertionKind kind) noexcept;
[[nodiscard]] std::string_view name_of(AssertionResult result) noexcept;
[[nodiscard]] std::string_view name_of(Severity severity) noexcept;
[[nodiscard]] std::string_view name_of(RpaBy by) noexcept;

struct PickedSnapshot {
  std::string id = {};  ///< 64 hex digits
  Instant finished = {};
  Select select = Select::latest;
  std::uint64_t candidates = 0;
  bool newest = false;  ///< of those that hold the sources
};

struct SourceResult {
  std::string name = {};
  std::string kind = {};            ///< "postgres", "redis"
  std::optional<bool> proven = {};  ///< absent = no verdict was reached
  std::string scratch = {};         ///< "throwaway Postgres 15.20"; empty = there was none
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;  ///< or keys
  std::uint64_t read_bytes = 0;
  std::uint64_t not_carried = 0;
  std::chrono::milliseconds restore_took{0};
  std::chrono::milliseconds compare_took{0};
};

struct Objectives {
  std::optional<std::chrono::milliseconds> rto = {};
  std::optional<std::chrono::milliseconds> rpo = {};
};

struct Measured {
  std::optional<std::chrono::milliseconds> rta = {};
  std::optional<std::chrono::milliseconds> rpa = {};
  std::optional<RpaBy> rpa_by = {};
  std::optional<std::chrono::milliseconds> exposure = {};
  std::uint64_t read_bytes = 0;  ///< of the sources that were restored
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> bytes_per_second = {};  ///< read_bytes in the time of the restores
};

struct Phase {
  std::string name = {};               ///< decide, scratch, restore, verify, assert, clean
  std::string source = {};             ///< empty = of the whole drill
  std::chrono::milliseconds start{0};  ///< after `declared`
  std::chrono::milliseconds took{0};
};

struct AssertionOutcome {
  std::string name = {};
  AssertionKind kind = AssertionKind::sql;
  std::string source = {};  ///< empty = of none
  Severity severity = Severity::fail;
  AssertionResult result = AssertionResult::not_applicable;
  std::string expected = {};  ///< "at least 1000"
  std::string found = {};     ///< empty = nothing was found
  std::string detail = {};    ///< why, if it is an error; else mostly empty
  std::chrono::milliseconds took{0};
};

struct Leak {
  std::string what = {};   ///< "throwaway Postgres"
  std::string where = {};  ///< a path or a database
};

struct DrillError {
  std::string kind = {};  ///< name_of(ErrorKind)
  std::string message = {};
  std::string hint = {};  ///< may be empty
};

struct Result {
  std::string drill = {};
  std::string title = {};
  Kind kind = Kind::restore;
  std::string run = {};
  Trigger trigger = Trigger::hand;
  std::optional<Instant> due = {};
  Instant declared = {};
  Instant finished = {};
  Verdict verdict = Verdict::errored;
  std::string summary = {};
  std::string scenario_sha256 = {};  ///< hex
  std::optional<PickedSnapshot> snapshot = {};
  std::vector<SourceResult> sources = {};
  Objectives objectives = {};
  Measured measured = {};
  std::vector<Phase> phases = {};
  std::vector<AssertionOutcome> assertions = {};
  std::vector<std::string> not_tested = {};
  std::vector<Leak> leaks = {};
  std::string attestation = {};  ///< id of the proof's record, hex; empty = none
  std::optional<DrillError> error = {};
  std::string host = {};
  std::string program = {};  ///< "lifeboat 0.1.0"
};

/// The body of the record, one line.
[[nodiscard]] std::string to_json(const Result& result);

/// Reads it back. Throws Error(corrupt) on text that is none, lacks a key or has a word that the
/// format does not know; a greater format says that a newer version is needed.
[[nodiscard]] Result result_from_json(std::string_view text);

}  // namespace lifeboat::drill

#endif  // LIFEBOAT_DRILL_RESULT_H_
