#include "restore/restore.h"

#include <algorithm>
#include <iterator>

#include "base/name_in_text.h"
#include "bridge/vault_load_source.h"
#include "postgres/load_beside.h"
#include "postgres/load_data.h"
#include "restore/cache_restore.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::restore {
namespace {

bool is_in_a_schema_of(const postgres::TableChoice& choice, const std::string& text) {
  return std::ranges::any_of(choice.schemas, [&](const std::string& schema) {
    return names(text, schema, Inside::counts) ||
           names(text, postgres::quote_identifier(schema), Inside::counts);
  });
}

/// With tables or schemas given: what is said of them. With exclusions alone: all but what is said
/// of an excluded table.
bool concerns(const NotCarried& item, const postgres::Catalogue& catalogue,
              const postgres::TableChoice& choice, const std::vector<bool>& chosen) {
  bool of_another = false;
  for (std::size_t t = 0; t < chosen.size(); ++t) {
    if (!names(item.object, catalogue.tables[t].sql_name(), Inside::counts)) continue;
    if (chosen[t]) return true;
    of_another = true;
  }
  if (choice.tables.empty() && choice.schemas.empty()) return !of_another;
  return !of_another && is_in_a_schema_of(choice, item.object);
}

postgres::LoadReport load(const Request& request, const vault::SnapshotRecord& record,
                          bridge::VaultLoadSource& source, Observer& observer,
                          std::stop_token stop) {
  if (request.into_schema) {
    return postgres::load_beside(
        {.url = request.url, .schema = *request.into_schema, .choice = request.choice},
        source.catalogue(), source, observer, std::move(stop));
  }
  if (request.data_only) {
    return postgres::load_data(
        {.url = request.url, .choice = request.choice, .source = source.identity()},
        source.catalogue(), source, observer, std::move(stop));
  }
  return postgres::load(load_request_of(request, record.id(), source.identity()),
                        source.catalogue(), source.archive(), source, observer, std::move(stop));
}

/// Last of all: what is asked must find the restore complete.
void ask_assertions(const bridge::VaultLoadSource& source, const Request& request, Report& report,
                    Observer& observer, const std::stop_token& stop) {
  const postgres::Answers& answers = source.answers();
  report.whole = request.everything() && !request.schema_only;
  if (!report.whole || !request.ask_assertions) {
    report.unasked = answers.answers.size();
    return;
  }
  if (!answers.answers.empty()) observer.phase("assertions");
  try {
    report.assertions = bridge::check_assertions(answers, request.url, stop);
  } catch (Error& error) {
    error.add_context("ask the assertions");
    error.add_kept("the restore is complete; only its assertions were not all asked");
    throw;
  }
}

}  // namespace

std::vector<NotCarried> not_carried_of(const std::vector<NotCarried>& items,
                                       const postgres::Catalogue& catalogue,
                                       const postgres::TableChoice& choice) {
  if (choice.empty()) return items;
  const std::vector<bool> chosen = postgres::choose_tables(catalogue, choice);
  std::vector<NotCarried> said;
  std::ranges::copy_if(items, std::back_inserter(said), [&](const NotCarried& item) {
    return concerns(item, catalogue, choice, chosen);
  });
  return said;
}

postgres::LoadRequest load_request_of(const Request& request, const vault::SnapshotId& snapshot,
                                      const postgres::Identity& source) {
  return {.url = request.url,
          .jobs = request.jobs,
          .roles = request.create_roles ? postgres::RoleMode::create_nologin
                                        : postgres::RoleMode::as_found,
          .tuned_scratch = false,
          .schema_only = request.schema_only,
          .choice = request.choice,
          .replace = request.replace,
          .snapshot_id = snapshot.hex(),
          .source = source,
          .wait_for_others = request.wait_for_others};
}

bool Report::failed_an_assertion() const {
  return assertions && !std::ranges::all_of(*assertions, &bridge::AssertionVerdict::equal);
}

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
  report.into_schema = request.into_schema;
  if (!request.into_schema) report.caches = caches_in(reader.body());
  report.not_carried =
      not_carried_of(source.summary().not_carried, source.catalogue(), request.choice);
  try {
    report.load = load(request, record, source, observer, stop);
  } catch (Error& error) {
    if (error.kind() == ErrorKind::unavailable) {
      error.add_hint(
          "see that the target's server can be reached, then run the same command again");
    }
    throw;
  }
  report.tables = request.everything() ? source.summary().tables : report.load.tables;
  ask_assertions(source, request, report, observer, stop);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  return report;
}

}  // namespace lifeboat::restore
