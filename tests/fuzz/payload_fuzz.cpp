// The value of a key as DUMP gives it, without the end that the target adds:
// lib/redis/value_digest.h.
#include "fuzz/target.h"
#include "redis/crc64.h"
#include "redis/value_digest.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes payload(data, data + size);
  payload.push_back(10);
  payload.push_back(0);
  const std::uint64_t sum = redis::crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const redis::Digest digest = redis::digest_of_payload(payload);
    fuzz::require(digest == redis::digest_of_payload(payload), "a value has two digests");
  });
  return 0;
}
