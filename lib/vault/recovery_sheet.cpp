#include "vault/recovery_sheet.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/error.h"
#include "seal/sodium.h"
#include "vault/capability.h"
#include "vault/sealed_identity.h"

namespace lifeboat::vault {
namespace {

constexpr std::string_view kIdentityPrefix = "lifeboat-identity-1";
constexpr std::size_t kLineCharacters = 25;
constexpr std::size_t kGroup = 5;
constexpr std::size_t kIdentityCharacters = 199;
constexpr std::size_t kSealedCharacters = 365;
constexpr ByteArray<1> kZero{};

std::string check_word(std::size_t number, std::string_view characters) {
  static constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
  static constexpr std::string_view kVowels = "aiou";
  const ByteArray<1> line = {static_cast<std::uint8_t>(number)};
  const seal::Hash sum =
      seal::hash({as_bytes("lifeboat/v1/sheet"), kZero, line, as_bytes(characters)});
  const unsigned bits = sum[0] * 256U + sum[1];
  return {kConsonants[bits >> 12U & 15U], kVowels[bits >> 10U & 3U], kConsonants[bits >> 6U & 15U],
          kVowels[bits >> 4U & 3U], kConsonants[bits & 15U]};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(lower(line.substr(at, end - at)));
    at = end;
  }
  return words;
}

/// 0: it begins with none.
std::size_t line_number(const std::string& word) {
  if (word.empty() || word.size() > 2) return 0;
  std::size_t number = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::size_t>(c - '0');
  }
  return number;
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::usage, "the sheet: " + why,
              "compare with the paper: only a to z and 2 to 7 occur, in groups of 5, and the last "
              "word of a line checks it");
}

struct Typed {
  std::string prefix;
  std::map<std::size_t, std::vector<std::string>> lines;
};

Typed split(std::string_view text) {
  Typed typed;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::vector<std::string> words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (words.empty()) continue;
    if (words.size() == 1 && (words[0] == kIdentityPrefix || words[0] == kSealedIdentityPrefix)) {
      if (!typed.prefix.empty() && typed.prefix != words[0]) refuse("it holds two credentials");
      typed.prefix = words[0];
    } else if (const std::size_t number = line_number(words[0]); number > 0) {
      words.erase(words.begin());
      if (!typed.lines.emplace(number, std::move(words)).second) {
        refuse("line " + std::to_string(number) + " is there twice");
      }
    }
  }
  return typed;
}

/// The characters of a line whose check word fits, else nothing.
std::string checked(std::size_t number, std::size_t length, const std::vector<std::string>& words) {
  std::string characters;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) characters += words[i];
  const bool fits = characters.size() == length && words.back() == check_word(number, characters);
  return fits ? characters : std::string();
}

}  // namespace

Secret sheet_lines(std::string_view credential) {
  const bool sealed = credential.starts_with(kSealedIdentityPrefix);
  if (!sealed && !credential.starts_with(kIdentityPrefix)) {
    throw Error(ErrorKind::usage, "a recovery sheet is of an identity");
  }
  const std::string_view prefix = sealed ? kSealedIdentityPrefix : kIdentityPrefix;
  const std::string rest = lower(credential.substr(prefix.size()));
  std::string text = std::string(prefix) + "\n";
  for (std::size_t at = 0; at < rest.size(); at += kLineCharacters) {
    const std::size_t number = at / kLineCharacters + 1;
    const std::string line = rest.substr(at, kLineCharacters);
    text += (number < 10 ? " " : "") + std::to_string(number) + " ";
    for (std::size_t i = 0; i < line.size(); i += kGroup) text += " " + line.substr(i, kGroup);
    text += "  " + check_word(number, line) + "\n";
  }
  return Secret(std::move(text));
}

Secret read_sheet(std::string_view text) {
  const Typed typed = split(text);
  if (typed.prefix.empty()) {
    refuse("no line reads lifeboat-identity-1 or lifeboat-sealed-identity-1");
  }
  const bool sealed = typed.prefix == kSealedIdentityPrefix;
  const std::size_t characters = sealed ? kSealedCharacters : kIdentityCharacters;
  const std::size_t count = (characters + kLineCharacters - 1) / kLineCharacters;
  std::string credential = typed.prefix;
  std::string wrong;
  for (std::size_t number = 1; number <= count; ++number) {
    const std::size_t length =
        std::min(kLineCharacters, characters - (number - 1) * kLineCharacters);
    const auto line = typed.lines.find(number);
    const bool missing = line == typed.lines.end() || line->second.empty();
    const std::string part = missing ? "" : checked(number, length, line->second);
    credential += part;
    if (!part.empty()) continue;
    wrong += (wrong.empty() ? "line " : ", line ") + std::to_string(number) +
             (missing ? " is missing" : " is mistyped");
  }
  if (!wrong.empty()) refuse(wrong);
  if (typed.lines.rbegin()->first > count) {
    refuse("line " + std::to_string(typed.lines.rbegin()->first) + " is none of it");
  }
  if (sealed) {
    check_sealed_identity(credential);
  } else {
    static_cast<void>(Capability::from_text(credential));
  }
  return Secret(std::move(credential));
}

}  // namespace lifeboat::vault
