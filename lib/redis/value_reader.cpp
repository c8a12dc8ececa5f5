#include "redis/value_reader.h"

#include <charconv>
#include <string>
#include <vector>

#include "base/error.h"
#include "redis/crc64.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kEndBytes = 10;  // RDB version and checksum

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a value of Redis: ") + why);
}

void give_elements(const std::vector<std::string>& elements, ValueVisitor& visitor) {
  for (const std::string& element : elements) visitor.element(element);
}

void give_pairs(ValueType type, const std::vector<std::string>& elements, ValueVisitor& visitor) {
  if (elements.size() % 2 != 0) refuse("half a pair");
  for (std::size_t i = 0; i < elements.size(); i += 2) {
    if (type == ValueType::hash) {
      visitor.field(elements[i], elements[i + 1]);
    } else {
      visitor.scored(elements[i], score_of(elements[i + 1]));
    }
  }
}

void read_plain(RdbReader& in, ValueType type, ValueVisitor& visitor) {
  for (std::uint64_t left = in.count_of(in.length(), 1); left > 0; --left) {
    const std::string element = in.text();
    if (type == ValueType::hash) {
      visitor.field(element, in.text());
    } else {
      visitor.element(element);
    }
  }
}

void read_plain_sorted_set(RdbReader& in, bool binary, ValueVisitor& visitor) {
  for (std::uint64_t left = in.count_of(in.length(), 2); left > 0; --left) {
    const std::string member = in.text();
    visitor.scored(member, binary ? in.binary_double() : in.old_double());
  }
}

/// A list of nodes: ziplists, or listpacks and single elements.
void read_quicklist(RdbReader& in, bool second, ValueVisitor& visitor) {
  for (std::uint64_t left = in.count_of(in.length(), 1); left > 0; --left) {
    const std::uint64_t container = second ? in.length() : 2;
    const std::string node = in.text();
    if (container == 1) {
      visitor.element(node);
    } else if (container == 2) {
      const ByteView bytes = as_bytes(node);
      give_elements(second ? read_listpack(bytes) : read_ziplist(bytes), visitor);
    } else {
      refuse("a list of an unknown container");
    }
  }
}

/// Of an RDB type.
ValueType type_of(unsigned rdb_type) {
  switch (rdb_type) {
    case 0:
      return ValueType::string;
    case 1:
    case 10:
    case 14:
    case 18:
      return ValueType::list;
    case 2:
    case 11:
    case 20:
      return ValueType::set;
    case 3:
    case 5:
    case 12:
    case 17:
      return ValueType::sorted_set;
    case 4:
    case 13:
    case 16:
      return ValueType::hash;
    case 15:
    case 19:
    case 21:
      return ValueType::stream;
    default:
      return ValueType::opaque;
  }
}

void read_known(unsigned rdb_type, ValueType type, RdbReader& in, ValueVisitor& visitor) {
  switch (rdb_type) {
    case 0:
      return visitor.element(in.text());
    case 1:
    case 2:
    case 4:
      return read_plain(in, type, visitor);
    case 3:
    case 5:
      return read_plain_sorted_set(in, rdb_type == 5, visitor);
    case 10:
      return give_elements(read_ziplist(as_bytes(in.text())), visitor);
    case 11:
      return give_elements(read_intset(as_bytes(in.text())), visitor);
    case 12:
    case 13:
      return give_pairs(type, read_ziplist(as_bytes(in.text())), visitor);
    case 14:
    case 18:
      return read_quicklist(in, rdb_type == 18, visitor);
    case 16:
    case 17:
      return give_pairs(type, read_listpack(as_bytes(in.text())), visitor);
    case 20:
      return give_elements(read_listpack(as_bytes(in.text())), visitor);
    default:
      return read_stream(in, rdb_type, visitor.stream());
  }
}

}  // namespace

double score_of(std::string_view text) {
  // from_chars knows "inf" too, as the server prints it.
  double score = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (failure != std::errc() || end != text.data() + text.size()) refuse("a score is no number");
  return score;
}

ValueType type_of_payload(ByteView payload) {
  if (!end_of_payload(payload).intact) refuse("its checksum is wrong");
  if (payload.size() <= kEndBytes) refuse("it has no type");
  return type_of(payload[0]);
}

void read_value(ByteView payload, ValueVisitor& visitor) {
  const ValueType type = type_of_payload(payload);
  const ByteView value = payload.first(payload.size() - kEndBytes);
  visitor.begin(type);
  if (type == ValueType::opaque) return visitor.element(as_text(value));
  RdbReader in(value.subspan(1));
  read_known(value[0], type, in, visitor);
  if (!in.at_end()) refuse("more behind it");
}

}  // namespace lifeboat::redis
