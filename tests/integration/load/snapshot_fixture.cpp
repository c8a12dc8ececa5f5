#include "snapshot_fixture.h"

#include <sstream>

#include "os/subprocess.h"
#include "postgres/catalogue_reader.h"
#include "postgres/identity.h"
#include "postgres/large_objects.h"
#include "postgres/session.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

Bytes run_pg_dump(const harness::PostgresServer& server, const std::string& database,
                  std::vector<std::string> arguments) {
  arguments.emplace_back("--schema-only");
  const os::Outcome outcome = os::run({.program = server.binaries() / "pg_dump",
                                       .arguments = std::move(arguments),
                                       .environment = pq::environment_of(server.url(database))},
                                      {}, {});
  if (!outcome.status.ok()) throw Error(ErrorKind::internal, "pg_dump: " + outcome.err);
  return outcome.out;
}

std::vector<Bytes> read_ranges(pq::Connection& connection, const Table& table, std::size_t count) {
  std::vector<Bytes> ranges(count);
  std::size_t row = 0;
  const std::string sql =
      "COPY (SELECT " + table.copy_columns() + " FROM ONLY " + table.sql_name() + ") TO STDOUT";
  connection.copy_out(sql, [&](ByteView line) { append(ranges[row++ % count], line); });
  std::erase_if(ranges, [](const Bytes& range) { return range.empty(); });
  return ranges;
}

}  // namespace

MemorySnapshot take_snapshot(const harness::PostgresServer& server, const std::string& database,
                             std::size_t ranges_a_table) {
  MemorySnapshot snapshot;
  pq::Connection connection = connect_pinned(server.url(database), {});
  snapshot.identity = read_identity(connection);
  snapshot.catalogue = read_catalogue(connection);
  std::vector<NotCarried> not_carried;
  read_sequence_values(connection, snapshot.catalogue, not_carried);
  for (const Table& table : snapshot.catalogue.tables) {
    snapshot.ranges.push_back(table.carries_rows() ? read_ranges(connection, table, ranges_a_table)
                                                   : std::vector<Bytes>());
  }
  connection.copy_out(copy_large_objects_sql(),
                      [&](ByteView line) { append(snapshot.large_objects, line); });
  snapshot.archive = run_pg_dump(server, database, {"--format=custom", "--compress=0"});
  return snapshot;
}

std::unique_ptr<stream::Source> MemoryLoadSource::open_range(std::size_t table, std::size_t range) {
  if (on_open_) on_open_(table, range);
  return std::make_unique<stream::MemorySource>(snapshot_.ranges[table][range]);
}

std::unique_ptr<stream::Source> MemoryLoadSource::open_large_objects() {
  return std::make_unique<stream::MemorySource>(snapshot_.large_objects);
}

std::string schema_of(const harness::PostgresServer& server, const std::string& database) {
  const Bytes dump = run_pg_dump(server, database, {"--restrict-key=tests"});
  return std::string(as_text(dump));
}

}  // namespace lifeboat::postgres
