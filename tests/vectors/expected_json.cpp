#include "vectors/expected_json.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lifeboat::vectors {

ExpectedSnapshot& Expected::named(const std::string& id) {
  const auto at = std::ranges::find(snapshots, id, &ExpectedSnapshot::id);
  if (at == snapshots.end()) throw std::out_of_range("no snapshot " + id);
  return *at;
}

std::string to_json(const Expected& expected) {
  auto snapshots = nlohmann::ordered_json::array();
  for (const ExpectedSnapshot& snapshot : expected.snapshots) {
    auto streams = nlohmann::ordered_json::array();
    for (const ExpectedStream& stream : snapshot.streams) {
      streams.push_back({{"source", stream.source},
                         {"kind", stream.kind},
                         {"name", stream.name},
                         {"bytes", stream.bytes},
                         {"sha256", stream.sha256}});
    }
    snapshots.push_back({{"id", snapshot.id},
                         {"complete", snapshot.complete},
                         {"loses", snapshot.loses},
                         {"proven", snapshot.proven}});
    // Vaults in which nobody keeps or forgets say nothing of it.
    if (snapshot.pinned) snapshots.back()["pinned"] = true;
    if (snapshot.forgotten) snapshots.back()["forgotten"] = true;
    snapshots.back()["streams"] = std::move(streams);
  }
  nlohmann::ordered_json document{{"snapshots", std::move(snapshots)}};
  if (!expected.swept.empty()) document["swept"] = expected.swept;
  if (!expected.unaware.empty()) document["unaware"] = expected.unaware;
  return document.dump(1) + "\n";
}

Expected read_expected(const std::filesystem::path& file) {
  std::ifstream input;
  input.exceptions(std::ios::failbit | std::ios::badbit);
  input.open(file, std::ios::binary);
  const auto document = nlohmann::json::parse(input);
  Expected expected;
  for (const auto& snapshot : document.at("snapshots")) {
    expected.snapshots.push_back({.id = snapshot.at("id"),
                                  .complete = snapshot.at("complete"),
                                  .loses = snapshot.at("loses"),
                                  .proven = snapshot.at("proven"),
                                  .pinned = snapshot.value("pinned", false),
                                  .forgotten = snapshot.value("forgotten", false),
                                  .streams = {}});
    for (const auto& stream : snapshot.at("streams")) {
      expected.snapshots.back().streams.push_back({.source = stream.at("source"),
                                                   .kind = stream.at("kind"),
                                                   .name = stream.at("name"),
                                                   .bytes = stream.at("bytes"),
                                                   .sha256 = stream.at("sha256")});
    }
  }
  expected.swept = document.value("swept", expected.swept);
  expected.unaware = document.value("unaware", expected.unaware);
  return expected;
}

}  // namespace lifeboat::vectors
