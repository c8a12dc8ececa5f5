#ifndef LIFEBOAT_POSTGRES_SURVEY_H_
#define LIFEBOAT_POSTGRES_SURVEY_H_

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/observer.h"
#include "base/secret.h"
#include "postgres/capture.h"
#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// The state of a restored database that a proof compares with a snapshot.
struct Survey {
  Identity identity;
  Catalogue catalogue;
  std::vector<std::string> invalid_indexes;  ///< indisvalid or indisready is false
};

/// Reads the catalogue of a database with the session pins of a capture. Read-only.
[[nodiscard]] Survey survey(const Secret& url, std::stop_token stop);

/// Streams every table of `tables` (and the large objects, if asked) out of a database that nobody
/// else writes to, on `jobs` connections, with the session pins of a capture: the same bytes come
/// for the same rows, in any order. Ranges are ours to choose.
void stream_rows(const Secret& url, const Catalogue& catalogue,
                 const std::vector<std::size_t>& tables, bool large_objects, int jobs,
                 CaptureSink& sink, Observer& observer, std::stop_token stop);

/// How two schemas differ, item by item.
struct SchemaDifference {
  std::vector<SchemaItem> missing;  ///< in `expected` only
  std::vector<SchemaItem> extra;    ///< in `found` only
  struct Changed {
    SchemaItem expected;
    SchemaItem found;
  };
  std::vector<Changed> changed;
};
[[nodiscard]] SchemaDifference compare_items(const std::vector<SchemaItem>& expected,
                                             const std::vector<SchemaItem>& found);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_SURVEY_H_
