#include "postgres/archive_check.h"

#include <array>
#include <charconv>
#include <map>

#include "base/error.h"
#include "os/subprocess.h"
#include "postgres/binaries.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

[[noreturn]] void differs(const std::string& what) {
  throw Error(ErrorKind::corrupt, "the archive is not read as pg_restore reads it: " + what);
}

/// pg_restore's passes (_tocEntryRestorePass): the rest, then grants, then event triggers.
int pass_of(const ArchiveEntry& entry) {
  if (entry.kind == "ACL" || entry.kind == "ACL LANGUAGE" || entry.kind == "DEFAULT ACL") return 1;
  const bool event_trigger = entry.kind == "EVENT TRIGGER" ||
                             (entry.kind == "COMMENT" && entry.name.starts_with("EVENT TRIGGER "));
  return event_trigger || entry.kind == "MATERIALIZED VIEW DATA" ? 2 : 0;
}

}  // namespace

void compare_with_listing(const Archive& archive, std::string_view listing) {
  std::map<int, const ArchiveEntry*> by_id;
  for (const ArchiveEntry& entry : archive.entries) by_id[entry.id] = &entry;
  while (!listing.empty()) {
    const std::string_view line = listing.substr(0, listing.find('\n'));
    listing.remove_prefix(std::min(line.size() + 1, listing.size()));
    int id = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), id);
    if (error != std::errc()) continue;  // a comment
    const auto found = by_id.find(id);
    if (found == by_id.end()) differs("entry " + std::to_string(id) + " is missing");
    const ArchiveEntry& entry = *found->second;
    const std::string expected = "; " + std::to_string(entry.catalogue) + " " +
                                 std::to_string(entry.object) + " " + entry.kind + " ";
    if (!std::string_view(end, line.data() + line.size()).starts_with(expected)) {
      differs("entry " + std::to_string(id) + " is another object");
    }
  }
}

void compare_with_script(const Archive& archive, std::string_view script) {
  std::size_t at = 0;
  for (const int pass : {0, 1, 2}) {
    for (const ArchiveEntry& entry : archive.entries) {
      if (pass_of(entry) != pass || belongs_to_database(entry) || entry.sql.empty()) continue;
      if (entry.section == Section::data) continue;
      const std::size_t found = script.find(entry.sql, at);
      if (found == std::string_view::npos) differs("entry " + std::to_string(entry.id));
      at = found + entry.sql.size();
    }
  }
}

ArchiveCheck check_archive(const Archive& archive, ByteView bytes, std::stop_token stop) {
  for (const Binary& pg_restore : find_binaries("pg_restore", stop)) {
    const os::Outcome listing =
        os::run({.program = pg_restore.path, .arguments = {"-l"}}, bytes, stop);
    if (!listing.status.ok()) continue;  // too old for this archive
    const os::Outcome script =
        os::run({.program = pg_restore.path, .arguments = {"-f", "-"}}, bytes, stop);
    if (!script.status.ok()) continue;
    compare_with_listing(archive, as_text(listing.out));
    compare_with_script(archive, as_text(script.out));
    return ArchiveCheck::agrees;
  }
  return ArchiveCheck::no_pg_restore;
}

}  // namespace lifeboat::postgres
