#ifndef LIFEBOAT_POSTGRES_CAPTURE_H_
#define LIFEBOAT_POSTGRES_CAPTURE_H_

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "base/secret.h"
#include "postgres/assertions.h"
#include "postgres/catalogue.h"
#include "postgres/long_rows.h"

namespace lifeboat::postgres {

/// A part of one table that is read by one COPY: blocks [first_block, end_block), open-ended where
/// end_block is absent. A relation that cannot be split by TID is one range from 0.
struct Range {
  std::uint64_t first_block = 0;
  std::optional<std::uint64_t> end_block;
};

/// Takes the rows of one range, in order, on the worker's thread.
class RangeSink {
 public:
  virtual ~RangeSink() = default;
  /// One line of COPY text with its line end. The view dies with the call.
  virtual void row(ByteView line) = 0;
  /// The range is complete. Destruction without it: the range failed and counts for nothing
  /// (it may be opened again).
  virtual void finish() = 0;
};

/// Where captured rows go. open_range() is called from several threads at once.
class CaptureSink {
 public:
  virtual ~CaptureSink() = default;
  /// Called under the snapshot, before the first open_range(): what will come. Only the database's
  /// own settings, the tables and the large objects are read yet. Called again if the capture gave
  /// way to somebody and starts over: what came before counts for nothing.
  virtual void begin(const Catalogue& catalogue) = 0;
  /// `table` indexes Catalogue::tables.
  [[nodiscard]] virtual std::unique_ptr<RangeSink> open_range(std::size_t table,
                                                              const Range& range) = 0;
  /// Large objects come as rows too, "oid <TAB> piece number <TAB> \\x.." in pieces of 1 MiB,
  /// ordered by oid and piece: one stream for all of them.
  [[nodiscard]] virtual std::unique_ptr<RangeSink> open_large_objects() = 0;
  /// One of the threads that opened ranges will open no more, while others may still be at work.
  virtual void reader_ended() {}
};

/// What to do about a lock that is not to be had, and about somebody who waits for a table that we
/// hold: try again and let him wait; leave the table out (a capture that has begun starts over
/// without it); end with Error(busy).
enum class OnLockWait { retry, skip, fail };

struct CaptureRequest {
  Secret url;
  int jobs = 2;  ///< worker connections; lowered to a third of the free ones
  std::chrono::milliseconds lock_timeout{3000};  ///< of one try
  int lock_tries = 5;
  OnLockWait on_lock_wait = OnLockWait::retry;
  bool refuse_unreadable = false;   ///< a table whose rows the role may not read is an error
  std::vector<std::string> accept;  ///< but these are not: "public.orders"
  std::vector<std::string> exclude_tables;             ///< patterns: neither definition nor rows
  std::vector<std::string> exclude_table_data;         ///< patterns: the definition alone
  std::vector<Assertion> assertions;                   ///< asked under the snapshot
  std::optional<std::uint64_t> most_bytes_per_second;  ///< of COPY text, all workers together
  std::chrono::milliseconds heartbeat{30'000};         ///< how often an idle session says something
};

/// DDL as pg_dump wrote it at the snapshot.
struct SchemaDump {
  Bytes archive;          ///< pg_dump -Fc -Z0 --schema-only
  std::string plain_sql;  ///< what pg_restore -f - makes of it
  std::string pg_dump_version;
  std::string archive_version;  ///< "1.14-0", from the archive's header
};

/// What a capture found; the rows went to the sink.
struct Capture {
  Identity identity;
  Catalogue catalogue;
  SchemaDump schema;
  Instant at;                 ///< server's clock when the snapshot was exported
  std::string snapshot_name;  ///< pg_export_snapshot(), as witness
  std::string wal_position;   ///< pg_current_wal_lsn(), as witness; may be empty
  Answers answers;            ///< to the assertions; those that failed are in not_carried
  std::vector<NotCarried> not_carried;
  std::vector<LongRows> long_rows;  ///< found before the rows were read, and told to the observer
  std::uint64_t rows = 0;
  std::uint64_t copy_bytes = 0;
  int connections = 0;
};

/// Takes an exact snapshot of a live database: lock first, snapshot second, workers by TID ranges,
/// DDL by the matching pg_dump (design: docs/format/postgres.md; ADR 0004).
///
/// A reader's connection that is lost is replaced, and its range read anew, as long as one session
/// still holds the snapshot. A row that the server cannot print is named, and all others come.
///
/// Memory: 2.2 times the longest row for each worker, plus what the sink holds, plus the DDL.
/// Threads: `jobs` workers for rows, one for pg_dump, and the caller's, which reads definitions
/// meanwhile; all joined when it returns. Cancels within 2 s.
/// Throws Error: usage (URL, a pattern that matches nothing), unavailable (server gone), denied
/// (password, rights), busy (a lock was not to be had), refused (transaction-mode pooler),
/// not_found (no pg_dump new enough), cancelled.
[[nodiscard]] Capture capture(const CaptureRequest& request, CaptureSink& sink, Observer& observer,
                              std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CAPTURE_H_
