#include "report/drawing.h"

#include <algorithm>

#include "report/markup.h"

namespace lifeboat::report {
namespace {

std::string attribute(std::string_view name, double value) {
  return " " + std::string(name) + "=\"" + number(value) + "\"";
}

std::string style_of(std::string_view style) {
  return style.empty() ? "" : " class=\"" + std::string(style) + "\"";
}

std::string closed(std::string_view element, std::string_view told) {
  if (told.empty()) return "/>";
  return "><title>" + escaped(told) + "</title></" + std::string(element) + ">";
}

}  // namespace

double columns_of(Width width) noexcept { return width == Width::wide ? 720 : 328; }

Drawing::Drawing(std::string_view name, std::string_view title, std::string_view description,
                 Width width, double height)
    : width_(columns_of(width)) {
  const bool wide = width == Width::wide;
  const std::string id = std::string(name) + (wide ? "-w" : "-n");
  out_ = "<svg class=\"" + std::string(wide ? "wide" : "narrow") + "\" viewBox=\"0 0 " +
         number(width_) + " " + number(height) + "\" role=\"img\" aria-labelledby=\"" + id + " " +
         id + "d\">\n<title id=\"" + id + "\">" + escaped(title) + "</title><desc id=\"" + id +
         "d\">" + escaped(description) + "</desc>\n";
}

void Drawing::line(double x1, double y1, double x2, double y2, std::string_view style) {
  out_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
          attribute("y2", y2) + style_of(style) + "/>\n";
}

void Drawing::box(double x, double y, double width, double height, std::string_view style,
                  std::string_view told) {
  out_ += "<rect" + attribute("x", x) + attribute("y", y) +
          attribute("width", std::max(width, 0.0)) + attribute("height", std::max(height, 0.0)) +
          style_of(style) + closed("rect", told) + "\n";
}

void Drawing::path(std::string_view data, std::string_view style) {
  out_ += "<path d=\"" + std::string(data) + "\"" + style_of(style) + "/>\n";
}

void Drawing::text(double x, double y, std::string_view words, std::string_view style,
                   Anchor anchor) {
  static constexpr std::string_view kAnchors[] = {"", " text-anchor=\"middle\"",
                                                  " text-anchor=\"end\""};
  out_ += "<text" + attribute("x", x) + attribute("y", y) +
          std::string(kAnchors[static_cast<std::size_t>(anchor)]) + style_of(style) + ">" +
          escaped(words) + "</text>\n";
}

void Drawing::mark(double x, double y, std::string_view mark, std::string_view told) {
  out_ += "<use href=\"#" + std::string(mark) + "\"" + attribute("x", x) + attribute("y", y) +
          closed("use", told) + "\n";
}

void Drawing::axis_below(double y, const Scale& scale, const std::vector<Tick>& ticks) {
  line(scale.start, y, scale.end, y, "axis");
  double taken = -kFontSize;
  for (const Tick& tick : ticks) {
    const double x = scale(tick.value);
    line(x, y, x, y + 4, "axis");
    // At the edges a label would stand out of the drawing; moved inside, it may meet its neighbour.
    const double half = text_width(tick.label, kFontSize) / 2;
    const double middle = std::clamp(x, half, std::max(half, width_ - half));
    if (middle - half < taken + kFontSize / 2) continue;
    text(middle, y + 17, tick.label, {}, Anchor::middle);
    taken = middle + half;
  }
}

void Drawing::rules_across(double left, double right, const Scale& scale,
                           const std::vector<Tick>& ticks) {
  for (const Tick& tick : ticks) {
    const double y = scale(tick.value);
    line(left, y, right, y, tick.value == scale.from ? "axis" : "rule");
    text(left - 6, y + 4, tick.label, {}, Anchor::end);
  }
}

std::string Drawing::finish() && { return std::move(out_) + "</svg>\n"; }

}  // namespace lifeboat::report
