#ifndef LIFEBOAT_CONFIG_NEAREST_H_
#define LIFEBOAT_CONFIG_NEAREST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::config {

/// The candidate that was probably meant by a mistyped `word`: the smallest edit distance
/// (insert, delete, replace, swap of neighbours) of at most a third of the word's length, or the
/// only candidate that `word` is the beginning of. Nothing if none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_NEAREST_H_
