#ifndef LIFEBOAT_TESTS_INTEGRATION_REDIS_REDIS_CONTENT_H_
#define LIFEBOAT_TESTS_INTEGRATION_REDIS_REDIS_CONTENT_H_

#include <string>
#include <vector>

#include "harness/redis_records.h"
#include "harness/redis_server.h"
#include "redis/capture.h"
#include "redis/load.h"

namespace lifeboat::redis {

/// Keys of every type and encoding in three databases, some with expiries, streams with groups, and
/// a function. `count` = keys of each small kind.
void fill(const harness::RedisServer& server, int count = 30);

/// A command as words.
void run(resp::Connection& connection, const std::vector<std::string>& words);

/// `left_out`: how many entries a group has read, which an append-only file does not keep.
enum class ReadCounts { compared, left_out };

/// Everything a server holds, as text that is equal if and only if the data are: DEBUG DIGEST over
/// all databases, the expiry of each key, groups of each stream with what is pending, functions.
[[nodiscard]] std::string content_of(const harness::RedisServer& server,
                                     ReadCounts read_counts = ReadCounts::compared);

/// capture() into memory.
[[nodiscard]] Capture capture_of(const harness::RedisServer& server,
                                 harness::MemoryRecords& records, CaptureRequest request = {});
/// load() of it.
LoadReport load_into(const harness::RedisServer& target, const Capture& capture,
                     harness::MemoryRecords& records, LoadRequest request = {});

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_TESTS_INTEGRATION_REDIS_REDIS_CONTENT_H_
