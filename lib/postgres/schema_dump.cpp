#include "postgres/schema_dump.h"

#include <algorithm>

#include "os/subprocess.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

/// "pg_dump: error: query failed: ERROR:  ..." → the line without the program's name.
std::string first_complaint(const std::string& err, const std::string& program) {
  const std::string prefix = program + ": error: ";
  std::size_t start = err.find(prefix);
  start = start == std::string::npos ? 0 : start + prefix.size();
  std::string line = err.substr(start, err.find('\n', start) - start);
  while (!line.empty() && line.back() == '.') line.pop_back();
  return line;
}

os::Outcome run_client(const Binary& pg_dump, const std::string& program, os::Command command,
                       ByteView input, std::stop_token stop) {
  command.program = pg_dump.path.parent_path() / program;
  command.environment["LC_ALL"] = "C";
  os::Outcome outcome = os::run(command, input, std::move(stop));
  if (outcome.status.ok()) return outcome;
  throw Error(ErrorKind::internal, program + " failed (" + outcome.status.describe() +
                                       "): " + first_complaint(outcome.err, program));
}

}  // namespace

Binary choose_pg_dump(const std::vector<Binary>& found, int server_version) {
  const auto newest =
      std::max_element(found.begin(), found.end(),
                       [](const Binary& a, const Binary& b) { return a.version < b.version; });
  const int wanted = server_version / 10000;
  const std::string hint = "install the package postgresql-client-" + std::to_string(wanted);
  if (newest == found.end()) {
    throw Error(ErrorKind::not_found, "no pg_dump is installed here", hint);
  }
  if (newest->version / 10000 < wanted) {
    throw Error(ErrorKind::not_found,
                "the server is version " + std::to_string(wanted) +
                    ", newer than any pg_dump here (" + newest->version_text + ")",
                hint);
  }
  return *newest;
}

std::string archive_version(ByteView archive) {
  if (archive.size() < 8 || as_text(archive.first(5)) != "PGDMP") {
    throw Error(ErrorKind::corrupt, "this is not an archive of pg_dump");
  }
  return std::to_string(archive[5]) + "." + std::to_string(archive[6]) + "-" +
         std::to_string(archive[7]);
}

SchemaDump dump_schema(const SchemaDumpRequest& request, std::stop_token stop) {
  os::Command dump;
  dump.environment = pq::environment_of(request.url);
  dump.environment["PGAPPNAME"] = request.application_name;
  dump.unset = {"PGCLIENTENCODING"};
  dump.arguments = {"--format=custom",
                    "--compress=0",
                    "--schema-only",
                    "--no-password",
                    "--snapshot=" + request.snapshot,
                    "--lock-wait-timeout=" + std::to_string(request.lock_timeout.count()),
                    "--exclude-schema=_heroku",
                    "--exclude-schema=lifeboat_restore",
                    "--exclude-schema=lifeboat_scratch"};
  for (const std::string& table : request.exclude_tables) {
    dump.arguments.push_back("--exclude-table=" + table);
  }
  SchemaDump schema;
  schema.pg_dump_version = request.pg_dump.version_text;
  schema.archive = run_client(request.pg_dump, "pg_dump", dump, {}, stop).out;
  schema.archive_version = archive_version(schema.archive);

  os::Command list;
  list.arguments = {"--file=-"};
  const Bytes sql = run_client(request.pg_dump, "pg_restore", list, schema.archive, stop).out;
  schema.plain_sql = std::string(as_text(sql));
  return schema;
}

}  // namespace lifeboat::postgres
