#include "redis/key_reader.h"

#include <algorithm>

#include "redis/big_key.h"
#include "redis/crc64.h"
#include "redis/key_text.h"

namespace lifeboat::redis {
namespace {

using resp::Value;

constexpr std::uint64_t kWindowBytes = 8U << 20U;  ///< of values asked for at once
constexpr std::uint64_t kMostNamed = 100;          ///< keys that could not be read, by name
/// A value of more than kManyElements elements takes at least this: two bytes each, in a list.
constexpr std::uint64_t kMayBeMany = 2 * KeyReader::kManyElements;
/// What an average element takes, where the server does not tell.
constexpr std::uint64_t kElementBytes = 160;

/// Types of an RDB that are streams.
bool is_stream(const std::string& payload) {
  const auto type = static_cast<unsigned char>(payload.front());
  return type == 15 || type == 19 || type == 21 || type >= 26;
}

/// Tells how many elements (of a string, bytes) a value of this type has; empty for other types.
std::string_view length_command(std::string_view type) {
  const std::optional<PieceType> pieces = piece_type_of(type);
  return pieces ? length_command(*pieces) : std::string_view();
}

}  // namespace

KeyReader::KeyReader(resp::Connection& connection, const Allowed& allowed, RecordWriter& out)
    : connection_(connection),
      allowed_(allowed),
      out_(out),
      database_(connection.address().database) {
  if (allowed_.no_touch) static_cast<void>(connection_.ask({"CLIENT", "NO-TOUCH", "ON"}));
}

void KeyReader::select(std::uint32_t database) {
  if (database == database_) return;
  static_cast<void>(connection_.require({"SELECT", std::to_string(database)}));
  database_ = database;
}

void KeyReader::send_dump(const std::string& key) {
  connection_.send({"DUMP", key});
  send_expiry(key);
}

void KeyReader::send_expiry(const std::string& key) {
  if (allowed_.pexpiretime) {
    connection_.send({"PEXPIRETIME", key});
    return;
  }
  // Of one moment: the time that is left means something only with the time it is.
  connection_.send({"MULTI"});
  connection_.send({"TIME"});
  connection_.send({"PTTL", key});
  connection_.send({"EXEC"});
}

Value KeyReader::receive_expiry() {
  if (allowed_.pexpiretime) return connection_.receive();
  for (int i = 0; i < 3; ++i) static_cast<void>(connection_.receive());
  return connection_.receive();
}

KeyReader::Dumped KeyReader::dumped_of(Value payload, const Value& expiry) const {
  Dumped dumped;
  dumped.payload = std::move(payload);
  if (dumped.payload.is_nil() || dumped.payload.is_error()) return dumped;
  if (expiry.kind == resp::Kind::integer) {
    if (expiry.integer >= 0) dumped.expiry_ms = static_cast<std::uint64_t>(expiry.integer);
    if (expiry.integer == -2) dumped.payload = Value{};  // went between the two
    return dumped;
  }
  if (expiry.items.size() != 2 || expiry.items[0].items.size() != 2) {
    throw resp::to_error(expiry, "the expiry of a key");
  }
  const std::int64_t left = expiry.items[1].integer;
  const Value& time = expiry.items[0];
  if (left == -2) dumped.payload = Value{};
  if (left < 0) return dumped;
  // 0 is a key in its last millisecond, not one that stays for ever.
  dumped.expiry_ms = std::stoull(time.items[0].text) * 1000 +
                     std::stoull(time.items[1].text) / 1000 +
                     static_cast<std::uint64_t>(std::max<std::int64_t>(left, 1));
  return dumped;
}

void KeyReader::refuse_key(const std::string& key, const std::string& reason) {
  const bool named = named_.contains({database_, key});  // it is read again when it changes
  if (named || ++refused_ > kMostNamed) return;
  named_.emplace(database_, key);
  not_carried_.push_back(
      {"key " + shown_key(key) + " of database " + std::to_string(database_), reason});
}

std::vector<NotCarried> KeyReader::take_not_carried() {
  if (refused_ > kMostNamed) {
    not_carried_.push_back(
        {std::to_string(refused_ - kMostNamed) + " more keys", "they could not be read either"});
  }
  refused_ = 0;
  return std::exchange(not_carried_, {});
}

std::vector<DatabaseKey> KeyReader::take_unread() { return std::exchange(unread_, {}); }

bool KeyReader::write_dumped(const std::string& key, const Dumped& dumped, bool tombstones) {
  const Value& payload = dumped.payload;
  if (payload.is_error()) {
    // The server may be loading, or held up by a script: that says nothing of this key.
    Error error = resp::to_error(payload, "DUMP");
    if (error.kind() == ErrorKind::unavailable) throw error;
    refuse_key(key, payload.text);
    return true;
  }
  if (payload.is_nil()) {
    if (tombstones) out_.write({Tag::gone, database_, kNoExpiry, key, {}});
    return false;
  }
  const PayloadEnd end = end_of_payload(payload.bytes());
  if (!end.intact) {
    throw Error(ErrorKind::corrupt, "DUMP of a key came with a wrong checksum",
                "the connection or the server's memory is damaged");
  }
  rdb_version_ = end.rdb_version;
  if (is_stream(payload.text) && streams_.size() <= kMostStreams) {
    streams_.emplace(database_, key);
  }
  out_.write({Tag::value, database_, dumped.expiry_ms, key, payload.bytes()});
  return true;
}

void KeyReader::send_measures(std::span<const std::string> keys) {
  for (const std::string& key : keys) {
    if (allowed_.memory_usage) {
      connection_.send({"MEMORY", "USAGE", key});  // of 5 elements, not of all
    } else {
      connection_.send({"TYPE", key});
    }
  }
}

std::vector<KeyMeasure> KeyReader::take_measures(std::span<const std::string> keys) {
  std::vector<KeyMeasure> measures(keys.size());
  for (KeyMeasure& measure : measures) {
    Value reply = connection_.receive();
    if (allowed_.memory_usage) {
      measure.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(reply.integer, 0));
    } else {
      measure.type = std::move(reply.text);
    }
  }
  return measures;
}

