#include "report/element.h"

#include <utility>

#include "report/markup.h"

namespace lifeboat::report {
namespace {

/// `tag` may have attributes behind its name.
std::string opening(std::string_view tag, std::string_view style) {
  std::string out = "<" + std::string(tag);
  if (!style.empty()) out += " class=\"" + std::string(style) + "\"";
  return out + ">";
}

std::string closing(std::string_view tag) {
  return "</" + std::string(tag.substr(0, tag.find(' '))) + ">";
}

}  // namespace

Markup words(std::string_view text) { return {escaped(text)}; }

Markup element(std::string_view tag, const Markup& inner, std::string_view style) {
  return {opening(tag, style) + inner.html + closing(tag)};
}

Markup element(std::string_view tag, std::string_view text, std::string_view style) {
  return element(tag, words(text), style);
}

Markup inline_mark(std::string_view mark) {
  return {"<svg class=\"m\" viewBox=\"-5 -5 10 10\" aria-hidden=\"true\"><use href=\"#" +
          escaped(mark) + "\"/></svg>"};
}

Table::Table(std::vector<Heading> headings, std::string_view style)
    : headings_(std::move(headings)), style_(style) {}

void Table::add(const std::vector<Markup>& cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    const std::string_view tag = i == 0 ? "th scope=\"row\"" : "td";
    rows_ += element(tag, i < cells.size() ? cells[i] : Markup{}, headings_[i].style).html;
  }
  rows_ += "</tr>\n";
}

Markup Table::markup() const {
  std::string out = opening("table", style_) + "<thead><tr>";
  for (const Heading& heading : headings_) {
    out += element("th scope=\"col\"", heading.title, heading.style).html;
  }
  return {out + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table>\n"};
}

}  // namespace lifeboat::report
