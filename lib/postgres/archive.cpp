#include "postgres/archive.h"

#include <charconv>
#include <optional>
#include <set>

#include "base/error.h"

namespace lifeboat::postgres {
namespace {

constexpr int kOldestMinor = 12;
constexpr int kNewestMinor = 16;
constexpr int kFirstWithTableAccessMethod = 14;
constexpr int kFirstWithCompressionAlgorithm = 15;
constexpr int kFirstWithRelationKind = 16;
constexpr std::uint8_t kCustomFormat = 1;
constexpr int kMostEntries = 50'000'000;

[[noreturn]] void corrupt(const std::string& what) {
  throw Error(ErrorKind::corrupt, "read the pg_dump archive: " + what);
}

/// The primitives of pg_backup_archiver.c: bytes, signed integers, counted strings.
class TocReader {
 public:
  explicit TocReader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t byte() { return take(1)[0]; }

  ByteView take(std::size_t count) {
    if (rest_.size() < count) corrupt("it ends too early");
    const ByteView front = rest_.first(count);
    rest_ = rest_.subspan(count);
    return front;
  }

  void set_integer_size(std::size_t size) { integer_size_ = size; }

  /// A sign byte, then the magnitude, least byte first.
  int integer() {
    const bool negative = byte() != 0;
    std::uint64_t magnitude = 0;
    const ByteView raw = take(integer_size_);
    for (std::size_t i = raw.size(); i > 0; --i) magnitude = magnitude << 8U | raw[i - 1];
    if (magnitude > 0x7fffffffU) corrupt("an integer is out of range");
    const int value = static_cast<int>(magnitude);
    return negative ? -value : value;
  }

  /// Absent where the writer had a null pointer.
  std::optional<std::string> string() {
    const int length = integer();
    if (length < 0) return std::nullopt;
    return std::string(as_text(take(static_cast<std::size_t>(length))));
  }

  std::string string_or_empty() { return string().value_or(""); }

 private:
  ByteView rest_;
  std::size_t integer_size_ = 4;
};

template <typename Number>
Number parse_number(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    corrupt("\"" + text + "\" stands where a number belongs");
  }
  return value;
}

struct Head {
  int minor = 0;
  std::size_t offset_size = 8;
};

Head read_head(TocReader& in, Archive& archive) {
  if (as_text(in.take(5)) != "PGDMP") corrupt("it does not begin with PGDMP");
  const int major = in.byte();
  const int minor = in.byte();
  const int revision = in.byte();
  archive.version =
      std::to_string(major) + "." + std::to_string(minor) + "-" + std::to_string(revision);
  if (major != 1 || minor < kOldestMinor || minor > kNewestMinor) {
    throw Error(ErrorKind::not_found, "archive version " + archive.version + " is not known here",
                "use a lifeboat that knows the pg_dump which wrote it, or restore its plain SQL");
  }
  const std::size_t integer_size = in.byte();
  if (integer_size < 2 || integer_size > 8) corrupt("its integers have an impossible size");
  in.set_integer_size(integer_size);
  Head head{.minor = minor, .offset_size = in.byte()};
  if (in.byte() != kCustomFormat) corrupt("it is not in pg_dump's custom format");
  if (minor >= kFirstWithCompressionAlgorithm) {
    static_cast<void>(in.byte());
  } else {
    static_cast<void>(in.integer());
  }
  for (int field = 0; field < 7; ++field) static_cast<void>(in.integer());  // creation time
  static_cast<void>(in.string());                                           // database name
  archive.server_version = in.string_or_empty();
  archive.dump_version = in.string_or_empty();
  return head;
}

Section section_of(int value) {
  switch (value) {
    case 1:
      return Section::none;
    case 2:
      return Section::pre_data;
    case 3:
      return Section::data;
    case 4:
      return Section::post_data;
    default:
      corrupt("section " + std::to_string(value) + " is unknown");
  }
}

ArchiveEntry read_entry(TocReader& in, const Head& head) {
  ArchiveEntry entry;
  entry.id = in.integer();
  static_cast<void>(in.integer());  // whether rows follow: never, in a schema-only archive
  entry.catalogue = parse_number<Oid>(in.string_or_empty());
  entry.object = parse_number<Oid>(in.string_or_empty());
  entry.name = in.string_or_empty();
  entry.kind = in.string_or_empty();
  entry.section = section_of(in.integer());
  entry.sql = in.string_or_empty();
  entry.drop_sql = in.string_or_empty();
  static_cast<void>(in.string());  // COPY statement
  entry.schema = in.string_or_empty();
  entry.tablespace = in.string_or_empty();
  if (head.minor >= kFirstWithTableAccessMethod) entry.table_access_method = in.string_or_empty();
  if (head.minor >= kFirstWithRelationKind) static_cast<void>(in.integer());
  entry.owner = in.string_or_empty();
  static_cast<void>(in.string());  // WITH OIDS, long gone
  while (const std::optional<std::string> dependency = in.string()) {
    entry.depends_on.push_back(parse_number<int>(*dependency));
  }
  static_cast<void>(in.byte());  // _ReadExtraToc: state and place of the rows
  static_cast<void>(in.take(head.offset_size));
  return entry;
}

}  // namespace

std::string ArchiveEntry::label() const {
  return kind + " " + (schema.empty() ? "" : schema + ".") + name;
}

Archive read_archive(ByteView bytes) {
  TocReader in(bytes);
  Archive archive;
  const Head head = read_head(in, archive);
  const int count = in.integer();
  if (count < 0 || count > kMostEntries) corrupt("it claims an impossible number of entries");
  std::set<int> seen;
  for (int i = 0; i < count; ++i) {
    ArchiveEntry entry = read_entry(in, head);
    if (entry.id <= 0) corrupt("an entry has no id");
    if (!seen.insert(entry.id).second) corrupt("two entries have one id");
    if (entry.kind == "ENCODING") {
      archive.encoding_sql = entry.sql;
    } else if (entry.kind == "STDSTRINGS") {
      archive.strings_sql = entry.sql;
    } else if (entry.kind != "SEARCHPATH") {
      archive.entries.push_back(std::move(entry));
    }
  }
  return archive;
}

}  // namespace lifeboat::postgres
