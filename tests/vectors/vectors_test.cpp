#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "seal/sha256.h"
#include "store/directory_store.h"
#include "stream/source.h"
#include "vault/check.h"
#include "vault/history.h"
#include "vault/pins_and_forgets.h"
#include "vault/snapshot_reader.h"
#include "vectors/expected_json.h"

namespace lifeboat::vectors {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostRangeBytes = std::uint64_t{64} << 20U;

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const char* version : {"v1", "v1.1"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(LIFEBOAT_VECTORS) / version)) {
      if (entry.is_directory()) names.push_back(version / entry.path().filename());
    }
  }
  std::ranges::sort(names);
  return names;
}

vault::Capability identity_of(const fs::path& home) {
  std::ostringstream text;
  text << std::ifstream(home / "test-only-identity.key").rdbuf();
  return vault::Capability::from_text(text.str());
}

Bytes read_stream(const vault::SnapshotReader& reader, const vault::StreamEntry& stream) {
  if (stream.kind == vault::StreamKind::document) return reader.document(0, stream.name);
  Bytes content;
  for (const vault::RangeEntry& range : reader.ranges(stream)) {
    append(content, stream::read_all(*reader.open(range), kMostRangeBytes));
  }
  return content;
}

std::vector<ExpectedStream> read_streams(const vault::SnapshotReader& reader) {
  std::vector<ExpectedStream> streams;
  for (const vault::StreamEntry& stream : reader.streams()) {
    const Bytes content = read_stream(reader, stream);
    streams.push_back({.source = reader.body().sources.at(stream.source).name,
                       .kind = static_cast<std::uint8_t>(stream.kind),
                       .name = stream.name,
                       .bytes = content.size(),
                       .sha256 = to_hex(seal::sha256(content))});
  }
  return streams;
}

ExpectedSnapshot read_snapshot(const vault::Vault& vault, const vault::History& history,
                               const vault::SnapshotRecord& record) {
  const vault::PinsAndForgets pins = pins_and_forgets(history);
  const vault::SnapshotReader reader(vault, record);
  const bool loses = std::ranges::any_of(reader.body().sources, [](const auto& source) {
    return std::ranges::find(source.not_carried, Severity::loss, &NotCarried::severity) !=
           source.not_carried.end();
  });
  return {.id = record.id().hex(),
          .complete = record.complete,
          .loses = loses,
          .proven = history.proofs_of(record).proven_at.has_value(),
          .pinned = pins.is_pinned(record.id()),
          .forgotten = pins.is_forgotten(record.id()),
          .streams = read_streams(reader)};
}

class FrozenVault : public testing::TestWithParam<std::string> {
 protected:
  FrozenVault()
      : home_(fs::path(LIFEBOAT_VECTORS) / GetParam()),
        store_(home_ / "vault"),
        vault_((seal::initialize(), store_), identity_of(home_)) {}

  fs::path home_;
  store::DirectoryStore store_;
  vault::Vault vault_;
};

TEST_P(FrozenVault, GivesBackWhatWasPutIn) {
  const vault::History history = read_history(vault_);
  EXPECT_TRUE(history.problems.empty());
  Expected found;
  for (const vault::SnapshotRecord& record : history.snapshots) {
    found.snapshots.insert(found.snapshots.begin(), read_snapshot(vault_, history, record));
  }
  for (const vault::Sweep& sweep : history.swept.sweeps()) {
    for (const vault::Tombstone& stone : sweep.tombstones) found.swept.push_back(stone.id.hex());
  }
  for (const vault::MissedMark& missed : history.missed_marks) {
    found.unaware.push_back(missed.id.hex());
  }
  // As text, so that a difference shows.
  EXPECT_EQ(to_json(found), to_json(read_expected(home_ / "expected.json")));
}

TEST_P(FrozenVault, IsWholeByEveryCheck) {
  SilentObserver silent;
  const auto report = vault::check(vault_, vault::CheckDepth::decrypt, silent, {});
  for (const vault::Problem& problem : report.problems) {
    ADD_FAILURE() << problem.object << ": " << problem.what;
  }
  EXPECT_THAT(report.not_checked, testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, FrozenVault, testing::ValuesIn(cases()), [](const auto& vector) {
  std::string name = vector.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace lifeboat::vectors
