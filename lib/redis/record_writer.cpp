#include "redis/record_writer.h"

#include "base/wire.h"
#include "seal/sha256.h"

namespace lifeboat::redis {
namespace {

constexpr std::uint64_t kCutDivisor = 16384;
constexpr std::uint64_t kMostRecords = 65536;

}  // namespace

bool cuts_behind(std::uint32_t database, std::string_view key) {
  WireWriter hashed;
  hashed.put(database).put_bytes(as_bytes(key));
  const seal::Sha256 hash = seal::sha256(hashed.bytes());
  WireReader front(hash, "a hash");
  return front.get<std::uint64_t>() % kCutDivisor == 0;
}

void RecordWriter::write(const Record& record) {
  buffer_.clear();
  append_record(buffer_, record);
  sink_.record(buffer_);
  ++records_;
  ++in_range_;
  bytes_ += buffer_.size();
  const bool inside = record.tag == Tag::piece && !decode_piece(record.body).last;
  if (inside) return;
  if (in_range_ >= kMostRecords || cuts_behind(record.database, record.key)) end_round();
}

void RecordWriter::end_round() {
  if (in_range_ == 0) return;
  sink_.end_range();
  in_range_ = 0;
}

void RecordWriter::discard() {
  end_round();
  sink_.discard();
  records_ = 0;
  bytes_ = 0;
}

}  // namespace lifeboat::redis
