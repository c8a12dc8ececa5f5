#ifndef LIFEBOAT_POSTGRES_LONG_ROWS_H_
#define LIFEBOAT_POSTGRES_LONG_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "postgres/catalogue.h"
#include "pq/connection.h"

namespace lifeboat::postgres {

/// From here on a row is long, in bytes of COPY text: libpq hands over whole rows, so the memory of
/// a capture grows with the longest.
inline constexpr std::uint64_t kLongRowBytes = 16ULL << 20U;

/// Rows of one table above kLongRowBytes.
struct LongRows {
  std::string table;                ///< "public.pictures"
  std::uint64_t rows = 0;           ///< how many were found
  std::uint64_t longest_bytes = 0;  ///< of COPY text, about: other types than text and bytea by
                                    ///< their stored size
  bool sampled = false;             ///< a part of the table was looked at: there may be more
};

/// Looks for long rows under the connection's present transaction, without reading their values: by
/// the lengths that stand beside them. Only tables with 64 KiB of TOAST or more are looked at, and
/// at most 256 MiB of each one's heap, picked at random from a larger one. Names tables in the
/// order of the catalogue. A table that cannot be looked at is passed over: reading it tells why.
/// Throws when the session is lost or stopped.
[[nodiscard]] std::vector<LongRows> find_long_rows(pq::Connection& connection,
                                                   const Catalogue& catalogue);

/// What a capture may need for them: 160 MiB, and 2.2 times the longest row for each worker that
/// may hold one.
[[nodiscard]] std::uint64_t memory_for(const std::vector<LongRows>& found, int jobs);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LONG_ROWS_H_
