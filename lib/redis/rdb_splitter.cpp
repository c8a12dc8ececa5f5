#include "redis/rdb_splitter.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "redis/crc64.h"
#include "redis/key_text.h"

namespace lifeboat::redis {
namespace {

constexpr std::uint64_t kBigBytes = 8U << 20U;  ///< above this a value goes in pieces
constexpr std::uint64_t kMostWhole = 512U << 20U;
constexpr std::uint64_t kMostSetting = 64 * 1024;
constexpr std::uint64_t kMostNamed = 100;
constexpr std::size_t kMostDatabases = 1U << 20U;
constexpr std::uint64_t kTellBytes = 1U << 20U;

/// What stands in an RDB where a type could.
enum Mark : std::uint8_t {
  kFunctions = 245,
  kModuleData = 247,
  kIdle = 248,
  kFrequency = 249,
  kSetting = 250,
  kSizes = 251,
  kExpiryMs = 252,
  kExpirySeconds = 253,
  kDatabase = 254,
  kEnd = 255,
};

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::corrupt, "the server's RDB: " + why);
}

[[noreturn]] void refuse_unknown(const std::string& what) {
  throw Error(ErrorKind::refused,
              "the server's RDB: " + what + ", which this version does not know",
              "use a newer lifeboat, or read keys by commands: capture = \"tracking\"");
}

template <typename Number>
std::optional<Number> number_of(std::string_view digits) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

void put_little_endian(Bytes& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// What DUMP and FUNCTION DUMP put behind: RDB version and CRC64.
void close_payload(Bytes& payload, std::uint16_t version) {
  put_little_endian(payload, version, 2);
  put_little_endian(payload, crc64(0, payload), 8);
}

/// A module's name is in the upper 54 bits of its id, six bits a character.
std::string module_name(std::uint64_t id) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name;
  for (int i = 0; i < 9; ++i) name += kCharacters[id >> (58 - 6 * i) & 63U];
  return name;
}

}  // namespace

void RdbSplitter::read_head() {
  const std::string head(as_text(in_.take(9)));
  const bool valkey = head.starts_with("VALKEY");
  if (!valkey && !head.starts_with("REDIS")) refuse("it does not begin as one");
  const auto version = number_of<std::uint16_t>(std::string_view(head).substr(valkey ? 6 : 5));
  if (!version) refuse("it does not begin as one");
  const bool known = valkey ? *version == 80 : *version >= 5 && *version <= 12;
  if (!known) refuse_unknown("it has version " + std::to_string(*version));
  summary_.dialect = valkey ? RdbDialect::valkey : RdbDialect::redis;
  summary_.version = *version;
}

void RdbSplitter::write_value(unsigned type, ByteView value) {
  body_.clear();
  body_.push_back(static_cast<std::uint8_t>(type));
  append(body_, value);
  close_payload(body_, summary_.version);
  out_.write({Tag::value, key_.database, key_.expiry_ms, key_.name, body_});
  if (body_.capacity() > 2 * kBigBytes) body_ = {};
}

void RdbSplitter::pass_unfit_value(unsigned type) {
  static_cast<void>(pass_value(in_, summary_.dialect, type, kAnyWeight));
  if (++unfit_ > kMostNamed) return;
  summary_.not_carried.push_back(
      {"key " + shown_key(key_.name) + " of database " + std::to_string(key_.database),
       "its value is above 512 MiB, and of a type that is carried whole"});
}

void RdbSplitter::read_value(unsigned type) {
  const bool pieces = goes_in_pieces(type);
  in_.keep();
  if (pass_value(in_, summary_.dialect, type, pieces ? kBigBytes : kMostWhole)) {
    write_value(type, in_.kept());
    return in_.release();
  }
  in_.rewind();
  if (!pieces) return pass_unfit_value(type);
  write_in_pieces(in_, type, key_, out_);
}

void RdbSplitter::read_key(unsigned type) {
  if (!is_known_type(summary_.dialect, type)) {
    refuse_unknown("a value of type " + std::to_string(type));
  }
  key_.name = in_.text(kMostWhole);
  read_value(type);
  key_.expiry_ms = kNoExpiry;
  ++keys_;
  ++summary_.databases[key_.database];
  if (summary_.databases.size() > kMostDatabases) refuse("more databases than there can be");
  tell(false);
}

