#include "redis/key_reader.h"

#include <algorithm>

#include "redis/big_key.h"
#include "redis/crc64.h"

namespace lifeboat::redis {
namespace {

using resp::Value;

constexpr std::uint64_t kWindowBytes = 8U << 20U;  ///< of values asked for at once
constexpr std::uint64_t kMostNamed = 100;          ///< keys that could not be read, by name

/// Types of an RDB that are streams.
bool is_stream(const std::string& payload) {
  const auto type = static_cast<unsigned char>(payload.front());
  return type == 15 || type == 19 || type == 21 || type >= 26;
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
  if (++refused_ > kMostNamed) return;
  not_carried_.push_back({"key " + key + " of database " + std::to_string(database_), reason});
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

std::uint64_t KeyReader::size_by_type(const std::string& key, const std::string& type) {
  // Bytes an element takes are not known: these are for an average one.
  if (type == "string") return static_cast<std::uint64_t>(connection_.ask({"STRLEN", key}).integer);
  const auto sized = [&](std::string_view command, std::uint64_t each) {
    return static_cast<std::uint64_t>(connection_.ask({command, key}).integer) * each;
  };
  if (type == "list") return sized("LLEN", 160);
  if (type == "set") return sized("SCARD", 160);
  if (type == "zset") return sized("ZCARD", 160);
  if (type == "hash") return sized("HLEN", 160);
  return 0;
}

std::vector<std::uint64_t> KeyReader::sizes(std::span<const std::string> keys) {
  std::vector<std::uint64_t> sizes(keys.size(), 0);
  if (allowed_.memory_usage) {
    for (const std::string& key : keys) connection_.send({"MEMORY", "USAGE", key, "SAMPLES", "5"});
    for (std::uint64_t& size : sizes) {
      size = static_cast<std::uint64_t>(std::max<std::int64_t>(connection_.receive().integer, 0));
    }
    return sizes;
  }
  for (const std::string& key : keys) connection_.send({"TYPE", key});
  std::vector<std::string> types;
  for (std::size_t i = 0; i < keys.size(); ++i) types.push_back(connection_.receive().text);
  for (std::size_t i = 0; i < keys.size(); ++i) sizes[i] = size_by_type(keys[i], types[i]);
  return sizes;
}

void KeyReader::read_small(std::span<const std::string> keys, bool tombstones) {
  for (const std::string& key : keys) send_dump(key);
  for (const std::string& key : keys) {
    Value payload = connection_.receive();
    const Value expiry = receive_expiry();
    static_cast<void>(write_dumped(key, dumped_of(std::move(payload), expiry), tombstones));
  }
}

void KeyReader::read(std::span<const std::string> keys, bool tombstones) {
  const std::vector<std::uint64_t> size = sizes(keys);
  std::size_t begin = 0;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool big = size[i] > kBigBytes;
    if (big || bytes + size[i] > kWindowBytes) {
      read_small(keys.subspan(begin, i - begin), tombstones);
      begin = i;
      bytes = 0;
    }
    if (big) {
      big_.insert(keys[i]);
      read_big(keys[i], size[i], tombstones);
      begin = i + 1;
    } else {
      bytes += size[i];
    }
  }
  read_small(keys.subspan(begin), tombstones);
}

void KeyReader::read_whole(const std::string& key, bool tombstones) {
  read_small(std::span(&key, 1), tombstones);
}

void KeyReader::read_big(const std::string& key, std::uint64_t size_bytes, bool tombstones) {
  const Value type = connection_.require({"TYPE", key});
  const std::optional<PieceType> pieces = piece_type_of(type.text);
  if (!pieces) return read_whole(key, tombstones);
  send_expiry(key);
  const Dumped expiry = dumped_of(Value{resp::Kind::bulk, 0, "", {}}, receive_expiry());
  const std::uint64_t length = length_of(connection_, key, *pieces);
  if (expiry.payload.is_nil() || length == 0) return read_whole(key, tombstones);

  Piece piece{*pieces, 0, false, {}};
  const auto write = [&] {
    const Bytes body = encode(piece);
    out_.write({Tag::piece, database_, expiry.expiry_ms, key, body});
    ++piece.number;
  };
  const bool same_type = read_in_pieces(connection_, key, *pieces, size_bytes / length,
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
