#ifndef LIFEBOAT_REDIS_RDB_PIECES_H_
#define LIFEBOAT_REDIS_RDB_PIECES_H_

#include <cstdint>
#include <string>

#include "redis/rdb_stream.h"
#include "redis/record_writer.h"

namespace lifeboat::redis {

/// Whose value it is.
struct RdbKey {
  std::uint32_t database = 0;
  std::uint64_t expiry_ms = kNoExpiry;
  std::string name;
};

/// Takes a value of a type that goes in pieces (rdb_value.h), from behind its key, and writes it as
/// records of pieces of about 1 MiB. Throws Error(corrupt), also for an element above 512 MiB; a
/// string may be longer.
///
/// Memory: a few MiB of a string; else the longest element four times.
void write_in_pieces(RdbStream& in, unsigned type, const RdbKey& key, RecordWriter& out);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RDB_PIECES_H_
