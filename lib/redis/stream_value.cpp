// The value of a stream in an RDB: nodes of entries, then ids, then consumer groups.
#include <charconv>

#include "base/error.h"
#include "base/wire.h"
#include "redis/rdb_reader.h"
#include "redis/value_digest.h"

namespace lifeboat::redis {
namespace {

constexpr unsigned kDeleted = 1;
constexpr unsigned kSameFields = 2;

[[noreturn]] void refuse(const char* why) {
  throw Error(ErrorKind::corrupt, std::string("a stream of Redis: ") + why);
}

/// Elements of a node, taken one by one.
class Cursor {
 public:
  explicit Cursor(const std::vector<std::string>& elements) : elements_(elements) {}
  [[nodiscard]] const std::string& text() {
    if (at_ >= elements_.size()) refuse("a node breaks off");
    return elements_[at_++];
  }
  [[nodiscard]] std::uint64_t number() {
    const std::string& digits = text();
    std::int64_t value = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failure != std::errc() || end != digits.data() + digits.size()) refuse("no number");
    return static_cast<std::uint64_t>(value);
  }
  [[nodiscard]] bool at_end() const { return at_ == elements_.size(); }

 private:
  const std::vector<std::string>& elements_;
  std::size_t at_ = 0;
};

void put_text(WireWriter& out, std::string_view text) {
  out.put(static_cast<std::uint64_t>(text.size())).put_bytes(as_bytes(text));
}

std::uint64_t big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t one : bytes) value = value << 8U | one;
  return value;
}

void put_entries(WireWriter& out, const std::string& node_id, const std::string& node) {
  if (node_id.size() != 16) refuse("the id of a node is not one");
  const std::uint64_t base_ms = big_endian(as_bytes(node_id).first(8));
  const std::uint64_t base_seq = big_endian(as_bytes(node_id).last(8));
  const std::vector<std::string> elements = read_listpack(as_bytes(node));
  Cursor in(elements);
  static_cast<void>(in.number());  // entries that stand
  static_cast<void>(in.number());  // entries deleted
  const std::uint64_t shared = in.number();
  if (shared > elements.size()) refuse("more fields than there can be");
  std::vector<std::string> fields;
  for (std::uint64_t i = 0; i < shared; ++i) fields.push_back(in.text());
  static_cast<void>(in.text());  // the end of the first entry
  while (!in.at_end()) {
    const std::uint64_t flags = in.number();
    WireWriter entry;
    entry.put(base_ms + in.number());
    entry.put(base_seq + in.number());
    const bool same = (flags & kSameFields) != 0;
    const std::uint64_t count = same ? shared : in.number();
    if (count > elements.size()) refuse("more fields than there can be");
    entry.put(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      put_text(entry, same ? fields[i] : in.text());
      put_text(entry, in.text());
    }
    static_cast<void>(in.text());  // how many elements the entry has
    if ((flags & kDeleted) == 0) out.put_bytes(entry.bytes());
  }
}

void put_group(WireWriter& out, RdbReader& in, unsigned rdb_type) {
  put_text(out, in.text());
  out.put(in.length());  // last delivered id
  out.put(in.length());
  if (rdb_type >= 19) static_cast<void>(in.length());  // entries read: an estimate
  const std::uint64_t pending = in.count_of(in.length(), 25);
  out.put(pending);
  for (std::uint64_t i = 0; i < pending; ++i) {
    out.put_bytes(in.raw(16));
    static_cast<void>(in.little_endian(8));  // delivery time
    out.put(in.length());                    // deliveries
  }
  const std::uint64_t consumers = in.count_of(in.length(), 10);
  out.put(consumers);
  for (std::uint64_t i = 0; i < consumers; ++i) {
    put_text(out, in.text());
    static_cast<void>(in.little_endian(8));  // seen
    if (rdb_type >= 21) static_cast<void>(in.little_endian(8));
    const std::uint64_t own = in.count_of(in.length(), 16);
    out.put(own);
    for (std::uint64_t k = 0; k < own; ++k) out.put_bytes(in.raw(16));
  }
}

}  // namespace

std::string canonical_stream(RdbReader& in, unsigned rdb_type) {
  WireWriter out;
  for (std::uint64_t left = in.count_of(in.length(), 18); left > 0; --left) {
    const std::string id = in.text();
    put_entries(out, id, in.text());
  }
  out.put(in.length());  // entries
  out.put(in.length());  // last id
  out.put(in.length());
  if (rdb_type >= 19) {
    for (int i = 0; i < 5; ++i) static_cast<void>(in.length());  // first id, last deleted, added
  }
  const std::uint64_t groups = in.count_of(in.length(), 4);
  out.put(groups);
  for (std::uint64_t i = 0; i < groups; ++i) put_group(out, in, rdb_type);
  return std::string(as_text(out.bytes()));
}

}  // namespace lifeboat::redis
