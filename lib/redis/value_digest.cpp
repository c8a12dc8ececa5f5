#include "redis/value_digest.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/wire.h"
#include "redis/stream_value.h"
#include "seal/sha256.h"

namespace lifeboat::redis {
namespace {

constexpr std::size_t kBlockBytes = 1U << 20U;

void put_text(WireWriter& out, std::string_view text) {
  out.put(static_cast<std::uint64_t>(text.size())).put_bytes(as_bytes(text));
}

void put_id(WireWriter& out, StreamId id) { out.put(id.ms).put(id.sequence); }

/// The canonical bytes of a stream: without times, and without what says how often groups were
/// read.
class StreamBytes final : public StreamVisitor {
 public:
  void entry(StreamId id, const Fields& fields) override {
    put_id(out_, id);
    out_.put(static_cast<std::uint64_t>(fields.size()));
    for (const std::string_view text : fields) put_text(out_, text);
  }
  void tail(const StreamTail& tail) override {
    out_.put(tail.entries);
    put_id(out_, tail.last);
  }
  void group(const StreamGroup& group) override {
    put_text(out_, group.name);
    put_id(out_, group.last);
    out_.put(static_cast<std::uint64_t>(group.pending.size()));
    for (const StreamGroup::Pending& one : group.pending) {
      put_id(out_, one.id);
      out_.put(one.deliveries);
    }
    out_.put(static_cast<std::uint64_t>(group.consumers.size()));
    for (const StreamGroup::Consumer& consumer : group.consumers) {
      put_text(out_, consumer.name);
      out_.put(static_cast<std::uint64_t>(consumer.pending.size()));
      for (const StreamId id : consumer.pending) put_id(out_, id);
    }
  }
  [[nodiscard]] std::string_view text() const { return as_text(out_.bytes()); }

 private:
  WireWriter out_;
};

/// Makes the digest of what is read.
class DigestVisitor final : public ValueVisitor {
 public:
  void begin(ValueType type) override { digest_.emplace(type); }
  void element(std::string_view element) override { digest_->add(element); }
  void scored(std::string_view member, double score) override {
    digest_->add_scored(member, score);
  }
  void field(std::string_view field, std::string_view value) override {
    digest_->add_field(field, value);
  }
  StreamVisitor& stream() override { return stream_.emplace(); }
  [[nodiscard]] Digest finish() {
    if (stream_) digest_->add(stream_->text());
    return digest_->finish();
  }

 private:
  std::optional<ValueDigest> digest_;
  std::optional<StreamBytes> stream_;
};

}  // namespace

void ValueDigest::close_block() {
  const seal::Sha256 hash = seal::sha256(block_);
  append(hashes_, hash);
  block_.clear();
}

void ValueDigest::add_named(std::string_view name, std::string_view rest) {
  WireWriter whole;
  whole.put(static_cast<std::uint64_t>(name.size()));
  whole.put_bytes(as_bytes(name)).put_bytes(as_bytes(rest));
  elements_.push_back({seal::sha256(as_bytes(name)), seal::sha256(whole.bytes()),
                       static_cast<std::uint32_t>(elements_.size())});
}

void ValueDigest::add(std::string_view element) {
  if (type_ == ValueType::set) return add_named(element, {});
  if (type_ == ValueType::list) {
    const seal::Sha256 hash = seal::sha256(as_bytes(element));
    append(hashes_, hash);
    return;
  }
  while (!element.empty()) {
    const std::size_t count = std::min(element.size(), kBlockBytes - block_.size());
    append(block_, as_bytes(element.substr(0, count)));
    element.remove_prefix(count);
    if (block_.size() == kBlockBytes) close_block();
  }
}

void ValueDigest::add_scored(std::string_view member, double score) {
  WireWriter bits;
  bits.put(std::bit_cast<std::uint64_t>(score == 0 ? 0.0 : score));  // -0 equals 0
  add_named(member, as_text(bits.bytes()));
}

void ValueDigest::add_field(std::string_view field, std::string_view value) {
  add_named(field, value);
}

Digest ValueDigest::finish() {
  if (!block_.empty()) close_block();
  std::ranges::sort(elements_, [](const Element& a, const Element& b) {
    return a.name != b.name ? a.name < b.name : a.order < b.order;
  });
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    const bool last = i + 1 == elements_.size() || elements_[i].name != elements_[i + 1].name;
    if (last) append(hashes_, elements_[i].whole);
  }
  WireWriter all;
  all.put(static_cast<std::uint8_t>(type_)).put_bytes(hashes_);
  return seal::sha256(all.bytes());
}

Digest digest_of_payload(ByteView payload) {
  DigestVisitor visitor;
  read_value(payload, visitor);
  return visitor.finish();
}

}  // namespace lifeboat::redis
