#include "restore/restore.h"

#include <algorithm>

#include "bridge/vault_load_source.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {

bool Report::lost_anything() const {
  const auto is_loss = [](const NotCarried& item) { return item.severity == Severity::loss; };
  return std::ranges::any_of(not_carried, is_loss) ||
         std::ranges::any_of(load.not_restored, is_loss);
}

Report restore_postgres(const vault::Vault& vault, const vault::SnapshotRecord& record,
                        const Request& request, Observer& observer, std::stop_token stop) {
  const auto started = std::chrono::steady_clock::now();
  observer.phase("read the snapshot");
  const vault::SnapshotReader reader(vault, record);
  const std::uint16_t place = bridge::find_postgres_source(reader.body(), request.source);
  reader.require_packs();
  bridge::VaultLoadSource source(reader, place);

  const postgres::LoadRequest load_request{.url = request.url,
                                           .jobs = request.jobs,
                                           .roles = postgres::RoleMode::as_found,
                                           .tuned_scratch = false,
                                           .snapshot_id = record.id().hex(),
                                           .source = source.identity()};
  Report report;
  report.snapshot = record.id();
  report.source = source.summary().name;
  report.at = source.summary().at;
  report.tables = source.summary().tables;
  report.not_carried = source.summary().not_carried;
  report.load =
      postgres::load(load_request, source.catalogue(), source.archive(), source, observer, stop);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace lifeboat::restore
