// The stream of keys of a Redis source: docs/format/redis.md, "Records".
#include <algorithm>

#include "fuzz/target.h"
#include "redis/key_table.h"
#include "redis/record.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  Bytes again;
  const bool whole = fuzz::answers_with(fuzz::kStoredKinds, [&] {
    stream::MemorySource source(Bytes(bytes.begin(), bytes.end()));
    redis::RecordReader reader(source);
    while (const auto record = reader.next()) {
      redis::append_record(again, *record);
      if (record->tag != redis::Tag::piece) continue;
      const Bytes body = redis::encode(redis::decode_piece(record->body));
      fuzz::require(std::ranges::equal(body, record->body),
                    "a piece is not the same after it was written again");
    }
  });
  fuzz::require(!whole || std::ranges::equal(again, bytes),
                "records are not the same after they were written again");
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    stream::MemorySource source(Bytes(bytes.begin(), bytes.end()));
    redis::RecordReader reader(source);
    redis::KeyTable table(0, 1);
    while (const auto record = reader.next()) table.apply(*record);
    static_cast<void>(table.finish());
  });
  return 0;
}
