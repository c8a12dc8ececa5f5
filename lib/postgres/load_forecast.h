#ifndef LIFEBOAT_POSTGRES_LOAD_FORECAST_H_
#define LIFEBOAT_POSTGRES_LOAD_FORECAST_H_

#include <stop_token>
#include <vector>

#include "base/bytes.h"
#include "base/observer.h"
#include "postgres/load.h"

namespace lifeboat::postgres {

/// What load() would do with the same request.
struct LoadForecast {
  TargetState target;               ///< as it is now
  bool goes_on = false;             ///< with a restore that broke off
  std::vector<std::size_t> filled;  ///< in Catalogue::tables: whose rows would be loaded
  std::uint64_t copy_bytes = 0;
  std::size_t tables = 0;  ///< definitions
  std::size_t indexes = 0;
  std::size_t constraints = 0;
  std::size_t materialized_views = 0;  ///< that would be filled
  std::size_t large_objects = 0;
  std::size_t other_objects = 0;  ///< types, functions, views, triggers, ...
  std::vector<NotCarried> left_out;
};

/// Looks at the target, and plans as load() does; writes nothing. Throws what load() would refuse
/// it with, and whatever reading the target or the archive throws.
[[nodiscard]] LoadForecast forecast_load(const LoadRequest& request, const Catalogue& catalogue,
                                         ByteView archive, LoadSource& source, Observer& observer,
                                         std::stop_token stop);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_LOAD_FORECAST_H_
