#ifndef LIFEBOAT_BASE_NAME_IN_TEXT_H_
#define LIFEBOAT_BASE_NAME_IN_TEXT_H_

#include <string_view>

namespace lifeboat {

/// What "public.orders.total" is to a search for "public.orders".
enum class Inside { counts, is_another };

/// Whether `text` has the name, and not as the beginning or the end of a longer one. Letters,
/// digits, "_", ".", "$" and whatever is not ASCII make up names. Pure.
[[nodiscard]] bool names(std::string_view text, std::string_view name,
                         Inside inside = Inside::is_another);

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_NAME_IN_TEXT_H_
