#include "store/s3_xml.h"

#include <charconv>
#include <optional>
#include <pugixml.hpp>
#include <string_view>

#include "base/error.h"

namespace lifeboat::store {
namespace {

// Neither a document type nor entities of its own: pugixml expands none.
bool load(pugi::xml_document& document, ByteView body) {
  return static_cast<bool>(
      document.load_buffer(body.data(), body.size(), pugi::parse_default, pugi::encoding_utf8));
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorKind::corrupt, "the store's list " + what);
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, failure] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || failure != std::errc() || at != end) return std::nullopt;
  return value;
}

S3ListEntry entry_of(const pugi::xml_node& node) {
  const auto size = number(node.child_value("Size"));
  const auto modified = parse_instant(node.child_value("LastModified"));
  S3ListEntry entry;
  entry.name = node.child_value("Key");
  if (entry.name.empty()) refuse("holds an object without a name");
  if (!size) refuse("holds an object without a size");
  if (!modified) refuse("holds an object without a time");
  entry.size_bytes = *size;
  entry.modified = std::chrono::floor<std::chrono::seconds>(*modified);
  return entry;
}

}  // namespace

std::string s3_word(std::string_view text) {
  constexpr std::size_t kMostCharacters = 64;
  std::string kept;
  for (const char c : text.substr(0, kMostCharacters)) {
    const bool fine = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!fine) return kept;
    kept += c;
  }
  return kept;
}

S3ListPage parse_s3_list(ByteView body) {
  pugi::xml_document document;
  if (!load(document, body)) refuse("is no XML");
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!root) refuse("is another document");
  S3ListPage page;
  for (const pugi::xml_node& node : root.children("Contents")) {
    page.entries.push_back(entry_of(node));
  }
  const std::string_view truncated = root.child_value("IsTruncated");
  if (truncated != "true" && truncated != "false") refuse("does not say whether it is whole");
  if (truncated == "true") {
    page.next = root.child_value("NextContinuationToken");
    if (page.next.empty()) refuse("ends early and does not say how to go on");
  }
  return page;
}

S3Failure parse_s3_failure(ByteView body) {
  pugi::xml_document document;
  if (!load(document, body)) return {};
  const pugi::xml_node root = document.child("Error");
  return {s3_word(root.child_value("Code")), s3_word(root.child_value("Region"))};
}

}  // namespace lifeboat::store
