#ifndef LIFEBOAT_CLI_DRILL_FILES_H_
#define LIFEBOAT_CLI_DRILL_FILES_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "config/scenario.h"
#include "drill/schedule.h"

/// Scenarios as they lie on this machine.
namespace lifeboat::cli {

/// A scenario that was read and checked.
struct DrillFile {
  config::Scenario scenario;
  std::string sha256;  ///< of the file's bytes, hex
  std::optional<drill::Schedule> schedule;
};

/// --drills, else LIFEBOAT_DRILLS, else ./drills, else share/lifeboat/drills of the installation.
[[nodiscard]] std::filesystem::path drills_folder(const Session& session,
                                                  const std::optional<std::string>& flag);

/// Throws Error(usage) that names file and line; not_found if there is no such file.
[[nodiscard]] DrillFile load_drill(const std::filesystem::path& file);

/// A path (one with a slash, or that ends in .toml), or the name of a drill in the folder. Throws
/// not_found with the nearest name there is, and what load_drill() does.
[[nodiscard]] DrillFile find_drill(const std::string& word, const std::filesystem::path& folder);

/// Every *.toml of the folder, by name. Throws not_found if there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> drill_files_in(
    const std::filesystem::path& folder);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_DRILL_FILES_H_
