#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "vault/check_record.h"

namespace lifeboat::vault {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kBodyFormat = 1;

[[noreturn]] void bad(const std::string& why) {
  throw Error(ErrorKind::corrupt, "a check record cannot be understood: " + why);
}

ObjectHash hash_of(const Json& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto digits = text.get<std::string>();
  if (digits.size() != 2 * ObjectHash::kSize ||
      digits.find_first_not_of(kDigits) != std::string::npos) {
    bad("a hash is none");
  }
  ObjectHash hash;
  std::ranges::copy(from_hex(digits), hash.bytes.begin());
  return hash;
}

template <typename Hashes>
Json hashes_json(const Hashes& hashes) {
  Json list = Json::array();
  for (const ObjectHash& hash : hashes) list.push_back(hash.hex());
  return list;
}

PacksRead read_of(const Json& body) {
  if (body.at("format").get<int>() != kBodyFormat) bad("it is of another format");
  PacksRead read;
  read.place = body.at("place").get<std::string>();
  const auto time = parse_instant(body.at("store_time").get<std::string>());
  if (!time) bad("its time is none");
  read.store_time = *time;
  const auto depth = body.at("depth").get<std::string>();
  if (depth != name_of(CheckDepth::packs) && depth != name_of(CheckDepth::decrypt)) {
    bad("its depth is none");
  }
  read.depth = depth == name_of(CheckDepth::packs) ? CheckDepth::packs : CheckDepth::decrypt;
  read.part = body.at("part").get<std::uint32_t>();
  read.parts = body.at("parts").get<std::uint32_t>();
  if (read.part < 1 || read.part > read.parts) bad("its part is none");
  read.from = hash_of(body.at("from"));
  read.through = hash_of(body.at("through"));
  if (!body.at("recheck_after_s").is_null()) {
    read.recheck_after = std::chrono::seconds(body.at("recheck_after_s").get<std::uint32_t>());
  }
  for (const Json& record : body.at("leaned_on")) read.leaned_on.push_back(hash_of(record));
  for (const Json& object : body.at("damaged")) read.damaged.insert(hash_of(object));
  read.objects = body.at("objects").get<std::uint64_t>();
  read.bytes = body.at("bytes").get<std::uint64_t>();
  return read;
}

}  // namespace

std::string encode_packs_read(const PacksRead& read) {
  return Json{{"format", kBodyFormat},
              {"place", read.place},
              {"store_time", to_rfc3339(read.store_time)},
              {"depth", name_of(read.depth)},
              {"part", read.part},
              {"parts", read.parts},
              {"from", read.from.hex()},
              {"through", read.through.hex()},
              {"recheck_after_s", read.recheck_after ? Json(read.recheck_after->count()) : Json()},
              {"leaned_on", hashes_json(read.leaned_on)},
              {"damaged", hashes_json(read.damaged)},
              {"objects", read.objects},
              {"bytes", read.bytes}}
      .dump();
}

PacksRead decode_packs_read(std::string_view json) {
  const Json body = Json::parse(json, nullptr, false);
  if (!body.is_object()) bad("it is no JSON object");
  try {
    return read_of(body);
  } catch (const Json::exception&) {
    bad("a field is missing or of another type");
  }
}

}  // namespace lifeboat::vault
