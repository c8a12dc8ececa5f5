#include "bridge/capture_json.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "postgres/catalogue_json.h"

namespace lifeboat::bridge {

std::string to_json(const postgres::Capture& capture) {
  const nlohmann::json document = {
      {"at", to_rfc3339(capture.at)},
      {"identity", nlohmann::json::parse(postgres::to_json(capture.identity))},
      {"snapshot_name", capture.snapshot_name},
      {"wal_position", capture.wal_position},
      {"pg_dump_version", capture.schema.pg_dump_version},
      {"archive_version", capture.schema.archive_version},
      {"rows", capture.rows},
      {"copy_bytes", capture.copy_bytes},
      {"connections", capture.connections},
  };
  return document.dump();
}

postgres::Identity identity_from_capture_json(std::string_view json) {
  try {
    return postgres::identity_from_json(nlohmann::json::parse(json).at("identity").dump());
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::corrupt, std::string("capture.json cannot be read: ") + error.what());
  }
}

}  // namespace lifeboat::bridge
