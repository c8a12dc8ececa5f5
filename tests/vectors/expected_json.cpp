#include "vectors/expected_json.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace lifeboat::vectors {

std::string to_json(const Expected& expected) {
  auto snapshots = nlohmann::ordered_json::array();
  for (const ExpectedSnapshot& snapshot : expected) {
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
                         {"proven", snapshot.proven},
                         {"streams", std::move(streams)}});
  }
  return nlohmann::ordered_json{{"snapshots", std::move(snapshots)}}.dump(1) + "\n";
}

Expected read_expected(const std::filesystem::path& file) {
  std::ifstream input;
  input.exceptions(std::ios::failbit | std::ios::badbit);
  input.open(file, std::ios::binary);
  const auto document = nlohmann::json::parse(input);
  Expected expected;
  for (const auto& snapshot : document.at("snapshots")) {
    expected.push_back({.id = snapshot.at("id"),
                        .complete = snapshot.at("complete"),
                        .loses = snapshot.at("loses"),
                        .proven = snapshot.at("proven"),
                        .streams = {}});
    for (const auto& stream : snapshot.at("streams")) {
      expected.back().streams.push_back({.source = stream.at("source"),
                                         .kind = stream.at("kind"),
                                         .name = stream.at("name"),
                                         .bytes = stream.at("bytes"),
                                         .sha256 = stream.at("sha256")});
    }
  }
  return expected;
}

}  // namespace lifeboat::vectors
