#ifndef LIFEBOAT_POSTGRES_RANGE_COPY_H_
#define LIFEBOAT_POSTGRES_RANGE_COPY_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/not_carried.h"
#include "postgres/capture.h"
#include "postgres/catalogue.h"
#include "postgres/snapshot_sessions.h"

namespace lifeboat::postgres {

/// One range of a table, read by COPY. A row that the server cannot print (its text would pass
/// 1 GB, or what is stored of it is damaged) fails the statement, and with it the transaction: the
/// row is found by its place, named, and passed over; the rest of the range comes from a new one.
/// Not thread-safe; all arguments must outlive it.
class RangeCopy {
 public:
  using OnRow = std::function<void(ByteView line)>;

  /// Without `sessions` such a row ends the reading, as any other failure does.
  RangeCopy(pq::Connection& session, SnapshotSessions* sessions, const Table& table,
            const Range& range);

  /// Hands over every row once, in order. Throws what the session throws.
  void run(const OnRow& on_row);

  /// Rows that were passed over.
  [[nodiscard]] std::vector<NotCarried>& unprintable() { return unprintable_; }

 private:
  [[nodiscard]] std::string statement() const;
  void pass_over(std::uint64_t rows_before);
  [[nodiscard]] std::optional<std::string> find_row(std::uint64_t rows_before);
  [[nodiscard]] bool fails_alone(const std::string& tid);
  [[nodiscard]] std::string in_words(const std::string& tid);

  pq::Connection& session_;
  SnapshotSessions* sessions_;
  const Table& table_;
  const Range& range_;
  std::optional<std::string> behind_;  ///< TID of the last row that was passed over
  std::vector<NotCarried> unprintable_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_RANGE_COPY_H_
