#include "redis/record.h"

#include <limits>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kHeadBytes = 1 + 4 + 8 + 4;  // tag, database, expiry, key length

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a record of Redis keys: ") + why);
}

void check_fields(const Record& record) {
  switch (record.tag) {
    case Tag::value:
      if (record.body.size() < 11) refuse("a value that is too short");
      break;
    case Tag::piece:
      break;
    case Tag::gone:
      if (!record.body.empty() || record.expiry_ms != kNoExpiry) refuse("a tombstone with a value");
      break;
    default:
      refuse("an unknown tag");
  }
}

}  // namespace

void append_record(Bytes& to, const Record& record) {
  const std::uint64_t length = kHeadBytes + record.key.size() + record.body.size();
  if (length > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::internal, "a record of Redis keys is too long");
  }
  WireWriter head;
  head.put(static_cast<std::uint32_t>(length))
      .put(static_cast<std::uint8_t>(record.tag))
      .put(record.database)
      .put(record.expiry_ms)
      .put(static_cast<std::uint32_t>(record.key.size()));
  append(to, head.bytes());
  append(to, as_bytes(record.key));
  append(to, record.body);
}

Record decode_record(ByteView bytes) {
  WireReader in(bytes, "a record of Redis keys");
  if (in.get<std::uint32_t>() != bytes.size() - 4) refuse("a length that does not fit");
  Record record;
  record.tag = static_cast<Tag>(in.get<std::uint8_t>());
  record.database = in.get<std::uint32_t>();
  record.expiry_ms = in.get<std::uint64_t>();
  const auto key_bytes = in.get<std::uint32_t>();
  record.key = as_text(in.get_bytes(key_bytes));
  record.body = in.rest();
  check_fields(record);
  return record;
}

Bytes encode(const Piece& piece) {
  WireWriter out;
  out.put(static_cast<std::uint8_t>(piece.type))
      .put(piece.number)
      .put(static_cast<std::uint8_t>(piece.last ? 1 : 0));
  for (const std::string_view element : piece.elements) {
    out.put(static_cast<std::uint32_t>(element.size())).put_bytes(as_bytes(element));
  }
  return out.take();
}

Piece decode_piece(ByteView body) {
  WireReader in(body, "a piece of a Redis key");
  Piece piece;
  const auto type = in.get<std::uint8_t>();
  if (type < 1 || type > 5) refuse("a piece of an unknown type");
  piece.type = static_cast<PieceType>(type);
  piece.number = in.get<std::uint32_t>();
  const auto last = in.get<std::uint8_t>();
  if (last > 1) refuse("a piece neither last nor not");
  piece.last = last == 1;
  while (!in.at_end()) {
    const auto length = in.get<std::uint32_t>();
    piece.elements.push_back(as_text(in.get_bytes(length)));
  }
  const bool pairs = piece.type == PieceType::sorted_set || piece.type == PieceType::hash;
  if (pairs && piece.elements.size() % 2 != 0) refuse("a piece with half a pair");
  if (piece.type == PieceType::string && piece.elements.size() > 1) {
    refuse("a piece of a string with several elements");
  }
  return piece;
}

bool RecordReader::fill(std::size_t bytes) {
  if (buffer_.size() - at_ >= bytes) return true;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  while (buffer_.size() < bytes && !ended_) {
    // Grows with what comes, not with what a length promises.
    const std::size_t have = buffer_.size();
    buffer_.resize(have + 64 * 1024);
    const std::size_t count = source_.read(MutableByteView(buffer_).subspan(have));
    buffer_.resize(have + count);
    ended_ = count == 0;
  }
  return buffer_.size() >= bytes;
}

void RecordReader::check_order(const Record& record) {
  if (record.tag != Tag::piece) {
    if (open_) refuse("the pieces of a key break off");
    return;
  }
  const Piece piece = decode_piece(record.body);
  if (!open_) {
    if (piece.number != 0) refuse("the first piece of a key is missing");
    open_ = Open{record.database, std::string(record.key), piece.type, 0};
  }
  if (open_->database != record.database || open_->key != record.key || open_->type != piece.type ||
      open_->next != piece.number) {
    refuse("the pieces of a key are out of order");
  }
  ++open_->next;
  if (piece.last) open_.reset();
}

std::optional<Record> RecordReader::next() {
  if (!fill(4)) {
    if (at_ != buffer_.size()) refuse("it breaks off");
    if (open_) refuse("the pieces of a key break off");
    return std::nullopt;
  }
  WireReader length_reader(ByteView(buffer_).subspan(at_, 4), "a record of Redis keys");
  const std::size_t length = length_reader.get<std::uint32_t>();
  if (length < kHeadBytes) refuse("a length that is too short");
  if (!fill(4 + length)) refuse("it breaks off");
  const Record record = decode_record(ByteView(buffer_).subspan(at_, 4 + length));
  at_ += 4 + length;
  check_order(record);
  return record;
}

}  // namespace lifeboat::redis
