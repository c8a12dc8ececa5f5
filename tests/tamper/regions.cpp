#include "tamper/regions.h"

#include <set>

#include "base/wire.h"
#include "vault/object_header.h"

namespace lifeboat::tamper {
namespace {

using vault::ObjectType;

constexpr std::size_t kSignature = 64;
constexpr std::size_t kNonce = 24;

class Walk {
 public:
  Walk(ByteView stored, std::vector<Region>& into) : stored_(stored), into_(into) {}

  void take(const std::string& name, std::size_t size) {
    if (size > 0) into_.push_back({name, at_, size});
    at_ += size;
  }
  [[nodiscard]] std::uint32_t length(const std::string& name) {
    const auto value = WireReader(stored_.subspan(at_), "a length").get<std::uint32_t>();
    take(name, 4);
    return value;
  }
  [[nodiscard]] std::size_t left() const { return stored_.size() - at_; }

  void header() {
    take("magic", 8);
    take("type", 1);
    take("major", 1);
    take("minor", 1);
    take("reserved", 1);
    take("generation", 4);
  }

  /// `nested`: numbers of fields that hold fields themselves.
  void fields(const std::string& inside, std::size_t size, const std::set<std::uint16_t>& nested) {
    const std::size_t end = at_ + size;
    while (at_ < end) {
      WireReader reader(stored_.subspan(at_), "a field");
      const auto number = static_cast<std::uint16_t>(reader.get<std::uint16_t>() & 0x7FFFU);
      const std::string name = inside + "field " + std::to_string(number);
      take(name + " tag", 2);
      const std::uint32_t value = length(name + " length");
      if (nested.contains(number)) {
        fields(name + "/", value, {});
      } else {
        take(name + " value", value);
      }
    }
  }

  void sealed() {
    const std::uint32_t size = length("sealed length");
    take("nonce", kNonce);
    take("ciphertext", size - kNonce - 16);
    take("tag", 16);
  }

 private:
  ByteView stored_;
  std::vector<Region>& into_;
  std::size_t at_ = 0;
};

void pack_regions(Walk& walk, ByteView stored) {
  walk.take("session header", walk.length("session header length"));
  const auto directory =
      WireReader(stored.subspan(stored.size() - 12), "a length").get<std::uint32_t>();
  walk.take("blobs", walk.left() - directory - 12);
  walk.take("directory", directory);
  walk.take("directory length", 4);
  walk.take("end magic", 8);
}

}  // namespace

std::vector<Region> regions_of(ObjectType type, ByteView stored) {
  std::vector<Region> regions;
  Walk walk(stored, regions);
  walk.header();
  switch (type) {
    case ObjectType::format:
      walk.fields("", walk.left(), {});
      break;
    case ObjectType::trust:
      walk.fields("", walk.length("body length"), {5, 7});
      break;
    case ObjectType::session:
      walk.fields("", walk.length("body length"), {6});
      walk.take("mac", walk.left());
      break;
    case ObjectType::data_pack:
    case ObjectType::meta_pack:
      pack_regions(walk, stored);
      break;
    case ObjectType::index_segment:
    case ObjectType::snapshot:
    case ObjectType::record:
    case ObjectType::mark:
    case ObjectType::run:
    case ObjectType::claim:
    case ObjectType::roll:
      walk.fields(
          "", walk.length("public length"),
          type == ObjectType::snapshot ? std::set<std::uint16_t>{6} : std::set<std::uint16_t>{});
      walk.sealed();
      break;
  }
  if (walk.left() == kSignature) walk.take("signature", kSignature);
  return regions;
}

}  // namespace lifeboat::tamper
