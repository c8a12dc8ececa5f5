#ifndef LIFEBOAT_REDIS_VALUE_DIGEST_H_
#define LIFEBOAT_REDIS_VALUE_DIGEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "redis/value_reader.h"

/// Whether two values are equal, however they are encoded: docs/format/redis.md, "Digests".
namespace lifeboat::redis {

using Digest = ByteArray<32>;

/// Takes a value's elements and gives its digest. Of a set, sorted set or hash they come in any
/// order, and of an element that comes twice the last one counts.
/// Memory: 1 MiB of a string; 32 bytes an element of a list, 68 of the others.
class ValueDigest {
 public:
  explicit ValueDigest(ValueType type) : type_(type) {}

  /// The next bytes (string, stream, opaque), the next element (list), or a member (set).
  void add(std::string_view element);
  /// A member and its score, or a field and its value.
  void add_scored(std::string_view member, double score);
  void add_field(std::string_view field, std::string_view value);
  [[nodiscard]] Digest finish();

 private:
  struct Element {
    Digest name;
    Digest whole;
    std::uint32_t order = 0;
  };
  void close_block();
  void add_named(std::string_view name, std::string_view rest);

  ValueType type_;
  Bytes block_;
  Bytes hashes_;  ///< of blocks, or of a list's elements
  std::vector<Element> elements_;
};

/// The digest of what DUMP gave. Throws Error(corrupt) on anything that is not a value.
[[nodiscard]] Digest digest_of_payload(ByteView payload);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_VALUE_DIGEST_H_
