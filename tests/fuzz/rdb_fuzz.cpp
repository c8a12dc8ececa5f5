// What a server sends as an RDB (lib/redis/rdb_splitter.h). The first byte says what the rest is:
// an RDB; one without its end, which is added without a checksum; a value, which goes in pieces.
#include "fuzz/target.h"
#include "redis/crc64.h"
#include "redis/key_table.h"
#include "redis/rdb_splitter.h"
#include "redis/value_digest.h"

using namespace lifeboat;

namespace {

constexpr ErrorKind kKinds[] = {ErrorKind::corrupt, ErrorKind::refused};

/// Reads back what is written, and counts keys.
class ReadingSink final : public redis::RecordSink {
 public:
  void record(ByteView bytes) override {
    const redis::Record record = redis::decode_record(bytes);
    if (record.tag == redis::Tag::value) {
      fuzz::require(redis::end_of_payload(record.body).intact, "a payload with a wrong checksum");
      ++keys_;
    } else if (redis::decode_piece(record.body).last) {
      ++keys_;
    }
  }
  void end_range() override {}
  void discard() override {}
  [[nodiscard]] std::uint64_t keys() const { return keys_; }

 private:
  std::uint64_t keys_ = 0;
};

void split(Bytes bytes) {
  fuzz::answers_with(kKinds, [&] {
    stream::MemorySource source(std::move(bytes));
    redis::RdbStream in(source);
    ReadingSink sink;
    redis::RecordWriter writer(sink);
    SilentObserver observer;
    const redis::RdbSummary summary = redis::RdbSplitter(in, writer, observer).run();
    std::uint64_t keys = 0;
    for (const auto& [database, count] : summary.databases) keys += count;
    fuzz::require(keys == sink.keys(), "not every key has its records");
  });
}

class TableSink final : public redis::RecordSink {
 public:
  void record(ByteView bytes) override { table.apply(redis::decode_record(bytes)); }
  void end_range() override {}
  void discard() override {}

  redis::KeyTable table{0, 1};
};

/// Where a value ends must be told alike by those who pass over it and those who read it.
void pass_over(ByteView value) {
  bool at_end = false;
  fuzz::answers_with(kKinds, [&] {
    stream::MemorySource source(Bytes(value.begin() + 1, value.end()));
    redis::RdbStream in(source);
    at_end =
        redis::pass_value(in, redis::RdbDialect::redis, value[0], redis::kAnyWeight) && in.at_end();
  });
  fuzz::require(at_end, "a value ends elsewhere for who passes over it");
}

/// In pieces it must mean what it means as a whole.
void take_apart(ByteView value) {
  if (value.size() < 2 || !redis::is_known_type(redis::RdbDialect::redis, value[0])) return;
  Bytes payload(value.begin(), value.end());
  payload.push_back(10);
  payload.push_back(0);
  const std::uint64_t sum = redis::crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  redis::Digest whole{};
  const bool fits = fuzz::answers_with(kKinds, [&] { whole = redis::digest_of_payload(payload); });
  const bool read = value[0] != 7 && value[0] < 22;  // the others are compared as bytes
  if (fits && read) pass_over(value);
  if (!redis::goes_in_pieces(value[0])) return;
  fuzz::answers_with(kKinds, [&] {
    stream::MemorySource source(Bytes(value.begin() + 1, value.end()));
    redis::RdbStream in(source);
    TableSink sink;
    redis::RecordWriter writer(sink);
    redis::write_in_pieces(in, value[0], {0, redis::kNoExpiry, "key"}, writer);
    const auto rows = sink.table.finish();
    fuzz::require(rows.size() == 1, "a value in pieces is not one key");
    fuzz::require(!fits || rows[0].digest == whole, "in pieces a value means something else");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  const unsigned form = in.byte() % 3U;
  Bytes bytes(in.rest().begin(), in.rest().end());
  if (form == 2) {
    take_apart(bytes);
    return 0;
  }
  if (form == 1) {
    bytes.push_back(255);
    bytes.insert(bytes.end(), 8, 0);
  }
  split(std::move(bytes));
  return 0;
}
