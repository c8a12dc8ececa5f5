#ifndef LIFEBOAT_REDIS_SERVER_JSON_H_
#define LIFEBOAT_REDIS_SERVER_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redis/capture.h"

namespace lifeboat::redis {

/// The document server.json: docs/format/redis.md.
[[nodiscard]] std::string to_json(const Capture& capture);

/// What a restore needs of it.
struct CapturedServer {
  std::string engine;
  std::string version;
  std::string run_id;
  std::uint16_t rdb_version = 0;
  bool exact = false;
  std::string reason;
  std::vector<std::uint32_t> databases;  ///< that held keys
};
/// Throws Error(corrupt), also for a format that is newer than this program.
[[nodiscard]] CapturedServer captured_server_from_json(std::string_view json);

/// Where a source was, as its identity says.
struct Place {
  std::string name;  ///< as flush_name_of() has it; empty if it cannot be told
  std::string run_id;
  std::uint32_t database = 0;
};
/// An identity that cannot be read is a place without a name.
[[nodiscard]] Place place_from_identity_json(std::string_view json);

/// Who was captured, for the snapshot's record: the URL without its password.
[[nodiscard]] std::string identity_json(const Capture& capture);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_SERVER_JSON_H_
