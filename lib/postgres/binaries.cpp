#include "postgres/binaries.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "os/subprocess.h"

namespace lifeboat::postgres {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianRoot = "/usr/lib/postgresql";

std::vector<fs::path> directories() {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kDebianRoot, ignored)) {
    found.push_back(entry.path() / "bin");
  }
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (rest.starts_with('/')) found.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

std::optional<Binary> probe(const fs::path& path, std::stop_token stop) {
  try {
    const os::Outcome outcome =
        os::run({.program = path, .arguments = {"--version"}}, {}, std::move(stop));
    if (!outcome.status.ok()) return std::nullopt;
    auto binary = parse_version(as_text(outcome.out));
    if (binary) binary->path = path;
    return binary;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return std::nullopt;  // not a program of this machine
  }
}

}  // namespace

std::optional<Binary> parse_version(std::string_view output) {
  constexpr std::string_view kName = "(PostgreSQL) ";
  const std::size_t at = output.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  output.remove_prefix(at + kName.size());
  int major = 0;
  int minor = 0;
  const char* const end = output.data() + output.size();
  const auto after_major = std::from_chars(output.data(), end, major);
  if (after_major.ec != std::errc()) return std::nullopt;
  const char* stopped = after_major.ptr;
  if (stopped != end && *stopped == '.') stopped = std::from_chars(stopped + 1, end, minor).ptr;
  return Binary{.path = {},
                .version = major * 10000 + minor,
                .version_text = std::string(output.data(), stopped)};
}

std::vector<Binary> find_binaries(const std::string& program, std::stop_token stop) {
  std::vector<Binary> found;
  std::set<fs::path> seen;
  for (const fs::path& directory : directories()) {
    std::error_code error;
    const fs::path path = fs::canonical(directory / program, error);
    if (error || path.filename() != program || !seen.insert(path).second) continue;
    if (access(path.c_str(), X_OK) != 0) continue;
    if (auto binary = probe(path, stop)) found.push_back(std::move(*binary));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Binary& a, const Binary& b) { return a.version > b.version; });
  return found;
}

}  // namespace lifeboat::postgres
