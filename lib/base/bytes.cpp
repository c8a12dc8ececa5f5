#include "base/bytes.h"

#include "base/error.h"

namespace lifeboat {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase32Digits = "abcdefghijklmnopqrstuvwxyz234567";

unsigned digit_value(std::string_view digits, char c, std::string_view what) {
  const char lower = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  const auto at = digits.find(lower);
  if (at == std::string_view::npos) {
    throw Error(ErrorKind::usage, "not " + std::string(what) + ": unexpected character");
  }
  return static_cast<unsigned>(at);
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4U]);
    text.push_back(kHexDigits[byte & 0xFU]);
  }
  return text;
}

Bytes from_hex(std::string_view text) {
  if (text.size() % 2 != 0) throw Error(ErrorKind::usage, "not hexadecimal: odd length");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const unsigned high = digit_value(kHexDigits, text[i], "hexadecimal");
    const unsigned low = digit_value(kHexDigits, text[i + 1], "hexadecimal");
    bytes.push_back(static_cast<std::uint8_t>(high << 4U | low));
  }
  return bytes;
}

std::string to_base32(ByteView bytes) {
  std::string text;
  unsigned pending = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = pending << 8U | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kBase32Digits[pending >> bits & 31U]);
    }
    pending &= (1U << bits) - 1U;
  }
  if (bits > 0) text.push_back(kBase32Digits[pending << (5 - bits) & 31U]);
  return text;
}

Bytes from_base32(std::string_view text) {
  Bytes bytes;
  unsigned pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    pending = pending << 5U | digit_value(kBase32Digits, c, "base32");
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(pending >> bits & 0xFFU));
      pending &= (1U << bits) - 1U;
    }
  }
  if (pending != 0) throw Error(ErrorKind::usage, "not base32: stray bits at the end");
  return bytes;
}

}  // namespace lifeboat
