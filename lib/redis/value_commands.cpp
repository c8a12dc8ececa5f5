#include "redis/value_commands.h"

#include <array>
#include <charconv>
#include <utility>

#include "redis/stream_commands.h"

namespace lifeboat::redis {
namespace {

constexpr std::uint64_t kCommandBytes = 256U << 10U;
constexpr std::size_t kMostElements = 512;
constexpr std::size_t kStringBytes = 1U << 20U;

/// So that the server reads the same double.
std::string score_text(double score) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), score).ptr;
  return std::string(buffer.data(), end);
}

/// The first pass over a stream: which entries are pending.
class FirstLook final : public ValueVisitor {
 public:
  void begin(ValueType) override {}
  void element(std::string_view) override {}
  void scored(std::string_view, double) override {}
  void field(std::string_view, std::string_view) override {}
  StreamVisitor& stream() override { return pending; }

  PendingIds pending;
};

/// Puts elements together into commands.
class CommandVisitor final : public ValueVisitor {
 public:
  CommandVisitor(const TakeCommand& take, StreamCommands& stream) : take_(take), stream_(stream) {}

  void begin(ValueType type) override { type_ = type; }
  void element(std::string_view element) override {
    if (type_ == ValueType::string) return give_string(element);
    add({element});
  }
  void scored(std::string_view member, double score) override {
    const std::string text = score_text(score);
    add({text, member});
  }
  void field(std::string_view field, std::string_view value) override { add({field, value}); }
  StreamVisitor& stream() override { return stream_; }

  void flush() {
    if (elements_ > 0) take_(std::exchange(command_, {}));
    elements_ = 0;
    bytes_ = 0;
  }

 private:
  void add(std::initializer_list<std::string_view> words) {
    constexpr std::array<const char*, 6> kVerbs = {"", "SET", "RPUSH", "SADD", "ZADD", "HSET"};
    if (elements_ == 0) command_.words = {kVerbs.at(static_cast<std::size_t>(type_)), ""};
    for (const std::string_view word : words) {
      command_.words.emplace_back(word);
      bytes_ += word.size();
    }
    if (++elements_ >= kMostElements || bytes_ >= kCommandBytes) flush();
  }

  void give_string(std::string_view bytes) {
    const char* verb = "SET";
    do {
      const std::string_view piece = bytes.substr(0, kStringBytes);
      bytes.remove_prefix(piece.size());
      take_({.words = {verb, "", std::string(piece)}, .key_at = 1, .answers = {}});
      verb = "APPEND";
    } while (!bytes.empty());
  }

  const TakeCommand& take_;
  StreamCommands& stream_;
  ValueType type_ = ValueType::opaque;
  WriteCommand command_;
  std::size_t elements_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

StreamAbilities abilities_of(std::string_view version) {
  unsigned major = 0;
  unsigned minor = 0;
  const char* end = version.data() + version.size();
  const auto dot = std::from_chars(version.data(), end, major).ptr;
  if (major == 0) return {};
  if (dot != end) std::from_chars(dot + 1, end, minor);
  return {.consumers = major > 6 || (major == 6 && minor >= 2), .counters = major >= 7};
}

std::uint64_t WriteCommand::bytes() const {
  std::uint64_t bytes = 0;
  for (const std::string& word : words) bytes += word.size();
  return bytes;
}

Translation translate(ByteView payload, const StreamAbilities& abilities, const TakeCommand& take) {
  const ValueType type = type_of_payload(payload);
  Translation result;
  result.rdb_type = payload[0];
  result.known = type != ValueType::opaque;
  if (!result.known) return result;
  FirstLook look;
  if (type == ValueType::stream) read_value(payload, look);
  StreamCommands stream(look.pending.take(), abilities, take);
  CommandVisitor visitor(take, stream);
  read_value(payload, visitor);
  visitor.flush();
  if (type == ValueType::stream) result.inexact = stream.finish();
  return result;
}

}  // namespace lifeboat::redis
