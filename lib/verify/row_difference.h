#ifndef LIFEBOAT_VERIFY_ROW_DIFFERENCE_H_
#define LIFEBOAT_VERIFY_ROW_DIFFERENCE_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "postgres/catalogue.h"
#include "seal/sodium.h"

namespace lifeboat::verify {

/// How a restored table differs from its snapshot, row by row.
struct RowDifference {
  std::uint64_t missing = 0;      ///< in the snapshot only
  std::uint64_t extra = 0;        ///< in the restored copy only
  std::uint64_t changed = 0;      ///< same key, other values
  std::set<std::string> columns;  ///< that differ in changed rows
  /// A few rows, for people: where the table has no key, `key` holds the whole line.
  struct Example {
    enum class Kind { missing, extra, changed };
    Kind kind = Kind::changed;
    std::string key;     ///< "id 4711"
    std::string column;  ///< of changed rows
    std::string expected;
    std::string found;
  };
  std::vector<Example> examples;
  /// False: more rows differ than could be looked at; the counts are then lower bounds.
  bool complete = true;
};

/// Calls its argument for every row of one side, any order, each a COPY line with its line end.
using EachRow = std::function<void(const std::function<void(ByteView line)>& on_row)>;

/// Finds which rows differ by streaming both sides twice: first into 4,096 bucket sums by key, then
/// the rows of differing buckets alone. Memory: at most 64 MiB of rows, whatever the table's size.
[[nodiscard]] RowDifference find_row_difference(const postgres::Table& table,
                                                const seal::SecretArray<16>& row_key,
                                                const EachRow& expected, const EachRow& found);

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_ROW_DIFFERENCE_H_
