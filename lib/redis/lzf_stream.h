#ifndef LIFEBOAT_REDIS_LZF_STREAM_H_
#define LIFEBOAT_REDIS_LZF_STREAM_H_

#include <functional>

#include "redis/rdb_stream.h"

namespace lifeboat::redis {

/// Unpacks the compressed bytes that stand next in `in`, of which `head` was taken, and hands them
/// out in blocks of `block_bytes`; the last may be shorter. The views die with the call. Throws
/// Error(corrupt) unless they give exactly `head.plain` bytes.
/// Memory: a block and 16 KiB, however long they are.
void unpack_lzf(RdbStream& in, const RdbStream::Text& head, std::size_t block_bytes,
                const std::function<void(ByteView block)>& take);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_LZF_STREAM_H_
