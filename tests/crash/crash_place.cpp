#include "crash/crash_place.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "crash/synthetic.h"
#include "harness/disk_vault.h"
#include "os/file.h"
#include "store/directory_store.h"
#include "vault/check.h"
#include "vault/history.h"

namespace lifeboat::crash {
namespace {

namespace fs = std::filesystem;

vault::Capability capability_in(const fs::path& file) {
  const Bytes line = os::read_file(file, 4096);
  return vault::Capability::from_text(
      std::string(line.begin(), std::find(line.begin(), line.end(), std::uint8_t{'\n'})));
}

std::string problems_of(const vault::Vault& vault) {
  SilentObserver observer;
  const auto report = vault::check(vault, vault::CheckDepth::decrypt, observer, {});
  std::string text;
  for (const vault::Problem& problem : report.problems) {
    text += problem.object + ": " + problem.what + "\n";
  }
  for (const std::string& what : report.not_checked) text += "not checked: " + what + "\n";
  return text;
}

bool commits(const std::string& path) {
  return path.find("/snapshot/") != std::string::npos || path.find("/record/") != std::string::npos;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

fs::path CrashPlace::key(vault::Role role) const {
  return home_ / "keys" / (std::string(vault::name_of(role)) + ".key");
}

os::Command CrashPlace::vault_tool(std::vector<std::string> words, vault::Role role) const {
  os::Command command;
  command.program = harness::tool_directory() / "lifeboat-vault";
  command.arguments = std::move(words);
  command.environment = {{"LIFEBOAT_VAULT", vault()},
                         {"LIFEBOAT_STATE", "none"},
                         {harness::credential_variable(role) + "_FILE", key(role)}};
  return command;
}

os::Command CrashPlace::vault_create() const {
  os::Command command;
  command.program = harness::tool_directory() / "lifeboat-vault";
  command.arguments = {"create", vault(), "--keys", home_ / "keys"};
  return command;
}

os::Command CrashPlace::snapshot(unsigned number) const {
  os::Command command;
  command.program = LIFEBOAT_TEST_SYNTHETIC;
  command.arguments = {"snapshot", vault(), key(vault::Role::writer), std::to_string(number),
                       std::to_string(synthetic_rows())};
  return command;
}

os::Command CrashPlace::attest() const {
  os::Command command;
  command.program = LIFEBOAT_TEST_SYNTHETIC;
  command.arguments = {"attest", vault(), key(vault::Role::identity)};
  return command;
}

os::Command CrashPlace::sweep() const {
  os::Command command;
  command.program = LIFEBOAT_TEST_SYNTHETIC;
  command.arguments = {"sweep", vault(), key(vault::Role::pruner)};
  return command;
}

os::Outcome CrashPlace::run(os::Command command, Point point) const {
  fs::remove(log());
  command.environment["LIFEBOAT_CRASH_LOG"] = log();
  return run_without_log(std::move(command), point);
}

os::Outcome CrashPlace::run_without_log(os::Command command, Point point) const {
  command.environment["LD_PRELOAD"] = LIFEBOAT_TEST_KILL_SHIM;
  command.environment["LIFEBOAT_CRASH_BELOW"] = home_;
  command.environment["LIFEBOAT_CRASH_AT"] = std::to_string(point.at);
  command.environment["LIFEBOAT_CRASH_WHEN"] = point.before ? "before" : "after";
  return os::run(command, {}, {});
}

std::vector<Step> CrashPlace::steps() const {
  std::vector<Step> steps;
  std::ifstream file(log());
  for (std::string line; std::getline(file, line);) {
    Step& step = steps.emplace_back();
    std::istringstream words(line);
    words >> step.what >> step.path >> step.to;
  }
  return steps;
}

Contents CrashPlace::read() const {
  store::DirectoryStore store(vault());
  const vault::Vault vault(store, capability_in(key(vault::Role::identity)));
  Contents contents;
  contents.problems = problems_of(vault);
  const vault::History history = vault::read_history(vault);
  for (const vault::Problem& problem : history.problems) contents.problems += problem.what + "\n";
  std::set<std::uint64_t> seqs;
  for (const vault::SnapshotRecord& record : history.snapshots) {
    seqs.insert(record.link.seq);
    try {
      ++contents.numbers[read_synthetic(vault, record)];
    } catch (const Error& error) {
      contents.problems += vault::short_id(record.id()) + ": " + error.message() + "\n";
    }
  }
  contents.attestations = history.attestations.size();
  contents.one_chain = seqs.size() == history.snapshots.size() &&
                       (seqs.empty() || (*seqs.begin() == 1 && *seqs.rbegin() == seqs.size()));
  return contents;
}

fs::path parent_of_places() { return fs::is_directory("/dev/shm") ? "/dev/shm" : "/tmp"; }

std::size_t synthetic_rows() { return harness::long_run() ? 4000 : 60; }

std::string promises_broken(const std::vector<Step>& steps) {
  std::string broken;
  std::set<std::string> unsynced_files;    // written since their last fsync
  std::set<std::string> unsynced_folders;  // got a name since their last fsync
  for (const Step& step : steps) {
    if (step.what == "open" || step.what == "write") unsynced_files.insert(step.path);
    if (step.what == "fsync") {
      unsynced_files.erase(step.path);
      unsynced_folders.erase(step.path);
    }
    if (step.what == "link" || step.what == "rename") {
      if (unsynced_files.contains(step.path)) broken += step.to + " before its bytes\n";
      if (commits(step.to)) {
        for (const std::string& folder : unsynced_folders) {
          broken += step.to + " before what was put into " + folder + "\n";
        }
      }
      unsynced_folders.insert(folder_of(step.to));
    }
    if (step.what == "mkdir") unsynced_folders.insert(folder_of(step.path));
  }
  for (const std::string& folder : unsynced_folders) broken += "never: " + folder + "\n";
  return broken;
}

}  // namespace lifeboat::crash
