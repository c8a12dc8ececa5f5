#ifndef LIFEBOAT_BASE_PLURAL_H_
#define LIFEBOAT_BASE_PLURAL_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace lifeboat {

/// A count and what is counted: "1 row", "2,000 rows".
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view word);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_PLURAL_H_
