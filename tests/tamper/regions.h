#ifndef LIFEBOAT_TESTS_TAMPER_REGIONS_H_
#define LIFEBOAT_TESTS_TAMPER_REGIONS_H_

#include <string>
#include <vector>

#include "base/bytes.h"
#include "vault/types.h"

namespace lifeboat::tamper {

/// A named piece of a stored object.
struct Region {
  std::string name;  ///< "field 5/field 2 value", "signature"
  std::size_t at = 0;
  std::size_t size = 0;
};

/// Every part of an object that docs/format/vault.md names, fields and what they hold included;
/// regions without a byte are left out. Packs end with blobs as one region.
[[nodiscard]] std::vector<Region> regions_of(vault::ObjectType type, ByteView stored);

}  // namespace lifeboat::tamper

#endif  // LIFEBOAT_TESTS_TAMPER_REGIONS_H_
