#include "harness/disk_vault.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "stream/source.h"
#include "vault/new_vault.h"
#include "vault/row_sum.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostRangeBytes = std::size_t{1} << 30U;

/// The sum of the rows that stand in one range.
vault::RowSum sum_of(const vault::SnapshotReader& reader, const vault::RangeEntry& range) {
  const Bytes bytes = stream::read_all(*reader.open(range), kMostRangeBytes);
  vault::RowSum sum;
  for (auto from = bytes.begin(); from != bytes.end();) {
    auto end = std::find(from, bytes.end(), std::uint8_t{'\n'});
    if (end != bytes.end()) ++end;
    const ByteView row(from, end);
    sum.add(vault::hash_row(reader.row_key(), row), row.size());
    from = end;
  }
  return sum;
}

bool reads_back(const vault::SnapshotReader& reader, const vault::StreamEntry& stream) {
  return std::ranges::all_of(reader.ranges(stream), [&](const vault::RangeEntry& range) {
    return sum_of(reader, range) == reader.facts(range);
  });
}

}  // namespace

DiskVault::DiskVault() : home_("/tmp", "lifeboat-test-"), store_(home_.path() / "vault") {
  seal::initialize();
  const vault::NewVault fresh = vault::plan_vault({}, SystemClock().now());
  vault::publish(fresh, store_);
  vault::write_key_files(fresh.capabilities, home() / "keys");
  for (const vault::Capability& capability : fresh.capabilities) {
    capabilities_.insert_or_assign(capability.role, capability);
  }
}

snapshot::Report DiskVault::take(const Secret& url) {
  const vault::Vault vault = open_as(vault::Role::writer);
  snapshot::Request request;
  request.postgres.emplace_back().name = "shop";
  request.postgres.back().capture.url = url;
  SilentObserver observer;
  return snapshot::take(vault, request, SystemClock(), observer, {});
}

std::string DiskVault::problems() {
  SilentObserver observer;
  const auto report =
      vault::check(open_as(vault::Role::identity), vault::CheckDepth::decrypt, observer, {});
  std::string text;
  for (const vault::Problem& problem : report.problems) {
    text += problem.object + ": " + problem.what + "\n";
  }
  for (const std::string& what : report.not_checked) text += "not checked: " + what + "\n";
  return text;
}

std::string DiskVault::unreadable_tables(const vault::SnapshotRecord& record) {
  const vault::Vault vault = open_as(vault::Role::identity);
  const vault::SnapshotReader reader(vault, record);
  std::string names;
  for (const vault::StreamEntry& stream : reader.streams()) {
    if (stream.kind != vault::StreamKind::table || reads_back(reader, stream)) continue;
    names += stream.name + "\n";
  }
  return names;
}

std::size_t DiskVault::object_count() const {
  std::size_t count = 0;
  std::error_code gone;  // temporary files come and go while we look
  for (fs::recursive_directory_iterator at(directory(), gone), end; !gone && at != end;
       at.increment(gone)) {
    std::error_code ignored;
    const bool temporary = at->path().filename().string().starts_with(".tmp-");
    if (!temporary && at->is_regular_file(ignored)) ++count;
  }
  return count;
}

os::Command DiskVault::tool(const std::string& name, vault::Role role,
                            std::vector<std::string> arguments) const {
  os::Command command;
  command.program = tool_directory() / ("lifeboat-" + name);
  command.arguments = std::move(arguments);
  const std::string key = std::string(vault::name_of(role)) + ".key";
  command.environment = {{"LIFEBOAT_VAULT", directory()},
                         {"LIFEBOAT_STATE", home() / "state"},
                         {credential_variable(role) + "_FILE", home() / "keys" / key}};
  command.working_directory = home();
  return command;
}

std::string credential_variable(vault::Role role) {
  std::string name = "LIFEBOAT_";
  for (const char c : vault::name_of(role)) name += static_cast<char>(std::toupper(c));
  return name;
}

fs::path tool_directory() { return LIFEBOAT_TEST_BIN; }

}  // namespace lifeboat::harness
