#ifndef LIFEBOAT_REPORT_MARKUP_H_
#define LIFEBOAT_REPORT_MARKUP_H_

#include <string>
#include <string_view>

/// Texts as they may stand in a page. Pure.
namespace lifeboat::report {

/// As HTML text or as an attribute's value in quotes: & < > " ' are written as references; control
/// characters, and bytes that are no UTF-8, as U+FFFD, so that no name can change the page.
[[nodiscard]] std::string escaped(std::string_view text);

/// A number for an attribute: at most one decimal, no exponent, no "-0".
[[nodiscard]] std::string number(double value);

/// How wide a text is at the most, in the unit of `font_size`, in any of the page's typefaces.
[[nodiscard]] double text_width(std::string_view text, double font_size);

/// `text`, or as much of its beginning as fits into `width`, with "…". Not yet escaped.
[[nodiscard]] std::string fitted(std::string_view text, double font_size, double width);

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_MARKUP_H_
