#include "report/markup.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace lifeboat::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first of `text`, which is not empty. Overlong forms and surrogates are no UTF-8.
CodePoint first_of(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte(at) & 0x3FU);
  }
  static constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast.at(bytes) || value > 0x10FFFF || surrogate) return {};
  return {value, bytes, true};
}

/// Line ends would be spaces anyway; the rest below a space, DEL and C1, and what turns the
/// direction of the text around it.
bool is_control(std::uint32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

/// In units of the font's size: the wider of the sans and serif typefaces in use.
double advance_of(std::uint32_t value) {
  if (value >= 0x2E80) return 1.1;
  if (value >= 0x0300 && value < 0x0370) return 0;
  if (value > 0x7E) return value < 0x2000 ? 0.75 : 1.0;
  const std::string_view narrow = " .,:;'|!ijltI()[]/";
  const std::string_view wide = "mwMW@%";
  const auto letter = static_cast<char>(value);
  if (narrow.find(letter) != std::string_view::npos) return 0.4;
  if (wide.find(letter) != std::string_view::npos) return 1.0;
  return letter >= 'A' && letter <= 'Z' ? 0.78 : 0.645;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    if (!point.valid || is_control(point.value)) {
      out += point.value == '\n' || point.value == '\t' ? " " : kReplacement;
    } else if (point.value == '&') {
      out += "&amp;";
    } else if (point.value == '<') {
      out += "&lt;";
    } else if (point.value == '>') {
      out += "&gt;";
    } else if (point.value == '"') {
      out += "&quot;";
    } else if (point.value == '\'') {
      out += "&#39;";
    } else {
      out += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return out;
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", std::round(value * 10) / 10 + 0.0);
  std::string out = text.data();
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

double text_width(std::string_view text, double font_size) {
  double units = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    units += advance_of(point.valid ? point.value : 0xFFFD);
    text.remove_prefix(point.bytes);
  }
  return units * font_size;
}

std::string fitted(std::string_view text, double font_size, double width) {
  if (text_width(text, font_size) <= width) return std::string(text);
  double left = width - text_width(kEllipsis, font_size);
  std::size_t taken = 0;
  while (taken < text.size()) {
    const CodePoint point = first_of(text.substr(taken));
    left -= advance_of(point.valid ? point.value : 0xFFFD) * font_size;
    if (left < 0) break;
    taken += point.bytes;
  }
  return std::string(text.substr(0, taken)) + std::string(kEllipsis);
}

}  // namespace lifeboat::report
