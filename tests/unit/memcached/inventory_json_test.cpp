#include "memcached/inventory_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lifeboat::memcached {
namespace {

using nlohmann::json;

TEST(MemcachedInventoryJson, WritesNullForWhatWasNotTold) {
  Inventory inventory;
  inventory.servers.resize(1);
  inventory.servers[0].address = "cache.example:11211";
  inventory.servers[0].notes = {"not \xff UTF-8"};
  const json document = json::parse(to_json(inventory, Instant()));
  EXPECT_EQ(document.at("format"), 1);
  const json& server = document.at("servers").at(0);
  EXPECT_EQ(server.at("protocol"), "");
  EXPECT_TRUE(server.at("items").is_null());
  EXPECT_TRUE(server.at("keys").is_null());
  EXPECT_TRUE(server.at("slabs").is_null());
  EXPECT_EQ(server.at("notes").at(0), "not \xef\xbf\xbd UTF-8");
}

TEST(MemcachedInventoryJson, NamesTheServersWithoutCredentials) {
  Inventory inventory;
  inventory.servers.resize(2);
  inventory.servers[1].limit_bytes = 64;
  const json identity =
      json::parse(identity_json(inventory, parse_servers(Secret("memcached://u:hunter2@a,b:7"))));
  EXPECT_EQ(identity.at("url"), "a:11211,b:7");
  EXPECT_EQ(identity.at("limit_bytes"), 64);
  EXPECT_EQ(identity.dump().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::memcached
