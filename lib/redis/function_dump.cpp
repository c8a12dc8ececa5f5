#include "redis/function_dump.h"

#include <algorithm>

#include "base/error.h"
#include "redis/crc64.h"
#include "redis/rdb_reader.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kEndBytes = 10;
constexpr std::uint8_t kFunction = 0xf5;  // RDB_OPCODE_FUNCTION2

ByteView without_end(const std::optional<Bytes>& dump) {
  if (!dump || dump->size() < kEndBytes) return {};
  return ByteView(*dump).first(dump->size() - kEndBytes);
}

}  // namespace

std::optional<std::vector<std::string>> libraries_in(ByteView dump) {
  if (!end_of_payload(dump).intact) {
    throw Error(ErrorKind::corrupt, "a dump of functions: its checksum is wrong");
  }
  RdbReader in(dump.first(dump.size() - kEndBytes));
  std::vector<std::string> libraries;
  while (!in.at_end()) {
    if (in.byte() != kFunction) return std::nullopt;
    libraries.push_back(in.text());
  }
  std::ranges::sort(libraries);
  return libraries;
}

bool equal_functions(const std::optional<Bytes>& one, const std::optional<Bytes>& other) {
  if (std::ranges::equal(without_end(one), without_end(other))) return true;
  if (!one || !other) return false;
  const auto left = libraries_in(*one);
  const auto right = libraries_in(*other);
  return left && right && *left == *right;
}

}  // namespace lifeboat::redis
