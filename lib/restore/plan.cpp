#include "restore/plan.h"

#include <utility>

#include "bridge/vault_load_source.h"
#include "vault/history.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {
namespace {

using std::chrono::milliseconds;

std::optional<PastRun> newest_past_run(const vault::Vault& vault, const std::string& source) {
  for (const vault::Attestation& attestation : vault::read_history(vault).attestations) {
    if (auto past = past_run_in(attestation, source)) return past;
  }
  return std::nullopt;
}

std::optional<milliseconds> estimate_of(const std::optional<PastRun>& past, std::uint64_t rows) {
  if (!past || past->rows == 0) return std::nullopt;
  const double share = static_cast<double>(rows) / static_cast<double>(past->rows);
  return milliseconds(static_cast<std::int64_t>(static_cast<double>(past->took.count()) * share));
}

}  // namespace

Plan plan_restore(const vault::Vault& vault, const vault::SnapshotRecord& record,
                  const Request& request, Observer& observer, std::stop_token stop) {
  if (request.into_schema || request.data_only) {
    throw Error(ErrorKind::usage, "a plan is made of restores into an empty database",
                "leave out --plan: with --into-schema or --data-only a restore changes nothing "
                "unless all of it can be done");
  }
  observer.phase("read the snapshot");
  const vault::SnapshotReader reader(vault, record);
  const std::uint16_t place = bridge::find_postgres_source(reader.body(), request.source);
  reader.require_packs();
  bridge::VaultLoadSource source(reader, place);

  Plan plan;
  plan.snapshot = record.id();
  plan.source = source.summary().name;
  plan.at = source.summary().at;
  plan.not_carried =
      not_carried_of(source.summary().not_carried, source.catalogue(), request.choice);
  plan.load = postgres::forecast_load(load_request_of(request, record.id(), source.identity()),
                                      source.catalogue(), source.archive(), source, observer,
                                      std::move(stop));
  for (const std::size_t t : plan.load.filled) plan.rows += source.table_sum(t).rows();
  plan.past = newest_past_run(vault, plan.source);
  plan.estimate = estimate_of(plan.past, plan.rows);
  return plan;
}

}  // namespace lifeboat::restore
