#include "postgres/load_prepare.h"

#include <utility>

#include "postgres/replace_target.h"
#include "postgres/target.h"

namespace lifeboat::postgres {
namespace {

RangeSizes sizes_of(const LoadSource& source, const Catalogue& catalogue) {
  RangeSizes sizes(catalogue.tables.size());
  for (std::size_t t = 0; t < sizes.size(); ++t) {
    if (!catalogue.tables[t].carries_rows()) continue;
    for (std::size_t r = 0; r < source.range_count(t); ++r) {
      sizes[t].push_back(source.range_bytes(t, r));
    }
  }
  return sizes;
}

RestorePart what_was_chosen(const Catalogue& catalogue, const Archive& archive, RangeSizes sizes,
                            const LoadRequest& request) {
  if (!request.choice.empty()) return part_of(catalogue, archive, sizes, request.choice);
  return {catalogue, archive, std::move(sizes), {}};
}

}  // namespace

TargetState look_at_target(pq::Connection& connection, const LoadRequest& request,
                           const Catalogue& catalogue, Observer& observer) {
  TargetState target = inspect_target(connection);
  refuse_unfit_target(target, request);
  if (request.replace) refuse_unfit_replacement(connection, target, *request.replace);
  warn_of_differences(connection, target, request, catalogue, observer);
  return target;
}

PreparedLoad prepare_load(const LoadRequest& request, const Catalogue& catalogue,
                          const Archive& archive, const LoadSource& source) {
  PreparedLoad load;
  load.part = what_was_chosen(catalogue, archive, sizes_of(source, catalogue), request);
  load.plan = plan_load(load.part.catalogue, load.part.archive, load.part.ranges);
  load.plan.left_out.insert(load.plan.left_out.end(), load.part.left_out.begin(),
                            load.part.left_out.end());
  return load;
}

}  // namespace lifeboat::postgres
