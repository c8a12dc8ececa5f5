#include <nlohmann/json.hpp>

#include "vault/sweep_record.h"

namespace lifeboat::vault {

std::string sweep_body(std::uint64_t snapshots, std::uint64_t objects, std::uint64_t bytes) {
  return nlohmann::json{
      {"format", 1}, {"snapshots", snapshots}, {"objects", objects}, {"bytes", bytes}}
      .dump();
}

}  // namespace lifeboat::vault
