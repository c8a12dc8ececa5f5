#ifndef LIFEBOAT_MEMCACHED_INVENTORY_JSON_H_
#define LIFEBOAT_MEMCACHED_INVENTORY_JSON_H_

#include <string>
#include <vector>

#include "base/clock.h"
#include "memcached/inventory.h"

namespace lifeboat::memcached {

/// The document inventory.json: docs/format/memcached.md.
[[nodiscard]] std::string to_json(const Inventory& inventory, Instant at);

/// Which servers were asked, for the snapshot's record.
[[nodiscard]] std::string identity_json(const Inventory& inventory,
                                        const std::vector<Address>& servers);

}  // namespace lifeboat::memcached

#endif  // LIFEBOAT_MEMCACHED_INVENTORY_JSON_H_
