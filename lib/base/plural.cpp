#include "base/plural.h"

#include "base/units.h"

namespace lifeboat {

std::string plural(std::uint64_t count, std::string_view word) {
  return human_count(count) + " " + std::string(word) + (count == 1 ? "" : "s");
}

}  // namespace lifeboat
