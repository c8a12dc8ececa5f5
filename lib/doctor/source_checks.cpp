#include "doctor/source_checks.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "doctor/each_source.h"
#include "postgres/binaries.h"
#include "postgres/connection_room.h"
#include "postgres/restore_mark.h"
#include "postgres/schema_dump.h"
#include "postgres/session.h"
#include "postgres/survey.h"

namespace lifeboat::doctor {
namespace {

/// A snapshot takes a third of what is free at most, and has three beside its readers.
constexpr std::int64_t kPartOfTheFree = 3;
constexpr std::int64_t kBesideReaders = 3;
constexpr std::size_t kNamedTables = 3;

/// "public.a, public.b, public.c and 4 more" of the tables that this role may not read; else "".
std::string unreadable_tables(const postgres::Catalogue& catalogue) {
  std::string names;
  std::size_t count = 0;
  for (const postgres::Table& table : catalogue.tables) {
    if (table.kind != 'r' || table.readable) continue;
    if (++count <= kNamedTables) names += (names.empty() ? "" : ", ") + table.sql_name();
  }
  if (count > kNamedTables) names += " and " + std::to_string(count - kNamedTables) + " more";
  return names;
}

Finding look_at(const SourceReach& source, const Surroundings& surroundings) {
  const Secret url = source.url();
  pq::Connection connection(url, surroundings.stop);
  postgres::refuse_transaction_pooler(url, connection, surroundings.stop);
  postgres::refuse_incomplete_database(connection);
  const std::int64_t free = postgres::free_connections(connection);
  const postgres::Binary pg_dump = postgres::choose_pg_dump(
      postgres::find_binaries("pg_dump", surroundings.stop), connection.server_version());
  const postgres::Survey survey = postgres::survey(url, surroundings.stop);

  Finding found;
  found.what = source.name + ": Postgres " + survey.identity.server_version_text + ", pg_dump " +
               pg_dump.version_text + ", " + std::to_string(free) + " connections free";
  const std::string unreadable = unreadable_tables(survey.catalogue);
  if (!unreadable.empty()) {
    found.level = Level::danger;
    found.what += "; the role " + survey.identity.user + " may not read " + unreadable;
    found.hint = "GRANT SELECT on them to it, or capture as their owner";
  } else if (free < kPartOfTheFree * source.jobs || free < source.jobs + kBesideReaders) {
    found.level = Level::attention;
    found.what += ": too few for " + std::to_string(source.jobs) + " jobs";
    found.hint = "a snapshot takes fewer and is slower, or fails; close some, or lower jobs";
  }
  return found;
}

}  // namespace

std::vector<Check> source_checks(std::vector<SourceReach> sources) {
  return {{"postgres-source", "databases to capture",
           [sources = std::move(sources)](const Surroundings& surroundings) {
             return look_at_each(
                 sources, [&](const SourceReach& source) { return look_at(source, surroundings); });
           }}};
}

}  // namespace lifeboat::doctor
