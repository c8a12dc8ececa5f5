#include "cli/text_table.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace lifeboat::cli {
namespace {

constexpr std::string_view kGap = "   ";

/// The length of the colour code ("ESC [ … letter") at the start of `text`, or 0.
std::size_t colour_code_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  std::size_t end = 2;
  while (end < text.size() && (text[end] < '@' || text[end] > '~')) ++end;
  return std::min(end + 1, text.size());
}

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string padding(std::size_t wanted, std::size_t taken) {
  return std::string(wanted > taken ? wanted - taken : 0, ' ');
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t code = colour_code_length(text.substr(at));
    if (code == 0 && starts_code_point(text[at])) ++width;
    at += std::max<std::size_t>(code, 1);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns, bool utf8) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t end = 0;
  for (std::size_t width = 0; end < text.size(); ++end) {
    if (!starts_code_point(text[end])) continue;
    if (width == columns - 1) break;
    ++width;
  }
  return std::string(text.substr(0, end)) + (utf8 ? "…" : "~");
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string wrapped;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    const std::string_view word = text.substr(0, end);
    const std::size_t width = display_width(word);
    if (column > 0 && column + 1 + width > columns) {
      wrapped += "\n" + std::string(indent, ' ');
      column = 0;
    }
    if (column > 0 && width > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += width;
    if (end < text.size() && text[end] == '\n') {
      wrapped += '\n';
      if (end + 1 < text.size() && text[end + 1] != '\n') wrapped += std::string(indent, ' ');
      column = 0;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

TextTable::TextTable(std::vector<Align> columns, std::size_t indent)
    : columns_(std::move(columns)), indent_(indent) {}

void TextTable::add(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) {
    throw Error(ErrorKind::internal, "a table row has more cells than columns");
  }
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad = padding(widths[i], display_width(row[i]));
      if (i > 0) line += kGap;
      line += columns_[i] == Align::right ? pad + row[i] : row[i] + pad;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace lifeboat::cli
