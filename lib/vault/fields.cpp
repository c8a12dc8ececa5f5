#include "vault/fields.h"

#include "base/error.h"

namespace lifeboat::vault {
namespace {

/// Later versions may repeat what this one does not know: §1.1.
constexpr std::uint16_t kFirstRepeatable = 64;

}  // namespace

FieldsWriter& FieldsWriter::put(std::uint16_t tag, ByteView value) {
  writer_.put(tag).put(static_cast<std::uint32_t>(value.size())).put_bytes(value);
  return *this;
}

void Field::unknown() const {
  if (!critical) return;
  throw Error(ErrorKind::corrupt,
              std::string(what) + " uses field " + std::to_string(number) +
                  ", which this version of the format (1.0) does not know",
              "it was written by a newer lifeboat: use that version or a later one");
}

std::optional<Field> FieldsReader::next() {
  if (reader_.at_end()) return std::nullopt;
  const auto tag = reader_.get<std::uint16_t>();
  const auto length = reader_.get<std::uint32_t>();
  Field field{.number = static_cast<std::uint16_t>(tag & 0x7FFFU),
              .critical = (tag & 0x8000U) != 0,
              .value = reader_.get_bytes(length),
              .what = what_};
  const bool descends = !seen_.empty() && field.number < *seen_.rbegin();
  const bool repeats = seen_.contains(field.number) && field.number < kFirstRepeatable &&
                       !repeatable_.contains(field.number);
  if (descends || repeats) {
    throw Error(ErrorKind::corrupt, std::string(what_) + " has field " +
                                        std::to_string(field.number) +
                                        (descends ? " out of order" : " twice"));
  }
  seen_.insert(field.number);
  return field;
}

void FieldsReader::require(std::initializer_list<std::uint16_t> numbers) const {
  for (const std::uint16_t number : numbers) {
    if (seen_.contains(number)) continue;
    throw Error(ErrorKind::corrupt, std::string(what_) + " lacks field " + std::to_string(number));
  }
}

}  // namespace lifeboat::vault
