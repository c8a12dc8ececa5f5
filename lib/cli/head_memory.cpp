#include "cli/head_memory.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/units.h"
#include "cli/freshness.h"
#include "cli/json.h"
#include "os/file.h"

namespace lifeboat::cli {
namespace {

constexpr std::uint64_t kMostBytes = kMiB;

std::string_view name_of(vault::ObjectType type) {
  return type == vault::ObjectType::snapshot ? "snapshot" : "record";
}

bool same_chain(const vault::SeenHead& a, const vault::SeenHead& b) {
  return a.type == b.type && a.author == b.author;
}

template <typename Id>
Id id_from(const Json& json) {
  const Bytes bytes = from_hex(json.get<std::string>());
  Id id;
  if (bytes.size() != Id::kSize) throw Error(ErrorKind::corrupt, "an id has another length");
  std::ranges::copy(bytes, id.bytes.begin());
  return id;
}

vault::SeenHead head_from(const Json& json) {
  vault::SeenHead head;
  const auto type = json.at("type").get<std::string>();
  if (type != "snapshot" && type != "record") throw Error(ErrorKind::corrupt, "unknown chain");
  head.type = type == "snapshot" ? vault::ObjectType::snapshot : vault::ObjectType::record;
  head.author = id_from<vault::KeyId>(json.at("author"));
  head.seq = json.at("seq").get<std::uint64_t>();
  head.id = id_from<vault::ObjectHash>(json.at("id"));
  return head;
}

}  // namespace

Json heads_json(const std::vector<vault::SeenHead>& heads) {
  Json list = Json::array();
  for (const vault::SeenHead& head : heads) {
    list.push_back({{"type", name_of(head.type)},
                    {"author", head.author.hex()},
                    {"seq", head.seq},
                    {"id", head.id.hex()}});
  }
  return list;
}

HeadMemory::HeadMemory(const std::filesystem::path& directory, const vault::VaultId& vault)
    : file_(directory.empty() ? std::filesystem::path()
                              : directory / ("vault-" + vault.hex() + ".json")),
      vault_(vault) {}

std::vector<vault::SeenHead> HeadMemory::load() const {
  if (file_.empty()) return {};
  try {
    const Bytes bytes = os::read_file(file_, kMostBytes);
    const Json document = Json::parse(as_text(bytes));
    if (document.at("vault").get<std::string>() != vault_.hex()) {
      throw Error(ErrorKind::corrupt, "it is of another vault");
    }
    std::vector<vault::SeenHead> heads;
    for (const Json& head : document.at("heads")) heads.push_back(head_from(head));
    return heads;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) return {};
    if (error.kind() == ErrorKind::denied) throw;
    throw Error(ErrorKind::corrupt, file_.string() + " cannot be read: " + error.message());
  } catch (const std::exception& error) {  // of the JSON library, and of values that are none
    throw Error(ErrorKind::corrupt, file_.string() + " cannot be read: " + error.what());
  }
}

void HeadMemory::keep(const std::vector<vault::SeenHead>& heads) const {
  if (file_.empty()) return;
  std::vector<vault::SeenHead> kept;
  try {
    kept = load();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;  // what cannot be read is written anew
  }
  bool newer = false;
  for (const vault::SeenHead& head : heads) {
    const auto at = std::ranges::find_if(
        kept, [&](const vault::SeenHead& known) { return same_chain(known, head); });
    if (at == kept.end()) {
      kept.push_back(head);
      newer = true;
    } else if (at->seq < head.seq) {
      *at = head;
      newer = true;
    }
  }
  if (newer) write(kept);
}

void HeadMemory::write(const std::vector<vault::SeenHead>& heads) const {
  const Json document = {{"format", 1}, {"vault", vault_.hex()}, {"heads", heads_json(heads)}};
  std::error_code failure;
  std::filesystem::create_directories(file_.parent_path(), failure);
  const std::filesystem::path fresh = file_.string() + "." + std::to_string(getpid());
  std::filesystem::remove(fresh, failure);  // of a process of that number that was killed
  static_cast<void>(os::create_file(fresh, as_bytes(document.dump(2) + "\n"), 0600));
  std::filesystem::rename(fresh, file_, failure);
  if (failure) throw os::errno_error(failure.value(), "write " + file_.string());
}

}  // namespace lifeboat::cli
