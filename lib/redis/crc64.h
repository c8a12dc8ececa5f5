#ifndef LIFEBOAT_REDIS_CRC64_H_
#define LIFEBOAT_REDIS_CRC64_H_

#include <cstdint>

#include "base/bytes.h"

namespace lifeboat::redis {

/// CRC-64 as Redis has it (Jones polynomial, reflected, from 0), eight bytes a step.
[[nodiscard]] std::uint64_t crc64(std::uint64_t before, ByteView bytes);

/// The end of what DUMP gives: RDB version u16, CRC64 of all before it.
struct PayloadEnd {
  std::uint16_t rdb_version = 0;
  bool intact = false;
};
/// Not intact if it is shorter than that end.
[[nodiscard]] PayloadEnd end_of_payload(ByteView payload);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_CRC64_H_
