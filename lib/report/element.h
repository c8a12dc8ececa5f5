#ifndef LIFEBOAT_REPORT_ELEMENT_H_
#define LIFEBOAT_REPORT_ELEMENT_H_

#include <string>
#include <string_view>
#include <vector>

/// Pieces of HTML. What is a Markup is HTML already; what is a text is not, and is escaped on its
/// way into one. Pure.
namespace lifeboat::report {

struct Markup {
  std::string html;

  Markup& operator+=(const Markup& more) {
    html += more.html;
    return *this;
  }
  friend Markup operator+(Markup left, const Markup& right) { return left += right; }
  [[nodiscard]] bool empty() const noexcept { return html.empty(); }
};

/// A text, escaped.
[[nodiscard]] Markup words(std::string_view text);
/// HTML that stands in the source, or that this module has put together.
[[nodiscard]] inline Markup html(std::string_view literal) { return {std::string(literal)}; }

/// `<tag class="style">inner</tag>`; no class where the style is empty.
[[nodiscard]] Markup element(std::string_view tag, const Markup& inner,
                             std::string_view style = {});
/// The same around a text.
[[nodiscard]] Markup element(std::string_view tag, std::string_view text,
                             std::string_view style = {});

/// A verdict's mark before a word, as large as text.
[[nodiscard]] Markup inline_mark(std::string_view mark);

/// A column's heading and class: "n" for figures, "far" for what a telephone leaves out.
struct Heading {
  std::string_view title;
  std::string_view style = {};
};

/// A table, row by row; the first cell of each is its heading. A value.
class Table {
 public:
  explicit Table(std::vector<Heading> headings, std::string_view style = {});
  /// One cell a heading.
  void add(const std::vector<Markup>& cells);
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] Markup markup() const;

 private:
  std::vector<Heading> headings_;
  std::string_view style_;
  std::string rows_;
};

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_ELEMENT_H_
