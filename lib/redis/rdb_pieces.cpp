#include "redis/rdb_pieces.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "redis/lzf_stream.h"
#include "redis/rdb_reader.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr std::size_t kMostElements = 1000;
constexpr std::uint64_t kMostElementBytes = 512U << 20U;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("the server's RDB: ") + why);
}

PieceType piece_type_of(unsigned type) {
  switch (type) {
    case 0:
      return PieceType::string;
    case 2:
      return PieceType::set;
    case 3:
    case 5:
      return PieceType::sorted_set;
    case 4:
      return PieceType::hash;
    default:
      return PieceType::list;
  }
}

/// The shortest text that reads back as the same number; "inf" as the server has it.
std::string text_of(double score) {
  if (std::isnan(score)) refuse("a score that is no number");
  std::array<char, 32> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), score);
  return {digits.data(), result.ptr};
}

/// Collects elements into pieces. The last piece is empty, as where a key is read by commands.
class PieceWriter {
 public:
  PieceWriter(const RdbKey& key, PieceType type, RecordWriter& out)
      : key_(key), out_(out), piece_{type, 0, false, {}} {}

  void add(std::string element) {
    bytes_ += element.size();
    elements_.push_back(std::move(element));
  }
  /// Behind an element that is whole: a piece holds no half of a pair.
  void break_here() {
    if (bytes_ >= kPieceBytes || elements_.size() >= kMostElements) write();
  }
  void write_bytes(ByteView bytes) {
    piece_.elements = {as_text(bytes)};
    put();
  }
  void finish() {
    if (!elements_.empty()) write();
    piece_.last = true;
    put();
  }

 private:
  void write() {
    piece_.elements.assign(elements_.begin(), elements_.end());
    put();
    elements_.clear();
    bytes_ = 0;
  }
  void put() {
    const Bytes body = encode(piece_);
    out_.write({Tag::piece, key_.database, key_.expiry_ms, key_.name, body});
    ++piece_.number;
    piece_.elements.clear();
  }

  const RdbKey& key_;
  RecordWriter& out_;
  Piece piece_;
  std::vector<std::string> elements_;
  std::size_t bytes_ = 0;
};

void write_string(RdbStream& in, PieceWriter& out) {
  const RdbStream::Text head = in.text_head();
  if (head.form == RdbStream::Text::Form::integer) {
    const std::string digits = integer_text(in.take(static_cast<std::size_t>(head.stored)));
    return out.write_bytes(as_bytes(digits));
  }
  if (head.form == RdbStream::Text::Form::lzf) {
    return unpack_lzf(in, head, kPieceBytes, [&](ByteView bytes) { out.write_bytes(bytes); });
  }
  for (std::uint64_t left = head.stored; left > 0;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes));
    out.write_bytes(in.take(count));
    left -= count;
  }
}

/// A node of a list: one element, or many packed.
void write_node(RdbStream& in, unsigned type, PieceWriter& out) {
  constexpr std::uint64_t kPlain = 1;
  constexpr std::uint64_t kPacked = 2;
  const std::uint64_t container = type == 18 ? in.length() : kPacked;
  std::string node = in.text(kMostElementBytes);
  if (container == kPlain) return out.add(std::move(node));
  if (container != kPacked) refuse("a list of an unknown container");
  const ByteView bytes = as_bytes(node);
  for (std::string& element : type == 18 ? read_listpack(bytes) : read_ziplist(bytes)) {
    out.add(std::move(element));
  }
}

/// One element of the value, with what belongs to it.
void write_element(RdbStream& in, unsigned type, PieceWriter& out) {
  if (type == 14 || type == 18) return write_node(in, type, out);
  out.add(in.text(kMostElementBytes));
  if (type == 4) out.add(in.text(kMostElementBytes));
  if (type == 5) out.add(text_of(RdbReader(in.take(8)).binary_double()));
  if (type != 3) return;
  const std::uint8_t bytes = in.byte();
  Bytes score = {bytes};
  if (bytes < 253) append(score, in.take(bytes));
  out.add(text_of(RdbReader(score).old_double()));
}

}  // namespace

void write_in_pieces(RdbStream& in, unsigned type, const RdbKey& key, RecordWriter& out) {
  PieceWriter pieces(key, piece_type_of(type), out);
  if (type == 0) {
    write_string(in, pieces);
  } else {
    for (std::uint64_t left = in.length(); left > 0; --left) {
      write_element(in, type, pieces);
      pieces.break_here();
    }
  }
  pieces.finish();
}

}  // namespace lifeboat::redis
