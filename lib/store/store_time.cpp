#include "store/store_time.h"

#include "base/error.h"
#include "base/units.h"
#include "seal/sodium.h"

namespace lifeboat::store {

Instant read_store_time(ObjectStore& store) {
  const ObjectKey probe("probe/" + to_hex(seal::random_array<16>()));
  if (store.put(probe, as_bytes("what time is it")) == PutResult::exists) {
    throw Error(ErrorKind::internal, "a probe's name was drawn twice");
  }
  const auto info = store.find(probe);
  try {
    store.remove(probe);
  } catch (const Error& error) {
    // A store that refuses deletion keeps the probe; readers of a vault pass over it.
    if (error.kind() != ErrorKind::denied) throw;
  }
  if (!info) {
    throw Error(ErrorKind::unavailable,
                store.describe() + " lost an object at once: " + probe.name());
  }
  return info->stored_at;
}

Instant require_clocks_agree(ObjectStore& store, const Clock& clock) {
  const Instant theirs = read_store_time(store);
  const Instant ours = clock.now();
  const auto apart = std::chrono::abs(theirs - ours);
  if (apart <= kMostClocksApart) return theirs;
  throw Error(ErrorKind::refused,
              "the clocks are " +
                  human_duration(std::chrono::duration_cast<std::chrono::milliseconds>(apart)) +
                  " apart: here it is " + to_rfc3339(ours) + ", in the store " + to_rfc3339(theirs),
              "set the wrong one: what is old enough to go cannot be told by it");
}

}  // namespace lifeboat::store
