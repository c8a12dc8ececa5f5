#ifndef LIFEBOAT_STORE_STORE_TIME_H_
#define LIFEBOAT_STORE_STORE_TIME_H_

#include <chrono>

#include "base/clock.h"
#include "store/object_store.h"

/// The time by a store's own clock, which no machine that uses it can set:
/// docs/format/vault.md §17.2.
namespace lifeboat::store {

/// How far this machine's clock and the store's may be apart.
inline constexpr std::chrono::minutes kMostClocksApart{10};

/// What the store says when a fresh object below probe/ was stored: three requests. The object is
/// removed again where that is allowed. Throws denied where none may be put, and what the store
/// throws.
[[nodiscard]] Instant read_store_time(ObjectStore& store);

/// The store's time. Throws refused, with both times, if `clock` is further from it than that: one
/// of the two is wrong, and ages of snapshots cannot be told.
[[nodiscard]] Instant require_clocks_agree(ObjectStore& store, const Clock& clock);

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_STORE_TIME_H_
