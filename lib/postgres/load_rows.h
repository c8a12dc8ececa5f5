#ifndef LIFEBOAT_POSTGRES_LOAD_ROWS_H_
#define LIFEBOAT_POSTGRES_LOAD_ROWS_H_

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/observer.h"
#include "postgres/load.h"
#include "postgres/load_outcome.h"
#include "postgres/load_session.h"

namespace lifeboat::postgres {

/// Sends captured rows to the target, range by range, in pieces of 256 KiB. Thread-safe: each call
/// uses the caller's session.
class RowLoader {
 public:
  RowLoader(const Catalogue& catalogue, LoadSource& source, LoadOutcome& outcome,
            Observer& observer);

  /// One COPY. A partition's rows that belong into another one here go in by the partitioned table.
  /// Rows that the target refuses are recorded as lost, with the table's name.
  /// Throws what the source throws (corrupt), and unavailable, cancelled.
  /// Returns the rows that are there now.
  std::uint64_t load_range(LoadSession& session, std::size_t table, std::size_t range);

  /// A range that a run before this one has loaded.
  void skip_range(std::size_t table, std::size_t range, std::uint64_t rows);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  void begin(std::size_t table);
  void end(std::size_t table);
  std::optional<Error> copy(LoadSession& session, std::size_t table, std::size_t range,
                            const std::string& into, std::uint64_t& loaded);
  /// The partitioned table at the top of a partition's tree; nothing for another table.
  [[nodiscard]] std::optional<std::string> top_of(std::size_t table) const;

  const Catalogue& catalogue_;
  LoadSource& source_;
  LoadOutcome& outcome_;
  Observer& observer_;
  std::atomic<std::uint64_t> rows_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::mutex mutex_;
  std::vector<std::size_t> ranges_begun_;
  std::vector<std::size_t> ranges_ended_;
};

/// search_path for an item that is not understood under '': its own schema, then public.
[[nodiscard]] std::string fallback_path(const std::string& schema);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_ROWS_H_
