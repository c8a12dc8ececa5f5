#ifndef LIFEBOAT_CLI_TEXT_TABLE_H_
#define LIFEBOAT_CLI_TEXT_TABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::cli {

/// Results are laid out for this many columns.
inline constexpr std::size_t kColumns = 80;

/// How many columns a text takes: UTF-8 code points, colour codes not counted. (Double-width
/// scripts count as one: they shift a line, they break nothing.)
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Cut to `columns`, with "…" (or "~" if not `utf8`) in the last one if anything was cut.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns, bool utf8 = true);
/// Words wrapped at `columns`, every line after the first indented by `indent`.
[[nodiscard]] std::string wrap(std::string_view text, std::size_t columns, std::size_t indent);

enum class Align { left, right };

/// Aligned columns, three spaces apart, no rules, no trailing spaces. A value.
class TextTable {
 public:
  /// `indent` spaces stand before every row.
  explicit TextTable(std::vector<Align> columns, std::size_t indent = 0);
  /// A missing cell is empty; a superfluous one is an Error(internal).
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  /// Every row with its line end.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Align> columns_;
  std::size_t indent_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_TEXT_TABLE_H_
