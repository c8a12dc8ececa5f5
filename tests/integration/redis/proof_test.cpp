// A Redis source restored into a throwaway server and compared, as `lifeboat verify` does it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "harness/disk_vault.h"
#include "harness/warnings.h"
#include "os/file.h"
#include "redis/scratch.h"
#include "redis_content.h"
#include "vault/history.h"
#include "verify/report_json.h"
#include "verify/verify.h"

namespace lifeboat::redis {
namespace {

namespace fs = std::filesystem;
using harness::DiskVault;
using harness::RedisServer;
using harness::Warnings;
using resp::Connection;
using testing::HasSubstr;

class RedisProofTest : public testing::Test {
 protected:
  void take() { take(source_); }
  void take(const RedisServer& source) {
    snapshot::Request request;
    request.redis.push_back({.name = "sessions", .capture = {}});
    request.redis.back().capture.url = source.url();
    rows_ = snapshot::take(disk_.open_as(vault::Role::writer), request, SystemClock(), said_, {})
                .sources.at(0)
                .summary.rows;
  }

  /// `damage` is done to the restored copy.
  verify::Report prove(const std::function<void(Connection&)>& damage = {}) {
    verify::Request request;
    // A server of ours does not run as root: its user has to get there.
    fs::permissions(place_.path(), fs::perms::others_exec, fs::perm_options::add);
    fs::create_directories(parent_);
    request.scratch_dir = parent_;
    if (damage) {
      request.before_comparison = [&](const Secret& url) {
        Connection connection(url, {});
        damage(connection);
      };
    }
    const vault::Vault reader = disk_.open_as(vault::Role::identity);
    return verify::verify(reader, vault::resolve_snapshot(reader, "latest"), request, SystemClock(),
                          said_, {});
  }

  void expect_not_proven(const verify::Report& report, const std::string& what) {
    EXPECT_EQ(report.verdict, vault::Verdict::not_proven);
    EXPECT_EQ(report.redis.at(0).verdict, vault::Verdict::not_proven);
    EXPECT_THAT(verify::to_json(report), HasSubstr(what));
    const vault::History history = disk_.history();
    EXPECT_EQ(history.proofs_of(history.snapshots.at(0)).verdict, vault::Verdict::not_proven);
    EXPECT_TRUE(fs::is_empty(parent_)) << "the throwaway server is gone, whatever the verdict";
  }

