#include "redis/key_scan.h"

#include <algorithm>

namespace lifeboat::redis {

KeyScan::KeyScan(resp::Connection& connection, std::size_t depth, std::string_view type)
    : connection_(connection),
      depth_(std::to_string(std::max<std::size_t>(depth, 1))),
      type_(type) {}

void KeyScan::ask() {
  if (type_.empty()) {
    connection_.send({"SCAN", cursor_, "COUNT", depth_});
  } else {
    connection_.send({"SCAN", cursor_, "COUNT", depth_, "TYPE", type_});
  }
  due_ = true;
}

std::vector<std::string> KeyScan::take() {
  resp::Value reply = connection_.receive();
  due_ = false;
  if (reply.is_error()) throw resp::to_error(reply, "SCAN");
  if (reply.items.size() != 2) throw Error(ErrorKind::corrupt, "SCAN: an unexpected reply");
  cursor_ = std::move(reply.items[0].text);
  at_end_ = cursor_ == "0";
  std::vector<std::string> keys;
  keys.reserve(reply.items[1].items.size());
  for (resp::Value& key : reply.items[1].items) keys.push_back(std::move(key.text));
  return keys;
}

}  // namespace lifeboat::redis
