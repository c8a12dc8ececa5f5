#include "postgres/survey.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "postgres/catalogue_reader.h"
#include "postgres/identity.h"
#include "postgres/row_reader.h"
#include "postgres/session.h"
#include "postgres/table_reader.h"

namespace lifeboat::postgres {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The tables' sizes are those of the database at hand: where the catalogue comes from another one,
/// they would cut the ranges wrongly, and a table's filenode means nothing.
Catalogue with_sizes_of(pq::Connection& connection, const Catalogue& catalogue) {
  Catalogue here = catalogue;
  std::map<std::pair<std::string, std::string>, Table> found;
  for (Table& table : read_tables(connection)) {
    found.emplace(std::pair(table.schema, table.name), std::move(table));
  }
  for (Table& table : here.tables) {
    const auto match = found.find({table.schema, table.name});
    if (match == found.end()) continue;
    table.heap = match->second.heap;
    table.blocks = match->second.blocks;
    table.total_bytes = match->second.total_bytes;
  }
  return here;
}

auto key_of(const SchemaItem& item) { return std::tie(item.kind, item.identity); }

}  // namespace

Survey survey(const Secret& url, std::stop_token stop) {
  pq::Connection connection = connect_pinned(url, std::move(stop));
  Survey survey;
  survey.identity = read_identity(connection);
  connection.execute(kBegin);
  survey.catalogue = read_catalogue(connection);
  survey.invalid_indexes = read_invalid_indexes(connection);
  connection.execute("COMMIT");
  std::vector<NotCarried> unread;
  read_sequence_values(connection, survey.catalogue, unread);
  if (!unread.empty()) {
    throw Error(ErrorKind::denied, unread.front().object + ": " + unread.front().reason);
  }
  return survey;
}

void stream_rows(const Secret& url, const Catalogue& catalogue,
                 const std::vector<std::size_t>& tables, bool large_objects, int jobs,
                 CaptureSink& sink, Observer& observer, std::stop_token stop) {
  std::stop_source all_stop;
  const std::stop_callback on_stop(std::move(stop), [&] { all_stop.request_stop(); });
  pq::Connection leader = connect_pinned(url, all_stop.get_token());
  leader.execute(kBegin);
  const std::string snapshot = leader.query("SELECT pg_catalog.pg_export_snapshot()").text(0, 0);
  std::vector<pq::Connection> sessions;
  for (int i = 0; i < std::max(1, jobs); ++i) {
    try {
      sessions.push_back(connect_pinned(url, all_stop.get_token()));
    } catch (const Error& error) {
      if (sessions.empty() || !no_place_left(error)) throw;
      break;
    }
    sessions.back().execute(kBegin);
    sessions.back().execute("SET TRANSACTION SNAPSHOT " + quote_literal(snapshot));
  }
  const Catalogue here = with_sizes_of(leader, catalogue);
  sink.begin(here);
  static_cast<void>(
      read_rows(std::move(sessions), here, {tables, large_objects}, sink, observer, all_stop));
}

SchemaDifference compare_items(const std::vector<SchemaItem>& expected,
                               const std::vector<SchemaItem>& found) {
  std::vector<SchemaItem> left = expected;
  std::vector<SchemaItem> right = found;
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  SchemaDifference difference;
  auto a = left.begin();
  auto b = right.begin();
  while (a != left.end() || b != right.end()) {
    if (b == right.end() || (a != left.end() && key_of(*a) < key_of(*b))) {
      difference.missing.push_back(*a++);
    } else if (a == left.end() || key_of(*b) < key_of(*a)) {
      difference.extra.push_back(*b++);
    } else {
      if (a->definition != b->definition) difference.changed.push_back({*a, *b});
      ++a;
      ++b;
    }
  }
  return difference;
}

}  // namespace lifeboat::postgres