void KeyReader::count_elements(std::span<const std::string> keys,
                               std::vector<KeyMeasure>& measures) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view command = length_command(measures[i].type);
    if (!command.empty()) connection_.send({command, keys[i]});
  }
  for (KeyMeasure& measure : measures) {
    if (length_command(measure.type).empty()) continue;
    const auto length =
        static_cast<std::uint64_t>(std::max<std::int64_t>(connection_.receive().integer, 0));
    const bool is_string = measure.type == "string";
    if (!allowed_.memory_usage) measure.bytes = length * (is_string ? 1 : kElementBytes);
    measure.big = measure.bytes > kBigBytes || (!is_string && length > kManyElements);
  }
}

void KeyReader::look_closer(std::span<const std::string> keys, std::vector<KeyMeasure>& measures) {
  if (!allowed_.memory_usage) return count_elements(keys, measures);
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (measures[i].bytes > kMayBeMany) large.push_back(i);
  }
  if (large.empty()) return;
  std::vector<std::string> names;
  std::vector<KeyMeasure> theirs;
  for (const std::size_t i : large) {
    connection_.send({"TYPE", keys[i]});
    names.push_back(keys[i]);
    theirs.push_back(measures[i]);
  }
  for (KeyMeasure& measure : theirs) {
    measure.type = connection_.receive().text;
    measure.big = measure.bytes > kBigBytes;
  }
  count_elements(names, theirs);
  for (std::size_t n = 0; n < large.size(); ++n) measures[large[n]] = std::move(theirs[n]);
}

