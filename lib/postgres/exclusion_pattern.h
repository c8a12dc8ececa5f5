#ifndef LIFEBOAT_POSTGRES_EXCLUSION_PATTERN_H_
#define LIFEBOAT_POSTGRES_EXCLUSION_PATTERN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::postgres {

/// Which relations a person means: "schema.table", or "table" in any schema, with pg_dump's
/// wildcards: `*` is any text, `?` any one character. Unquoted letters are taken in lower case, as
/// SQL does; within "double quotes" every character means itself. A value.
class ExclusionPattern {
 public:
  /// Throws Error(usage): an empty name, an open quote, more than one dot.
  explicit ExclusionPattern(std::string_view text);

  [[nodiscard]] bool matches(std::string_view schema, std::string_view table) const;
  /// As it was given.
  [[nodiscard]] const std::string& text() const { return text_; }

  /// A name in which each character means itself or is a wildcard.
  struct Symbol {
    enum class Kind { itself, any_one, any_text };
    Kind kind = Kind::itself;
    char character = 0;
  };

 private:
  std::string text_;
  std::optional<std::vector<Symbol>> schema_;
  std::vector<Symbol> table_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_EXCLUSION_PATTERN_H_
