#include "redis/probe.h"

#include <gtest/gtest.h>

#include "harness/postgres_server.h"
#include "harness/redis_server.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::RedisServer;

ErrorKind kind_of_failure(const Secret& url) {
  try {
    static_cast<void>(probe(url, {}));
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::internal;
}

TEST(RedisProbe, FindsWhatAServerIsAndAllows) {
  RedisServer server({.settings = {{"user", "shop on >hunter2 ~* &* +@all"}}, .loopback = false});
  const ServerFacts facts = probe(server.url(), {});
  EXPECT_EQ(facts.engine, "redis");
  EXPECT_EQ(facts.mode, "standalone");
  EXPECT_EQ(facts.role, "master");
  EXPECT_EQ(facts.run_id.size(), 40U);
  EXPECT_EQ(facts.eviction_policy, "noeviction");
  EXPECT_TRUE(facts.allowed.info && facts.allowed.tracking && facts.allowed.memory_usage);
  EXPECT_TRUE(facts.allowed.pexpiretime && facts.allowed.function_dump && facts.allowed.sync);
  ASSERT_EQ(facts.acl.size(), 2U);
  for (const std::string& line : facts.acl) {
    EXPECT_EQ(line.find("f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7"),
              std::string::npos);
  }
}

TEST(RedisProbe, TellsForbiddenFromMissing) {
  RedisServer server({.settings = {{"user", "half on >pw ~* &* +@all -@admin -@dangerous"},
                                   {"rename-command", "OBJECT \"\""}},
                      .loopback = false});
  const Allowed allowed = probe(server.url_as("half", "pw"), {}).allowed;
  EXPECT_FALSE(allowed.info || allowed.sync || allowed.object || allowed.acl_list);
  EXPECT_TRUE(allowed.tracking && allowed.pexpiretime && allowed.memory_usage);
}

TEST(RedisProbe, RefusesAClusterAndAUserThatMayNotRead) {
  const std::string bus = std::to_string(harness::free_port());  // port + 10000 may be none
  RedisServer cluster(
      {.settings = {{"cluster-enabled", "yes"}, {"cluster-port", bus}}, .loopback = true});
  EXPECT_EQ(kind_of_failure(cluster.url()), ErrorKind::refused);
  RedisServer server({.settings = {{"user", "blind on >pw ~* &* +@all -dump"}}, .loopback = false});
  EXPECT_EQ(kind_of_failure(server.url_as("blind", "pw")), ErrorKind::denied);
}

TEST(RedisProbe, WaitsWhileTheServerLoads) {
  RedisServer source;
  resp::Connection connection = source.connect();
  run(connection, {"EVAL", "for i = 1, 300 do redis.call('SET', 'k' .. i, i) end", "0"});
  run(connection,
      {"CONFIG", "SET", "key-load-delay", "1000", "loading-process-events-interval-bytes", "1024"});
  connection.send({"DEBUG", "RELOAD"});
  connection.flush();
  EXPECT_EQ(probe(source.url(), {}).role, "master");
  EXPECT_EQ(connection.receive().text, "OK");
}

}  // namespace
}  // namespace lifeboat::redis
