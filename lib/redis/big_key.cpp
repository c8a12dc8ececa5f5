#include "redis/big_key.h"

#include <algorithm>

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

constexpr std::uint64_t kPieceBytes = 1U << 20U;
constexpr std::uint64_t kMostElements = 1000;

/// Nothing if the key is of another type by now.
std::optional<Value> answer(Connection& connection, Connection::Arguments arguments) {
  Value reply = connection.ask(arguments);
  if (reply.code() == "WRONGTYPE" && reply.is_error()) return std::nullopt;
  if (reply.is_error()) throw resp::to_error(reply, std::string(*arguments.begin()));
  return reply;
}

std::vector<std::string_view> views_of(const std::vector<Value>& items) {
  std::vector<std::string_view> views;
  for (const Value& item : items) views.emplace_back(item.text);
  return views;
}

bool read_string(Connection& connection, const std::string& key, const TakeElements& take) {
  for (std::uint64_t at = 0;; at += kPieceBytes) {
    const auto reply = answer(
        connection, {"GETRANGE", key, std::to_string(at), std::to_string(at + kPieceBytes - 1)});
    if (!reply) return false;
    if (!reply->text.empty()) take({reply->text});
    if (reply->text.size() < kPieceBytes) return true;
  }
}

bool read_list(Connection& connection, const std::string& key, std::uint64_t count,
               const TakeElements& take) {
  for (std::uint64_t at = 0;; at += count) {
    const auto reply =
        answer(connection, {"LRANGE", key, std::to_string(at), std::to_string(at + count - 1)});
    if (!reply) return false;
    if (!reply->items.empty()) take(views_of(reply->items));
    if (reply->items.size() < count) return true;
  }
}

bool read_by_cursor(Connection& connection, std::string_view command, const std::string& key,
                    std::uint64_t count, const TakeElements& take) {
  std::string cursor = "0";
  do {
    const auto reply = answer(connection, {command, key, cursor, "COUNT", std::to_string(count)});
    if (!reply) return false;
    if (reply->items.size() != 2) {
      throw Error(ErrorKind::corrupt, std::string(command) + ": an unexpected reply");
    }
    cursor = reply->items[0].text;
    if (!reply->items[1].items.empty()) take(views_of(reply->items[1].items));
  } while (cursor != "0");
  return true;
}

}  // namespace

std::optional<PieceType> piece_type_of(std::string_view type) {
  if (type == "string") return PieceType::string;
  if (type == "list") return PieceType::list;
  if (type == "set") return PieceType::set;
  if (type == "zset") return PieceType::sorted_set;
  if (type == "hash") return PieceType::hash;
  return std::nullopt;
}

std::string_view length_command(PieceType type) {
  constexpr std::string_view kCommands[] = {"", "STRLEN", "LLEN", "SCARD", "ZCARD", "HLEN"};
  return kCommands[static_cast<std::size_t>(type)];
}

std::uint64_t length_of(Connection& connection, const std::string& key, PieceType type) {
  const Value reply = connection.ask({length_command(type), key});
  return static_cast<std::uint64_t>(std::max<std::int64_t>(reply.integer, 0));
}

bool read_in_pieces(Connection& connection, const std::string& key, PieceType type,
                    std::uint64_t average_bytes, const TakeElements& take) {
  const std::uint64_t count = std::clamp<std::uint64_t>(
      kPieceBytes / std::max<std::uint64_t>(average_bytes, 1), 1, kMostElements);
  switch (type) {
    case PieceType::string:
      return read_string(connection, key, take);
    case PieceType::list:
      return read_list(connection, key, count, take);
    case PieceType::set:
      return read_by_cursor(connection, "SSCAN", key, count, take);
    case PieceType::sorted_set:
      return read_by_cursor(connection, "ZSCAN", key, count, take);
    case PieceType::hash:
      return read_by_cursor(connection, "HSCAN", key, count, take);
  }
  return false;
}

}  // namespace lifeboat::redis
