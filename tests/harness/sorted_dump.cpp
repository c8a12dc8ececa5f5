#include "harness/sorted_dump.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "os/subprocess.h"
#include "pq/connection.h"

namespace lifeboat::harness {

std::string sorted_dump(const PostgresServer& server, const std::string& database) {
  const os::Outcome dump = os::run({.program = server.binaries() / "pg_dump",
                                    .arguments = {"--restrict-key=tests"},
                                    .environment = pq::environment_of(server.url(database))},
                                   {}, {});
  if (!dump.status.ok()) throw Error(ErrorKind::internal, "pg_dump " + database + ": " + dump.err);
  std::istringstream text{std::string(as_text(dump.out))};
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  std::ranges::sort(lines);
  std::string sorted;
  for (const std::string& line : lines) sorted += line + "\n";
  return sorted;
}

}  // namespace lifeboat::harness
