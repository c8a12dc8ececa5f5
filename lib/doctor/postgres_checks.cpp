#include "doctor/postgres_checks.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "os/subprocess.h"

namespace lifeboat::doctor {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = 4096;

std::vector<fs::path> program_directories(const config::Environment& environment) {
  std::vector<fs::path> directories;
  std::istringstream path(environment.find("PATH").value_or(""));
  for (std::string directory; std::getline(path, directory, ':');) {
    if (!directory.empty()) directories.emplace_back(directory);
  }
  std::vector<fs::path> by_version;
  std::error_code none;  // without Debian's layout there is simply nothing to add
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    by_version.push_back(entry.path() / "bin");
  }
  std::sort(by_version.rbegin(), by_version.rend());
  directories.insert(directories.end(), by_version.begin(), by_version.end());
  return directories;
}

std::optional<fs::path> find_program(const std::string& name, const Surroundings& surroundings) {
  for (const fs::path& directory : program_directories(surroundings.environment)) {
    const fs::path candidate = directory / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

/// "pg_dump 15.20", or nothing if the program is missing or does not run.
std::optional<std::string> program_version(const std::string& name,
                                           const Surroundings& surroundings) {
  const auto program = find_program(name, surroundings);
  if (!program) return std::nullopt;
  os::Command command;
  command.program = *program;
  command.arguments = {"--version"};
  const os::Outcome outcome = os::run(command, {}, surroundings.stop, kMostBytes);
  const auto version = version_in(std::string(as_text(outcome.out)));
  if (!outcome.status.ok() || !version) return std::nullopt;
  return name + " " + *version;
}

Finding check_programs(const std::vector<std::string>& names, const Surroundings& surroundings,
                       Level level_if_missing, const std::string& hint) {
  std::string found;
  std::string missing;
  for (const std::string& name : names) {
    const auto version = program_version(name, surroundings);
    std::string& list = version ? found : missing;
    list += (list.empty() ? "" : ", ") + version.value_or(name);
  }
  if (missing.empty()) return {Level::ok, found, ""};
  return {level_if_missing, "not found: " + missing, hint};
}

Finding check_clients(const Surroundings& surroundings) {
  return check_programs({"pg_dump", "pg_restore", "psql"}, surroundings, Level::danger,
                        "install postgresql-client, of the server's version or newer");
}

Finding check_servers(const Surroundings& surroundings) {
  return check_programs({"initdb", "postgres"}, surroundings, Level::attention,
                        "install postgresql for --scratch local, or verify into a scratch "
                        "database: --scratch env:NAME --adopt-scratch");
}

}  // namespace

std::optional<std::string> version_in(const std::string& version_output) {
  const std::string marker = "(PostgreSQL) ";
  const std::size_t at = version_output.find(marker);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + marker.size();
  std::string version =
      version_output.substr(begin, version_output.find_first_of(" \n", begin) - begin);
  if (version.empty()) return std::nullopt;
  return version;
}

std::vector<Check> postgres_checks() {
  return {{"postgres-client", "Postgres clients", check_clients},
          {"postgres-server", "Postgres for a scratch", check_servers}};
}

}  // namespace lifeboat::doctor