void RdbSplitter::tell(bool at_end) {
  const std::uint64_t bytes = out_.bytes() - told_bytes_;
  if (!at_end && bytes < kTellBytes) return;
  observer_.item_advanced("keys", bytes, keys_ - told_keys_);
  told_bytes_ = out_.bytes();
  told_keys_ = keys_;
}

void RdbSplitter::read_setting() {
  const auto bounded = [&] {
    in_.keep();
    const bool fits = pass_value(in_, summary_.dialect, 0, kMostSetting);
    in_.rewind();
    if (fits) return in_.text(kMostSetting);
    static_cast<void>(pass_value(in_, summary_.dialect, 0, kAnyWeight));
    return std::string();
  };
  const std::string name = bounded();
  const std::string value = bounded();
  if (name != "ctime") return;
  const auto seconds = number_of<std::uint32_t>(value);
  if (!seconds) refuse("its time is no number");
  summary_.at = Instant(std::chrono::seconds(*seconds));
  has_time_ = true;
}

void RdbSplitter::read_functions() {
  in_.keep();
  const std::uint64_t room = kMostWhole - std::min<std::uint64_t>(kMostWhole, functions_.size());
  if (!pass_value(in_, summary_.dialect, 0, room)) refuse("functions above 512 MiB");
  functions_.push_back(kFunctions);
  append(functions_, in_.kept());
  in_.release();
}

void RdbSplitter::finish_functions() {
  if (functions_.empty()) return;
  close_payload(functions_, summary_.version);
  summary_.functions = std::move(functions_);
}

void RdbSplitter::read_module_data() {
  const std::string module = module_name(in_.length());
  static_cast<void>(in_.length());  // the mark of a number, and a number: before or after the keys
  static_cast<void>(in_.length());
  static_cast<void>(pass_module_data(in_, kAnyWeight));
  NotCarried item{"what the module " + module + " keeps beside its keys",
                  "a capture carries keys and functions"};
  const auto same = [&](const NotCarried& one) { return one.object == item.object; };
  if (std::ranges::none_of(summary_.not_carried, same) &&
      summary_.not_carried.size() < 2 * kMostNamed) {
    summary_.not_carried.push_back(std::move(item));
  }
}

bool RdbSplitter::read_step() {
  const std::uint8_t mark = in_.byte();
  switch (mark) {
    case kEnd:
      return false;
    case kDatabase: {
      const std::uint64_t number = in_.length();
      if (number > std::numeric_limits<std::uint32_t>::max()) refuse("a database beyond all");
      key_.database = static_cast<std::uint32_t>(number);
      return true;
    }
    case kExpirySeconds:
      key_.expiry_ms = in_.little_endian(4) * 1000;
      return true;
    case kExpiryMs:
      key_.expiry_ms = in_.little_endian(8);
      if (key_.expiry_ms >> 63U != 0) refuse("an expiry before all time");
      return true;
    case kSizes:
      static_cast<void>(in_.length());
      static_cast<void>(in_.length());
      return true;
    case kIdle:
      static_cast<void>(in_.length());
      return true;
    case kFrequency:
      static_cast<void>(in_.byte());
      return true;
    case kSetting:
      read_setting();
      return true;
    case kFunctions:
      read_functions();
      return true;
    case kModuleData:
      read_module_data();
      return true;
    default:
      read_key(mark);
      return true;
  }
}

void RdbSplitter::check_sum() {
  const std::uint64_t sum = in_.crc();
  const std::uint64_t stored = in_.little_endian(8);
  summary_.has_checksum = stored != 0;  // 0: the server was told to leave it out
  if (stored != 0 && stored != sum) refuse("its checksum is wrong");
  if (!has_time_) refuse("it does not say when it was made");
}

RdbSummary RdbSplitter::run() {
  read_head();
  while (read_step()) {
  }
  check_sum();
  finish_functions();
  if (unfit_ > kMostNamed) {
    summary_.not_carried.push_back({std::to_string(unfit_ - kMostNamed) + " more keys",
                                    "their values are above 512 MiB as well"});
  }
  out_.end_round();
  tell(true);
  return std::move(summary_);
}

}  // namespace lifeboat::redis
