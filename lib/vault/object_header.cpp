#include "vault/object_header.h"

#include "base/error.h"

namespace lifeboat::vault {
namespace {
constexpr std::string_view kMagic = "LIFEBOAT";
}

void put_object_header(WireWriter& to, ObjectType type, Generation generation) {
  to.put_bytes(as_bytes(kMagic))
      .put(static_cast<std::uint8_t>(type))
      .put(kFormatMajor)
      .put(kFormatMinor)
      .put(std::uint8_t{0})
      .put(generation);
}

Generation read_object_header(WireReader& from, ObjectType type, std::string_view what) {
  const std::string name(what);
  if (as_text(from.get_bytes(kMagic.size())) != kMagic) {
    throw Error(ErrorKind::corrupt, name + " is not an object of a lifeboat vault");
  }
  const auto found_type = from.get<std::uint8_t>();
  const auto major = from.get<std::uint8_t>();
  static_cast<void>(from.get<std::uint8_t>());  // a greater minor is readable by definition
  const auto reserved = from.get<std::uint8_t>();
  if (major != kFormatMajor) {
    throw Error(ErrorKind::corrupt,
                name + " has format version " + std::to_string(major) + ", this program reads " +
                    std::to_string(kFormatMajor),
                "use a lifeboat that reads version " + std::to_string(major));
  }
  if (found_type != static_cast<std::uint8_t>(type) || reserved != 0) {
    throw Error(ErrorKind::corrupt, name + " holds an object of another type");
  }
  return from.get<Generation>();
}

}  // namespace lifeboat::vault