  DiskVault disk_;
  RedisServer source_;
  Warnings said_;
  os::TempDir place_{"/tmp", "lifeboat-test-"};
  fs::path parent_ = place_.path() / "scratch";
  std::uint64_t rows_ = 0;
};

TEST_F(RedisProofTest, ComparesEveryKeyAndSignsWhatItFound) {
  fill(source_);
  take();
  const verify::Report report = prove();
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
  EXPECT_TRUE(report.postgres.empty());
  const verify::RedisProof& proof = report.redis.at(0);
  EXPECT_EQ(proof.source, "sessions");
  EXPECT_THAT(proof.scratch, HasSubstr("throwaway "));
  EXPECT_EQ(proof.compared.keys, rows_);
  EXPECT_EQ(proof.compared.equal, rows_);
  EXPECT_GT(rows_, 20U);
  EXPECT_TRUE(proof.findings.empty());
  EXPECT_TRUE(fs::is_empty(parent_));

  const vault::History history = disk_.history();
  const vault::Proofs proofs = history.proofs_of(history.snapshots.at(0));
  EXPECT_EQ(proofs.verdict, vault::Verdict::proven);
  ASSERT_NE(proofs.newest, nullptr);
  EXPECT_EQ(proofs.newest->link.id, report.attestation);
  EXPECT_EQ(proofs.newest->sources.at(0).rows, rows_);
  EXPECT_EQ(disk_.problems(), "");
}

TEST_F(RedisProofTest, FindsEachKindOfDifference) {
  Connection source = source_.connect();
  run(source, {"SET", "plain", "1"});
  run(source, {"SET", "soon", "1", "PXAT", "4000000000000"});
  run(source, {"RPUSH", "list", "a", "b"});
  run(source, {"FUNCTION", "LOAD",
               "#!lua name=lib\nredis.register_function('f', function() return 1 end)"});
  take();
  expect_not_proven(prove([](Connection& copy) {
                      run(copy, {"DEL", "plain"});
                    }),
                    R"("what":"missing","database":0,"key":"plain")");
  expect_not_proven(prove([](Connection& copy) {
                      run(copy, {"SET", "stray", "1"});
                    }),
                    R"("what":"extra","database":0,"key":"stray")");
  expect_not_proven(prove([](Connection& copy) {
                      run(copy, {"LSET", "list", "1", "c"});
                    }),
                    R"("what":"value","database":0,"key":"list")");
  expect_not_proven(prove([](Connection& copy) {
                      const auto now = copy.require({"PEXPIRETIME", "soon"}).integer;
                      run(copy, {"PEXPIREAT", "soon", std::to_string(now + 1)});
                    }),
                    R"("what":"expiry","database":0,"key":"soon")");
  expect_not_proven(prove([](Connection& copy) {
                      run(copy, {"FUNCTION", "FLUSH"});
                    }),
                    R"("functions_equal":false)");
  EXPECT_EQ(prove().verdict, vault::Verdict::proven);
  const vault::History history = disk_.history();
  EXPECT_EQ(history.proofs_of(history.snapshots.at(0)).verdict, vault::Verdict::proven);
}

TEST_F(RedisProofTest, ProvesAlsoWhatHasExpiredSince) {
  Connection source = source_.connect();
  for (int i = 0; i < 50; ++i) {
    run(source, {"SET", "brief:" + std::to_string(i), "value", "PX", "3000"});
  }
  run(source, {"SET", "lasting", "value"});
  take();
  ASSERT_EQ(rows_, 51U);
  while (source.require({"DBSIZE"}).integer > 1) {  // until their time has passed
  }
  const verify::Report report = prove();
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
  EXPECT_EQ(report.redis.at(0).compared.equal, 51U);
  EXPECT_EQ(report.redis.at(0).compared.overdue, 50U);
  expect_not_proven(prove([](Connection& copy) {
                      run(copy, {"APPEND", "brief:7", "x"});
                    }),
                    R"("what":"value","database":0,"key":"brief:7")");
}

TEST_F(RedisProofTest, HasAsManyDatabasesAsTheSource) {
  RedisServer many({.settings = {{"databases", "2000"}}, .loopback = false});
  run(*std::make_unique<Connection>(many.connect(1999)), {"SET", "far", "away"});
  take(many);
  const verify::Report report = prove();
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
  EXPECT_EQ(report.redis.at(0).compared.equal, 1U);
}

TEST_F(RedisProofTest, RemovesWhatAKilledRunLeft) {
  const fs::path left = parent_ / "lifeboat-redis-left";
  fs::create_directories(left);
  fs::permissions(left, fs::perms::owner_all);
  {
    std::ofstream owner(left / "owner");
    owner << "999999999 1\n0 0\n";  // no process has such a number
  }
  run(*std::make_unique<Connection>(source_.connect()), {"SET", "a", "b"});
  take();
  EXPECT_EQ(prove().verdict, vault::Verdict::proven);
  EXPECT_TRUE(fs::is_empty(parent_));
  EXPECT_THAT(said_.text(), HasSubstr("removed 1 throwaway Redis"));
}

TEST_F(RedisProofTest, SaysSoWhereMemoryIsTooSmallForIt) {
  fs::create_directories(parent_);
  try {
    static_cast<void>(start_scratch({.parent = parent_, .expected_bytes = 1ULL << 60U}, said_, {}));
    FAIL() << "started";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.message(), HasSubstr("of memory"));
  }
  EXPECT_TRUE(fs::is_empty(parent_));
}

}  // namespace
}  // namespace lifeboat::redis
