#include "redis/value_digest.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/wire.h"
#include "redis/crc64.h"
#include "redis/rdb_reader.h"
#include "seal/sha256.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kBlockBytes = 1U << 20U;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a value of Redis: ") + why);
}

double score_of(const std::string& text) {
  // from_chars knows "inf" too, as the server prints it.
  double score = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (failure != std::errc() || end != text.data() + text.size()) refuse("a score is no number");
  return score;
}

std::size_t checked_pairs(const std::vector<std::string>& elements) {
  if (elements.size() % 2 != 0) refuse("half a pair");
  return elements.size() / 2;
}

Digest of_elements(ValueType type, const std::vector<std::string>& elements) {
  ValueDigest digest(type);
  for (const std::string& element : elements) digest.add(element);
  return digest.finish();
}

Digest of_pairs(ValueType type, const std::vector<std::string>& elements) {
  ValueDigest digest(type);
  for (std::size_t i = 0; i < checked_pairs(elements); ++i) {
    const std::string& name = elements[2 * i];
    const std::string& rest = elements[2 * i + 1];
    if (type == ValueType::hash) {
      digest.add_field(name, rest);
    } else {
      digest.add_scored(name, score_of(rest));
    }
  }
  return digest.finish();
}

Digest of_plain(RdbReader& in, ValueType type) {
  ValueDigest digest(type);
  for (std::uint64_t left = in.count_of(in.length(), 1); left > 0; --left) {
    const std::string element = in.text();
    if (type == ValueType::hash) {
      digest.add_field(element, in.text());
    } else {
      digest.add(element);
    }
  }
  return digest.finish();
}

Digest of_plain_sorted_set(RdbReader& in, bool binary) {
  ValueDigest digest(ValueType::sorted_set);
  for (std::uint64_t left = in.count_of(in.length(), 2); left > 0; --left) {
    const std::string member = in.text();
    digest.add_scored(member, binary ? in.binary_double() : in.old_double());
  }
  return digest.finish();
}

/// A list of nodes: ziplists, or listpacks and single elements.
Digest of_quicklist(RdbReader& in, bool second) {
  ValueDigest digest(ValueType::list);
  for (std::uint64_t left = in.count_of(in.length(), 1); left > 0; --left) {
    const std::uint64_t container = second ? in.length() : 2;
    const std::string node = in.text();
    if (container == 1) {
      digest.add(node);
    } else if (container == 2) {
      const ByteView bytes = as_bytes(node);
      for (const std::string& one : second ? read_listpack(bytes) : read_ziplist(bytes)) {
        digest.add(one);
      }
    } else {
      refuse("a list of an unknown container");
    }
  }
  return digest.finish();
}

}  // namespace

void ValueDigest::close_block() {
  const seal::Sha256 hash = seal::sha256(block_);
  append(hashes_, hash);
  block_.clear();
}

void ValueDigest::add_named(std::string_view name, std::string_view rest) {
  WireWriter whole;
  whole.put(static_cast<std::uint64_t>(name.size()));
  whole.put_bytes(as_bytes(name)).put_bytes(as_bytes(rest));
  elements_.push_back({seal::sha256(as_bytes(name)), seal::sha256(whole.bytes()),
                       static_cast<std::uint32_t>(elements_.size())});
}

void ValueDigest::add(std::string_view element) {
  if (type_ == ValueType::set) return add_named(element, {});
  if (type_ == ValueType::list) {
    const seal::Sha256 hash = seal::sha256(as_bytes(element));
    append(hashes_, hash);
    return;
  }
  while (!element.empty()) {
    const std::size_t count = std::min(element.size(), kBlockBytes - block_.size());
    append(block_, as_bytes(element.substr(0, count)));
    element.remove_prefix(count);
    if (block_.size() == kBlockBytes) close_block();
  }
}

void ValueDigest::add_scored(std::string_view member, double score) {
  WireWriter bits;
  bits.put(std::bit_cast<std::uint64_t>(score == 0 ? 0.0 : score));  // -0 equals 0
  add_named(member, as_text(bits.bytes()));
}

void ValueDigest::add_field(std::string_view field, std::string_view value) {
  add_named(field, value);
}

Digest ValueDigest::finish() {
  if (!block_.empty()) close_block();
  std::ranges::sort(elements_, [](const Element& a, const Element& b) {
    return a.name != b.name ? a.name < b.name : a.order < b.order;
  });
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    const bool last = i + 1 == elements_.size() || elements_[i].name != elements_[i + 1].name;
    if (last) append(hashes_, elements_[i].whole);
  }
  WireWriter all;
  all.put(static_cast<std::uint8_t>(type_)).put_bytes(hashes_);
  return seal::sha256(all.bytes());
}

Digest digest_of_payload(ByteView payload) {
  if (!end_of_payload(payload).intact) refuse("its checksum is wrong");
  const ByteView value = payload.first(payload.size() - 10);
  RdbReader in(value.subspan(1));
  const unsigned type = value[0];
  const auto packed = [&] { return in.text(); };
  Digest digest{};
  switch (type) {
    case 0:
      digest = of_elements(ValueType::string, {in.text()});
      break;
    case 1:
      digest = of_plain(in, ValueType::list);
      break;
    case 2:
      digest = of_plain(in, ValueType::set);
      break;
    case 3:
    case 5:
      digest = of_plain_sorted_set(in, type == 5);
      break;
    case 4:
      digest = of_plain(in, ValueType::hash);
      break;
    case 10:
      digest = of_elements(ValueType::list, read_ziplist(as_bytes(packed())));
      break;
    case 11:
      digest = of_elements(ValueType::set, read_intset(as_bytes(packed())));
      break;
    case 12:
    case 13:
      digest = of_pairs(type == 12 ? ValueType::sorted_set : ValueType::hash,
                        read_ziplist(as_bytes(packed())));
      break;
    case 14:
    case 18:
      digest = of_quicklist(in, type == 18);
      break;
    case 15:
    case 19:
    case 21:
      digest = of_elements(ValueType::stream, {canonical_stream(in, type)});
      break;
    case 16:
    case 17:
      digest = of_pairs(type == 17 ? ValueType::sorted_set : ValueType::hash,
                        read_listpack(as_bytes(packed())));
      break;
    case 20:
      digest = of_elements(ValueType::set, read_listpack(as_bytes(packed())));
      break;
    default:
      return of_elements(ValueType::opaque, {std::string(as_text(value))});
  }
  if (!in.at_end()) refuse("more behind it");
  return digest;
}

}  // namespace lifeboat::redis
