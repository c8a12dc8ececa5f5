#ifndef LIFEBOAT_VERIFY_VERIFY_H_
#define LIFEBOAT_VERIFY_VERIFY_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "base/secret.h"
#include "bridge/assertion_check.h"
#include "postgres/load.h"
#include "redis/compare.h"
#include "vault/attestation.h"
#include "vault/vault.h"
#include "verify/row_difference.h"

namespace lifeboat::verify {

/// How far the proof of one source has come; for who watches it, and asks questions of its own
/// before the scratch is given back.
struct Moment {
  enum class What { scratch, restored, compared };
  What what = What::scratch;  ///< it stands; it is filled; it was compared, and goes next
  std::string source;
  std::string kind;   ///< "postgres", "redis"
  const Secret& url;  ///< of the scratch
};

struct Request {
  std::optional<std::string> source;  ///< absent = every source of the snapshot that holds data
  std::optional<Secret>
      scratch_url;             ///< for Postgres; absent = a throwaway cluster on this machine
  bool adopt_scratch = false;  ///< a given database that is empty becomes scratch
  std::filesystem::path scratch_dir;  ///< of throwaway servers; empty = $TMPDIR or /tmp
  int jobs = 2;
  /// Called between the restore and the comparison with the scratch's URL: where a drill injects a
  /// fault. Empty = nothing happens.
  std::function<void(const Secret& url)> before_comparison;
  /// Called at each moment of each source, in order, by the thread of verify(). The proof goes on
  /// when it returns; its time is in none of the report's. Empty = nothing happens.
  std::function<void(const Moment& moment)> at_moment;
};

struct TableVerdict {
  std::string name;
  std::uint64_t rows = 0;           ///< in the snapshot
  std::uint64_t restored_rows = 0;  ///< counted in the restored copy
  std::string sum;                  ///< keyed sum, hex, of the snapshot
  std::string restored_sum;
  bool equal = false;
  std::optional<RowDifference> difference;  ///< which rows and columns, if it is not
};

/// One thing that differs and is no table's rows.
struct Finding {
  std::string what;  ///< "index public.orders_total is missing"
  Severity severity = Severity::loss;
};

/// What the proof of any source says.
struct SourceProof {
  std::string source;
  vault::Verdict verdict = vault::Verdict::not_proven;
  std::string scratch;                  ///< "throwaway Postgres 15.20"
  std::vector<Finding> findings;        ///< what differs, and what was not restored
  std::vector<NotCarried> not_carried;  ///< what the snapshot itself does not hold
  std::chrono::milliseconds restore_took{0};
  std::chrono::milliseconds compare_took{0};
};

struct PostgresProof : SourceProof {
  std::vector<TableVerdict> tables;
  std::optional<TableVerdict> large_objects;  ///< rows = pieces of at most 1 MiB; absent = none
  std::uint64_t schema_items = 0;
  std::uint64_t sequences = 0;
  std::uint64_t invalid_indexes = 0;
  /// Indexes compared with their rows by amcheck; absent = not looked at (a given database, or a
  /// server without amcheck).
  std::optional<std::uint64_t> indexes_checked;
  std::vector<bridge::AssertionVerdict> assertions;
  std::vector<postgres::PhaseTime> phases;  ///< of the restore

  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] std::size_t equal_tables() const;
  [[nodiscard]] std::size_t equal_assertions() const;
};

struct RedisProof : SourceProof {
  std::string guarantee;          ///< of the snapshot: exact, fuzzy
  redis::CompareReport compared;  ///< every key, both ways
  std::uint64_t refused = 0;      ///< commands that the server answered with an error
  std::uint64_t evicted = 0;      ///< keys that it dropped
};

/// A source on which no verdict could be reached, while there is one on another.
struct Failure {
  std::string source;
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string hint;
};

struct Report {
  vault::SnapshotId snapshot;
  vault::Verdict verdict = vault::Verdict::not_proven;  ///< proven: every source is
  std::vector<PostgresProof> postgres;                  ///< in the snapshot's order
  std::vector<RedisProof> redis;
  std::vector<Failure> failures;
  Instant finished;
  vault::ObjectHash attestation;       ///< id of the record in the vault
  std::vector<vault::SeenHead> heads;  ///< of all chains, the attestation's first

  /// Whether the snapshot lacks something of the user's: proven then means "as far as it goes".
  [[nodiscard]] bool snapshot_lacks_anything() const;
};

/// Restores a snapshot's sources into scratch, one after the other, reads all of it back and
/// compares (postgres_proof.h, redis_proof.h). The verdicts are signed and written into the vault,
/// whatever they are, in one attestation.
///
/// Throws Error only if no verdict at all could be reached (denied without an identity, corrupt, no
/// scratch, cancelled); then nothing is attested.
[[nodiscard]] Report verify(const vault::Vault& vault, const vault::SnapshotRecord& record,
                            const Request& request, const Clock& clock, Observer& observer,
                            std::stop_token stop);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_VERIFY_H_
