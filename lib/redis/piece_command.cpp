#include "redis/piece_command.h"

#include "base/error.h"

namespace lifeboat::redis {

std::vector<std::string_view> command_of(const Piece& piece, std::string_view key) {
  constexpr std::string_view kAdd[] = {"", "APPEND", "RPUSH", "SADD", "ZADD", "HSET"};
  std::vector<std::string_view> words = {kAdd[static_cast<std::size_t>(piece.type)], key};
  if (piece.type != PieceType::sorted_set) {
    words.insert(words.end(), piece.elements.begin(), piece.elements.end());
    return words;
  }
  if (piece.elements.size() % 2 != 0) {
    throw Error(ErrorKind::corrupt, "a piece of a sorted set has a member without its score");
  }
  for (std::size_t i = 0; i < piece.elements.size(); i += 2) {  // ZADD wants the score first
    words.push_back(piece.elements[i + 1]);
    words.push_back(piece.elements[i]);
  }
  return words;
}

}  // namespace lifeboat::redis
