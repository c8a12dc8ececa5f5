#ifndef LIFEBOAT_POSTGRES_ROW_READER_H_
#define LIFEBOAT_POSTGRES_ROW_READER_H_

#include <optional>
#include <stop_token>
#include <vector>

#include "base/observer.h"
#include "postgres/capture.h"
#include "postgres/catalogue.h"
#include "postgres/range_plan.h"
#include "postgres/snapshot_sessions.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// What to read, and how much of it has come.
struct Reading {
  std::vector<std::size_t> tables;  ///< indexes of Catalogue::tables
  bool large_objects = false;
  /// Of COPY text, all sessions together.
  std::optional<std::uint64_t> most_bytes_per_second{};
};

struct ReadTotals {
  std::uint64_t rows = 0;               ///< of tables
  std::uint64_t copy_bytes = 0;         ///< of tables and large objects
  std::vector<NotCarried> unprintable;  ///< rows that the server could not print
};

/// Reads every range by one COPY each, on as many threads as there are sessions; each session is
/// taken off a common queue's work as it gets free. The sessions stand in transactions that see the
/// same rows; each is closed as soon as there is nothing left for it.
///
/// With `replacements` a session that is lost is replaced, and its range read anew; rows that the
/// server can't print are named and passed over. Without, both end the reading.
///
/// Memory: libpq's copies of the longest row for each session. The first failure ends all others
/// and is thrown ("read public.orders: ..."); `sessions_stop` must stop the sessions' waits.
[[nodiscard]] ReadTotals read_rows(std::vector<pq::Connection> sessions, const Catalogue& catalogue,
                                   const Reading& reading, CaptureSink& sink, Observer& observer,
                                   std::stop_source sessions_stop,
                                   SnapshotSessions* replacements = nullptr);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_ROW_READER_H_
