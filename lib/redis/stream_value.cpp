#include "redis/stream_value.h"

#include <charconv>

#include "base/error.h"

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

std::uint64_t big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t one : bytes) value = value << 8U | one;
  return value;
}

StreamId raw_id(ByteView bytes) { return {big_endian(bytes.first(8)), big_endian(bytes.last(8))}; }

StreamId read_id(RdbReader& in) {
  const std::uint64_t ms = in.length();
  return {ms, in.length()};
}

void read_node(StreamId base, const std::string& node, StreamVisitor& visitor) {
  const std::vector<std::string> elements = read_listpack(as_bytes(node));
  Cursor in(elements);
  static_cast<void>(in.number());  // entries that stand
  static_cast<void>(in.number());  // entries deleted
  const std::uint64_t shared = in.number();
  if (shared > elements.size()) refuse("more fields than there can be");
  std::vector<std::string_view> names;
  for (std::uint64_t i = 0; i < shared; ++i) names.emplace_back(in.text());
  static_cast<void>(in.text());  // the end of the first entry
  StreamVisitor::Fields fields;
  while (!in.at_end()) {
    const std::uint64_t flags = in.number();
    StreamId id = base;
    id.ms += in.number();
    id.sequence += in.number();
    const bool same = (flags & kSameFields) != 0;
    const std::uint64_t count = same ? shared : in.number();
    if (count > elements.size()) refuse("more fields than there can be");
    fields.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      fields.push_back(same ? names[i] : std::string_view(in.text()));
      fields.emplace_back(in.text());
    }
    static_cast<void>(in.text());  // how many elements the entry has
    if ((flags & kDeleted) == 0) visitor.entry(id, fields);
  }
}

StreamGroup::Consumer read_consumer(RdbReader& in, unsigned rdb_type) {
  StreamGroup::Consumer consumer;
  consumer.name = in.text();
  static_cast<void>(in.little_endian(8));                      // seen
  if (rdb_type >= 21) static_cast<void>(in.little_endian(8));  // active
  for (std::uint64_t left = in.count_of(in.length(), 16); left > 0; --left) {
    consumer.pending.push_back(raw_id(in.raw(16)));
  }
  return consumer;
}

StreamGroup read_group(RdbReader& in, unsigned rdb_type) {
  StreamGroup group;
  group.name = in.text();
  group.last = read_id(in);
  if (rdb_type >= 19) group.entries_read = static_cast<std::int64_t>(in.length());
  for (std::uint64_t left = in.count_of(in.length(), 25); left > 0; --left) {
    StreamGroup::Pending pending;
    pending.id = raw_id(in.raw(16));
    pending.delivered_ms = in.little_endian(8);
    pending.deliveries = in.length();
    group.pending.push_back(pending);
  }
  for (std::uint64_t left = in.count_of(in.length(), 10); left > 0; --left) {
    group.consumers.push_back(read_consumer(in, rdb_type));
  }
  return group;
}

StreamTail read_tail(RdbReader& in, unsigned rdb_type) {
  StreamTail tail;
  tail.entries = in.length();
  tail.last = read_id(in);
  if (rdb_type < 19) return tail;
  static_cast<void>(read_id(in));  // the first entry's, which follows from the entries
  StreamTail::Counters counters;
  counters.last_deleted = read_id(in);
  counters.added = in.length();
  tail.counters = counters;
  return tail;
}

}  // namespace

std::string StreamId::text() const { return std::to_string(ms) + '-' + std::to_string(sequence); }

void read_stream(RdbReader& in, unsigned rdb_type, StreamVisitor& visitor) {
  for (std::uint64_t left = in.count_of(in.length(), 18); left > 0; --left) {
    const std::string id = in.text();
    if (id.size() != 16) refuse("the id of a node is not one");
    read_node(raw_id(as_bytes(id)), in.text(), visitor);
  }
  visitor.tail(read_tail(in, rdb_type));
  for (std::uint64_t left = in.count_of(in.length(), 4); left > 0; --left) {
    visitor.group(read_group(in, rdb_type));
  }
}

}  // namespace lifeboat::redis
