#include "restore/restore.h"

#include <algorithm>

#include "bridge/vault_load_source.h"
#include "postgres/load_beside.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {
namespace {

/// Of what the snapshot lacks, that which is said of a chosen table.
std::vector<NotCarried> said_of(const std::vector<NotCarried>& items,
                                const postgres::Catalogue& catalogue,
                                const postgres::TableChoice& choice) {
  const std::vector<bool> chosen = postgres::choose_tables(catalogue, choice);
  std::vector<NotCarried> said;
  for (const NotCarried& item : items) {
    for (std::size_t t = 0; t < chosen.size(); ++t) {
      if (!chosen[t] || item.object.find(catalogue.tables[t].sql_name()) == std::string::npos) {
        continue;
      }
      said.push_back(item);
      break;
    }
  }
  return said;
}

}  // namespace

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

  Report report;
  report.snapshot = record.id();
  report.source = source.summary().name;
  report.at = source.summary().at;
  const auto took = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 started);
  };
  if (request.into_schema) {
    report.into_schema = request.into_schema;
    report.load = postgres::load_beside(
        {.url = request.url, .schema = *request.into_schema, .choice = request.choice},
        source.catalogue(), source, observer, stop);
    report.tables = report.load.tables;
    report.not_carried = said_of(source.summary().not_carried, source.catalogue(), request.choice);
    report.took = took();
    return report;
  }
  const postgres::LoadRequest load_request{.url = request.url,
                                           .jobs = request.jobs,
                                           .roles = request.create_roles
                                                        ? postgres::RoleMode::create_nologin
                                                        : postgres::RoleMode::as_found,
                                           .tuned_scratch = false,
                                           .schema_only = request.schema_only,
                                           .snapshot_id = record.id().hex(),
                                           .source = source.identity(),
                                           .wait_for_others = request.wait_for_others};
  report.tables = source.summary().tables;
  report.not_carried = source.summary().not_carried;
  report.load =
      postgres::load(load_request, source.catalogue(), source.archive(), source, observer, stop);
  report.took = took();
  return report;
}

}  // namespace lifeboat::restore
