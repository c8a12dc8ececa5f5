#include "redis/compare.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "redis/crc64.h"
#include "redis/value_digest.h"
#include "redis_content.h"

namespace lifeboat::redis {
namespace {

using harness::MemoryRecords;
using harness::RedisServer;
using resp::Connection;
using What = KeyDifference::What;

CompareReport compare_with(const RedisServer& server, const Capture& capture,
                           MemoryRecords& records, CompareRequest request = {}) {
  SilentObserver observer;
  request.url = server.url();
  return compare(request, records, capture.functions, observer, {});
}

struct Restored {
  Restored() {
    fill(source, 10);
    capture = capture_of(source, records);
    load_into(target, capture, records);
  }
  RedisServer source;
  RedisServer target;
  MemoryRecords records;
  Capture capture;
};

TEST(RedisCompare, ProvesARestoredCopyInOnePassOrInMany) {
  Restored restored;
  const CompareReport report = compare_with(restored.target, restored.capture, restored.records);
  EXPECT_TRUE(report.proven());
  EXPECT_EQ(report.keys, restored.capture.records);
  EXPECT_EQ(report.equal, report.keys);
  CompareRequest request;
  request.keys_a_pass = 100;
  const CompareReport again =
      compare_with(restored.target, restored.capture, restored.records, request);
  EXPECT_TRUE(again.proven());
  EXPECT_EQ(again.equal, report.equal);
}

TEST(RedisCompare, FindsEachKindOfDifferenceAndNamesTheKeys) {
  Restored restored;
  const auto in = [&](unsigned database, const std::vector<std::string>& words) {
    Connection connection = restored.target.connect(database);
    run(connection, words);
  };
  in(0, {"DEL", "hash:1"});
  in(2, {"SET", "added", "1"});
  in(2, {"HSET", "hash:table", "field5", "changed"});
  in(0, {"XACK", "stream:groups", "g1", "2-1"});
  in(9, {"PEXPIREAT", "expires:3", "4000000000004"});
  in(9, {"PERSIST", "expires:4"});
  in(9, {"DEL", "string:1"});
  in(9, {"RPUSH", "string:1", "value"});  // of another type
  const CompareReport report = compare_with(restored.target, restored.capture, restored.records);
  EXPECT_FALSE(report.proven());
  EXPECT_EQ(report.missing, 1U);
  EXPECT_EQ(report.extra, 1U);
  EXPECT_EQ(report.different_value, 3U);
  EXPECT_EQ(report.different_expiry, 2U);
  std::map<std::string, What> named;
  for (const KeyDifference& one : report.differences) {
    named[std::to_string(one.database) + " " + one.key] = one.what;
  }
  EXPECT_EQ(named, (std::map<std::string, What>{{"0 hash:1", What::missing},
                                                {"2 added", What::extra},
                                                {"2 hash:table", What::value},
                                                {"0 stream:groups", What::value},
                                                {"9 string:1", What::value},
                                                {"9 expires:3", What::expiry},
                                                {"9 expires:4", What::expiry}}));
}

TEST(RedisCompare, NoticesFunctionsThatDiffer) {
  Restored restored;
  Connection connection = restored.target.connect();
  run(connection, {"FUNCTION", "FLUSH"});
  const CompareReport report = compare_with(restored.target, restored.capture, restored.records);
  EXPECT_FALSE(report.functions_equal);
  EXPECT_FALSE(report.proven());
}

TEST(RedisCompare, AccountsForKeysThatHaveExpired) {
  RedisServer source;
  Connection connection = source.connect();
  run(connection, {"SET", "short", "1", "PX", "300"});
  run(connection, {"SET", "stays", "1"});
  MemoryRecords records;
  const Capture capture = capture_of(source, records);
  while (!connection.require({"GET", "short"}).is_nil()) {
  }
  RedisServer target;
  load_into(target, capture, records);
  const CompareReport report = compare_with(target, capture, records);
  EXPECT_TRUE(report.proven());
  EXPECT_EQ(report.expired, 1U);
  EXPECT_EQ(report.keys, 1U);

  RedisServer drill;
  LoadRequest frozen;
  frozen.freeze_expiry = true;
  load_into(drill, capture, records, frozen);
  EXPECT_FALSE(compare_with(drill, capture, records).proven());
  CompareRequest request;
  request.frozen_expiry = true;
  EXPECT_TRUE(compare_with(drill, capture, records, request).proven());
}

TEST(RedisCompare, TakesPiecesAndWholeValuesForEqual) {
  RedisServer source({.settings = {{"list-max-listpack-size", "20"}}, .loopback = false});
  Connection connection = source.connect();
  run(connection, {"EVAL",
                   "local pad = string.rep('p', 1000) for i = 1, 8700 do "
                   "redis.call('HSET', 'hash', i, pad) redis.call('RPUSH', 'list', pad) "
                   "redis.call('ZADD', 'zset', i / 3, pad .. i) end",
                   "0"});
  MemoryRecords pieces;
  const Capture capture = capture_of(source, pieces);
  RedisServer target;
  load_into(target, capture, pieces);
  // The same values, whole.
  std::set<Digest> digests;
  for (const std::string key : {"hash", "list", "zset"}) {
    const Digest digest = digest_of_payload(connection.require({"DUMP", key}).bytes());
    EXPECT_EQ(digest_of_payload(target.connect().require({"DUMP", key}).bytes()), digest) << key;
    digests.insert(digest);
  }
  EXPECT_EQ(digests.size(), 3U);
  EXPECT_TRUE(compare_with(target, capture, pieces).proven());
}

/// A list as Redis 6 dumps it: of the elements of value_digest_test.cpp, in a ziplist. The server
/// reads it too, and dumps it in its own encoding.
TEST(RedisDigest, ReadsAPayloadOfAnOlderServerAsTheServerDoes) {
  RedisServer server;
  Bytes payload = from_hex(
      "0e01"
      "26"
      "26000000"
      "22000000"
      "0600"
      "000161"
      "03f6"
      "02c02c01"
      "04f090eefe"
      "05e000e40b5402000000"
      "0afefd"
      "ff"
      "0900");
  const std::uint64_t sum = crc64(0, payload);
  for (unsigned i = 0; i < 8; ++i) payload.push_back(static_cast<std::uint8_t>(sum >> (8 * i)));
  Connection connection = server.connect();
  run(connection, {"RESTORE", "l", "0", std::string(as_text(payload))});
  const resp::Value elements = connection.require({"LRANGE", "l", "0", "-1"});
  ASSERT_EQ(elements.items.size(), 6U);
  EXPECT_EQ(elements.items[3].text, "-70000");
  const resp::Value dumped = connection.require({"DUMP", "l"});
  EXPECT_NE(Bytes(dumped.bytes().begin(), dumped.bytes().end()), payload);
  EXPECT_EQ(digest_of_payload(dumped.bytes()), digest_of_payload(payload));
}

/// The server's own digest is the judge: over values in several encodings, equal digests of ours
/// and equal digests of its are the same pairs.
TEST(RedisDigest, AgreesWithTheServersOwnOverEveryEncoding) {
  RedisServer server;
  const auto fill_with = [&](unsigned database, const std::string& most) {
    Connection connection = server.connect(database);
    for (const char* setting : {"hash-max-listpack-entries", "zset-max-listpack-entries",
                                "set-max-intset-entries", "list-max-listpack-size"}) {
      run(connection, {"CONFIG", "SET", setting, most});
    }
    for (int i = 0; i < 12; ++i) {
      const std::string n = std::to_string(i);
      for (int k = 0; k <= i % 5 * 20; ++k) {
        const std::string m = std::to_string(k * k * k * 1'000'003LL - 50);
        run(connection, {"HSET", "h" + n, m, "v" + m});
        run(connection, {"ZADD", "z" + n, std::to_string(k) + ".125", m});
        run(connection, {"SADD", "i" + n, m});
        run(connection, {"RPUSH", "l" + n, m, std::string(static_cast<std::size_t>(k), 'x')});
      }
    }
    run(connection, {"SADD", "text", "a", "b"});
    run(connection, {"SET", "number", "12345"});
    run(connection, {"SET", "appended", "123"});
    run(connection, {"APPEND", "appended", "45"});  // another encoding of the same bytes
    run(connection, {"SET", "packed", std::string(10'000, 'p')});
  };
  fill_with(0, "1000");
  fill_with(1, "1");
  std::map<std::string, std::set<Digest>> ours;
  std::map<Digest, std::set<std::string>> theirs;
  std::size_t values = 0;
  for (const unsigned database : {0U, 1U}) {
    Connection connection = server.connect(database);
    for (const resp::Value& key : connection.require({"KEYS", "*"}).items) {
      const Digest digest = digest_of_payload(connection.require({"DUMP", key.text}).bytes());
      const std::string judge =
          connection.require({"DEBUG", "DIGEST-VALUE", key.text}).items.at(0).text;
      const std::string type = connection.require({"TYPE", key.text}).text;
      ours[type + judge].insert(digest);
      theirs[digest].insert(type + judge);
      ++values;
    }
  }
  EXPECT_EQ(values, 104U);
  EXPECT_LT(ours.size(), values / 2 + 1);
  for (const auto& [judge, digests] : ours) EXPECT_EQ(digests.size(), 1U) << judge;
  for (const auto& [digest, judges] : theirs) EXPECT_EQ(judges.size(), 1U);
}

}  // namespace
}  // namespace lifeboat::redis
