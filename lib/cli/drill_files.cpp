#include "cli/drill_files.h"

#include <algorithm>

#include "base/error.h"
#include "config/nearest.h"
#include "os/file.h"
#include "os/subprocess.h"
#include "seal/sha256.h"

namespace lifeboat::cli {

namespace fs = std::filesystem;

fs::path drills_folder(const Session& session, const std::optional<std::string>& flag) {
  if (flag) return *flag;
  if (const auto named = session.environment().find("LIFEBOAT_DRILLS")) return *named;
  std::error_code ignored;
  if (fs::is_directory("drills", ignored)) return "drills";
  return os::own_directory().parent_path() / "share" / "lifeboat" / "drills";
}

DrillFile load_drill(const fs::path& file) {
  const Bytes bytes = os::read_file(file, config::kMostScenarioBytes);
  DrillFile drill;
  drill.scenario = config::parse_scenario(as_text(bytes), file.string());
  drill.sha256 = to_hex(seal::sha256(bytes));
  if (const auto& section = drill.scenario.schedule) {
    drill.schedule = drill::Schedule::of(*section, drill.scenario.file);
  }
  return drill;
}

DrillFile find_drill(const std::string& word, const fs::path& folder) {
  if (word.find('/') != std::string::npos || word.ends_with(".toml")) return load_drill(word);
  const fs::path file = folder / (word + ".toml");
  if (fs::is_regular_file(file)) return load_drill(file);
  std::vector<std::string> names;
  for (const fs::path& each : drill_files_in(folder)) names.push_back(each.stem().string());
  const auto meant = config::nearest(word, names);
  throw Error(ErrorKind::not_found, "no drill " + word + " in " + folder.string(),
              meant ? "did you mean " + *meant + "?" : "`lifeboat drill lint` lists what is there");
}

std::vector<fs::path> drill_files_in(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw Error(ErrorKind::not_found, "there is no folder " + folder.string() + " with drills",
                "name it with --drills or LIFEBOAT_DRILLS");
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace lifeboat::cli
