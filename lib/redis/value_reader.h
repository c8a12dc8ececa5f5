#ifndef LIFEBOAT_REDIS_VALUE_READER_H_
#define LIFEBOAT_REDIS_VALUE_READER_H_

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "redis/stream_value.h"

/// The one reader of what DUMP gives: for digests, and for commands that write the value anew.
namespace lifeboat::redis {

enum class ValueType : std::uint8_t {
  string = 1,
  list = 2,
  set = 3,
  sorted_set = 4,
  hash = 5,
  stream = 6,
  opaque = 7,  ///< of a type that is not known here
};

/// Takes a value's parts in the order in which they lie in it. Views die with the call.
class ValueVisitor {
 public:
  virtual ~ValueVisitor() = default;
  /// Called once, first.
  virtual void begin(ValueType type) = 0;
  /// The bytes of a string, an element of a list, a member of a set; an opaque value as it is, its
  /// type byte in front.
  virtual void element(std::string_view element) = 0;
  virtual void scored(std::string_view member, double score) = 0;
  virtual void field(std::string_view field, std::string_view value) = 0;
  /// Takes the parts of a stream.
  [[nodiscard]] virtual StreamVisitor& stream() = 0;
};

/// Reads a payload of DUMP: RDB types up to those of Redis 7.2, whatever the version behind them
/// says; another type is opaque. Throws Error(corrupt) on anything that is not a value, a wrong
/// checksum included. Memory: one element, or one node of a packed encoding, besides the payload.
void read_value(ByteView payload, ValueVisitor& visitor);

/// The same without reading it: by its first byte. Throws Error(corrupt) on a wrong checksum.
[[nodiscard]] ValueType type_of_payload(ByteView payload);

/// A score as the server prints it. Throws Error(corrupt).
[[nodiscard]] double score_of(std::string_view text);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_VALUE_READER_H_
