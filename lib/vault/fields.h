#ifndef LIFEBOAT_VAULT_FIELDS_H_
#define LIFEBOAT_VAULT_FIELDS_H_

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/wire.h"

namespace lifeboat::vault {

/// Writes the extensible part of objects: docs/format/vault.md §1.1. Fields go in ascending order.
class FieldsWriter {
 public:
  /// A field whose absence or ignorance would be wrong.
  FieldsWriter& critical(std::uint16_t number, ByteView value) {
    return put(static_cast<std::uint16_t>(number | 0x8000U), value);
  }
  /// A field that an older reader may ignore.
  FieldsWriter& optional(std::uint16_t number, ByteView value) { return put(number, value); }

  [[nodiscard]] Bytes take() { return writer_.take(); }

 private:
  FieldsWriter& put(std::uint16_t tag, ByteView value);
  WireWriter writer_;
};

template <typename Integer>
[[nodiscard]] Bytes wire(Integer value) {
  return WireWriter().put(value).take();
}

/// A time: docs/format/vault.md §1.
[[nodiscard]] inline Bytes wire(Instant instant) {
  return wire(static_cast<std::uint64_t>(instant.time_since_epoch().count()));
}

/// One field; a view into the bytes that the reader was given.
struct Field {
  std::uint16_t number = 0;
  bool critical = false;
  ByteView value;
  std::string_view what;  ///< the object it stands in, for messages

  [[nodiscard]] WireReader reader() const { return {value, what}; }
  /// An integer of exactly this size. Throws corrupt.
  template <typename Integer>
  [[nodiscard]] Integer integer() const {
    WireReader reader(value, what);
    const auto result = reader.get<Integer>();
    reader.expect_end();
    return result;
  }
  template <std::size_t N>
  [[nodiscard]] ByteArray<N> array() const {
    WireReader reader(value, what);
    const auto result = reader.get_array<N>();
    reader.expect_end();
    return result;
  }
  [[nodiscard]] Instant instant() const {
    return Instant(std::chrono::milliseconds(integer<std::uint64_t>()));
  }
  [[nodiscard]] std::string text() const { return std::string(as_text(value)); }
  /// What to do with a number one doesn't know: nothing, or Error(corrupt) naming the newer format.
  void unknown() const;
};

/// Reads fields and enforces their order. `what` and the bytes must outlive the reader.
class FieldsReader {
 public:
  FieldsReader(ByteView bytes, std::string_view what,
               std::initializer_list<std::uint16_t> repeatable = {})
      : reader_(bytes, what), what_(what), repeatable_(repeatable) {}

  [[nodiscard]] std::optional<Field> next();
  /// Throws corrupt unless each of these numbers was met. Call after the last next().
  void require(std::initializer_list<std::uint16_t> numbers) const;

 private:
  WireReader reader_;
  std::string_view what_;
  std::set<std::uint16_t> repeatable_;
  std::set<std::uint16_t> seen_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_FIELDS_H_
