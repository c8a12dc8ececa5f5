#ifndef LIFEBOAT_POSTGRES_BINARIES_H_
#define LIFEBOAT_POSTGRES_BINARIES_H_

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::postgres {

/// An installed program of PostgreSQL's.
struct Binary {
  std::filesystem::path path;
  int version = 0;           ///< as server_version_num: 150020
  std::string version_text;  ///< "15.20"
};

/// All installed programs of that name, newest first: /usr/lib/postgresql/*/bin, then PATH.
/// Wrappers that pick a version by themselves (Debian's pg_wrapper) are passed over. Runs each with
/// --version.
[[nodiscard]] std::vector<Binary> find_binaries(const std::string& program, std::stop_token stop);

/// "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" → 150020, "17devel" → 170000.
[[nodiscard]] std::optional<Binary> parse_version(std::string_view output);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_BINARIES_H_
