#ifndef LIFEBOAT_BRIDGE_CACHE_STREAMS_H_
#define LIFEBOAT_BRIDGE_CACHE_STREAMS_H_

/// What stands in a snapshot of a cache: docs/format/memcached.md.
namespace lifeboat::bridge {

inline constexpr const char* kMemcachedKind = "memcached";
inline constexpr const char* kInventoryDocument = "inventory.json";

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_CACHE_STREAMS_H_
