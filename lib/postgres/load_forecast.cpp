#include "postgres/load_forecast.h"

#include <utility>

#include "postgres/load_prepare.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

/// What an archive entry makes, by its kind.
void add_object(const std::string& kind, LoadForecast& forecast) {
  if (kind == "TABLE") {
    ++forecast.tables;
  } else if (kind == "INDEX") {
    ++forecast.indexes;
  } else if (kind.ends_with("CONSTRAINT")) {
    ++forecast.constraints;
  } else {
    ++forecast.other_objects;
  }
}

void add_step(const Step& step, const RestorePart& part, const LoadRequest& request,
              LoadForecast& forecast) {
  const std::string kind = step.entry ? part.archive.entries[*step.entry].kind : "";
  if (step.kind == StepKind::create) {
    add_object(kind, forecast);
  } else if (step.kind == StepKind::build_index) {
    ++forecast.indexes;
  } else if (step.kind == StepKind::add_constraint && kind.ends_with("CONSTRAINT")) {
    ++forecast.constraints;
  }
  if (request.schema_only) return;
  if (step.kind == StepKind::load_range) {
    if (step.range == 0) forecast.filled.push_back(*step.table);
    forecast.copy_bytes += part.ranges[*step.table][step.range];
  } else if (step.kind == StepKind::load_large_objects) {
    forecast.large_objects = part.catalogue.large_objects.size();
  } else if (step.kind == StepKind::refresh) {
    ++forecast.materialized_views;
  }
}

}  // namespace

LoadForecast forecast_load(const LoadRequest& request, const Catalogue& catalogue, ByteView archive,
                           LoadSource& source, Observer& observer, std::stop_token stop) {
  pq::Connection connection = connect_pinned(request.url, std::move(stop));
  LoadForecast forecast;
  forecast.target = look_at_target(connection, request, catalogue, observer);
  forecast.goes_on = forecast.target.holds_part_of(request.snapshot_id);
  const PreparedLoad load = prepare_load(request, catalogue, read_archive(archive), source);
  forecast.left_out = load.plan.left_out;
  for (const Step& step : load.plan.steps) add_step(step, load.part, request, forecast);
  return forecast;
}

}  // namespace lifeboat::postgres
