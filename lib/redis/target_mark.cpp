#include "redis/target_mark.h"

#include "base/error.h"

namespace lifeboat::redis {
namespace {

void select(resp::Connection& connection, std::uint32_t database) {
  static_cast<void>(connection.require({"SELECT", std::to_string(database)}));
}

}  // namespace

std::string read_mark(resp::Connection& connection, std::uint32_t database) {
  select(connection, database);
  const resp::Value mark = connection.ask({"GET", kUnfinishedMark});
  return mark.is_text() ? mark.text : "";
}

void set_mark(resp::Connection& connection, std::uint32_t database, std::string_view text) {
  select(connection, database);
  const resp::Value reply = connection.ask({"SET", kUnfinishedMark, text});
  if (!reply.is_error()) return;
  throw resp::to_error(reply, "mark the target as unfinished")
      .add_hint("the restore needs to write the key " + std::string(kUnfinishedMark));
}

bool lift_mark(resp::Connection& connection, std::uint32_t database) {
  select(connection, database);
  return connection.require({"UNLINK", kUnfinishedMark}).integer == 1;
}

}  // namespace lifeboat::redis