std::vector<std::uint64_t> KeyReader::measure_in(const std::set<std::uint32_t>& databases,
                                                 std::span<const std::string> keys) {
  for (const std::uint32_t database : databases) {
    connection_.send({"SELECT", std::to_string(database)});
    send_measures(keys);
  }
  std::vector<std::vector<KeyMeasure>> all;
  for (const std::uint32_t database : databases) {
    const Value selected = connection_.receive();
    if (selected.is_error()) throw resp::to_error(selected, "SELECT");
    database_ = database;
    all.push_back(take_measures(keys));
  }
  std::vector<std::uint64_t> bytes(keys.size(), 0);
  auto measures = all.begin();
  for (const std::uint32_t database : databases) {
    const bool may_be_big = std::ranges::any_of(
        *measures, [](const KeyMeasure& measure) { return measure.bytes > kMayBeMany; });
    if (may_be_big || !allowed_.memory_usage) {
      select(database);
      look_closer(keys, *measures);
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
      bytes[i] += (*measures)[i].bytes;
      if ((*measures)[i].big) big_.insert(keys[i]);
    }
    ++measures;
  }
  return bytes;
}

void KeyReader::send_dumps(std::span<const std::string> keys) {
  for (const std::string& key : keys) send_dump(key);
}

void KeyReader::take_dumps(std::span<const std::string> keys, bool tombstones) {
  for (const std::string& key : keys) {
    Value payload = connection_.receive();
    const Value expiry = receive_expiry();
    static_cast<void>(write_dumped(key, dumped_of(std::move(payload), expiry), tombstones));
  }
}

void KeyReader::read(std::span<const std::string> keys, bool tombstones) {
  send_measures(keys);
  read_measured(keys, take_measures(keys), tombstones, [] {});
}

void KeyReader::read_measured(std::span<const std::string> keys, std::vector<KeyMeasure> measures,
                              bool tombstones, const std::function<void()>& meanwhile) {
  look_closer(keys, measures);
  std::size_t begin = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (measures[i].big || bytes + measures[i].bytes > kWindowBytes) {
      send_dumps(keys.subspan(begin, i - begin));
      take_dumps(keys.subspan(begin, i - begin), tombstones);
      begin = i;
      bytes = 0;
    }
    if (measures[i].big) {
      big_.insert(keys[i]);
      read_big(keys[i], measures[i], tombstones);
      begin = i + 1;
    } else {
      bytes += measures[i].bytes;
    }
  }
  send_dumps(keys.subspan(begin));
  meanwhile();
  take_dumps(keys.subspan(begin), tombstones);
}

void KeyReader::read_big_whole(const std::string& key, const KeyMeasure& measure, bool tombstones) {
  const std::span<const std::string> one(&key, 1);
  send_dumps(one);
  take_dumps(one, tombstones);
  if (measure.type == "none" || read_whole_.size() >= kMostNamed) return;
  read_whole_.insert("key " + shown_key(key) + " of database " + std::to_string(database_) + " (" +
                     measure.type + ")");
}

void KeyReader::read_big(const std::string& key, const KeyMeasure& measure, bool tombstones) {
  const std::optional<PieceType> pieces = piece_type_of(measure.type);
  if (!pieces) return read_big_whole(key, measure, tombstones);
  send_expiry(key);
  const Dumped expiry = dumped_of(Value{resp::Kind::bulk, 0, "", {}}, receive_expiry());
  const std::uint64_t length = length_of(connection_, key, *pieces);
  if (expiry.payload.is_nil() || length == 0) {  // gone, or of another type by now
    return read_big_whole(key, {0, "none", false}, tombstones);
  }

  Piece piece{*pieces, 0, false, {}};
  const auto write = [&] {
    const Bytes body = encode(piece);
    out_.write({Tag::piece, database_, expiry.expiry_ms, key, body});
    ++piece.number;
  };
  const bool same_type = read_in_pieces(connection_, key, *pieces, measure.bytes / length,
                                        [&](const std::vector<std::string_view>& elements) {
                                          piece.elements = elements;
                                          write();
                                        });
  piece.elements.clear();
  piece.last = true;
  write();
  if (same_type) return;
  out_.write({Tag::gone, database_, kNoExpiry, key, {}});
  unread_.emplace_back(database_, key);
}

}  // namespace lifeboat::redis
