#ifndef LIFEBOAT_REPORT_DRAWING_H_
#define LIFEBOAT_REPORT_DRAWING_H_

#include <string>
#include <string_view>
#include <vector>

#include "report/scale.h"

namespace lifeboat::report {

/// Every chart is drawn twice, for a page of full width and for a telephone; the style shows one.
enum class Width { wide, narrow };

inline constexpr double kFontSize = 12;
/// Of a drawing, in its own units; the style scales it to the page.
[[nodiscard]] double columns_of(Width width) noexcept;

enum class Anchor { start, middle, end };

/// One <svg>, built from the top. A value; its texts are escaped here. Nothing in it refers to
/// anything outside the page, nothing but <use> to anything outside the drawing.
class Drawing {
 public:
  /// `name` is unique in the page. `title` and `description` say to somebody who does not see it
  /// what it shows.
  Drawing(std::string_view name, std::string_view title, std::string_view description, Width width,
          double height);

  void line(double x1, double y1, double x2, double y2, std::string_view style);
  /// `told`: what a pointer that rests on it is told; empty = nothing.
  void box(double x, double y, double width, double height, std::string_view style,
           std::string_view told = {});
  void path(std::string_view data, std::string_view style);
  void text(double x, double y, std::string_view words, std::string_view style = {},
            Anchor anchor = Anchor::start);
  /// One of the page's marks, by name, around a point.
  void mark(double x, double y, std::string_view mark, std::string_view told = {});

  /// A horizontal axis at `y`: a rule, ticks, and their labels below it (14 units high).
  void axis_below(double y, const Scale& scale, const std::vector<Tick>& ticks);
  /// Faint rules across [left, right], their labels to the left of them.
  void rules_across(double left, double right, const Scale& scale, const std::vector<Tick>& ticks);

  [[nodiscard]] std::string finish() &&;

 private:
  double width_;
  std::string out_;
};

}  // namespace lifeboat::report

#endif  // LIFEBOAT_REPORT_DRAWING_H_
