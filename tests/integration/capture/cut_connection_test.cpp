// Connections that are cut in the middle of what the server says, at every stage of a capture.
#include <gtest/gtest.h>

#include <cstdlib>

#include "collecting_sink.h"
#include "harness/cutting_proxy.h"
#include "harness/postgres_server.h"

namespace lifeboat::postgres {
namespace {

using harness::CuttingProxy;
using harness::shared_server;

class CutConnectionTest : public testing::TestWithParam<CuttingProxy::Cut> {
 protected:
  void SetUp() override {
    shared_server().create_database("cut");
    shared_server().execute(
        "cut",
        "CREATE TABLE t (id int PRIMARY KEY, x text); CREATE SEQUENCE s START 7;"
        "INSERT INTO t SELECT n, md5(n::text) FROM generate_series(1, 150) n;"
        "CREATE TABLE u (x int); INSERT INTO u SELECT generate_series(1, 50);"
        "CREATE VIEW v AS SELECT x FROM u; SELECT lo_from_bytea(20000, '\\x0102')");
  }
  void TearDown() override { shared_server().drop_database("cut"); }

  static Capture take(const CuttingProxy& proxy, CollectingSink& sink) {
    CaptureRequest request;
    request.url = proxy.url("cut");
    SilentObserver observer;
    return capture(request, sink, observer, {});
  }

  static void expect_whole(const Capture& got, const CollectingSink& sink) {
    EXPECT_EQ(got.rows, 200U);
    EXPECT_EQ(sink.rows("public.t").size(), 150U);
    EXPECT_EQ(sink.rows("public.u").size(), 50U);
    EXPECT_EQ(sink.rows("large objects").size(), 1U);
    EXPECT_TRUE(got.not_carried.empty());
    EXPECT_NE(got.schema.plain_sql.find("CREATE VIEW public.v"), std::string::npos);
    ASSERT_EQ(got.catalogue.sequences.size(), 1U);
  }
};

TEST_P(CutConnectionTest, AtAnyPlaceEndsInAWholeSnapshotOrInUnavailable) {
  std::uint64_t messages = 0;
  {
    const CuttingProxy proxy(shared_server(), 0, GetParam());
    CollectingSink sink;
    expect_whole(take(proxy, sink), sink);
    messages = proxy.messages();
  }
  ASSERT_GT(messages, 500U);
  const std::uint64_t cuts = std::getenv("LIFEBOAT_TEST_LONG") != nullptr ? 150 : 5;
  std::uint64_t whole = 0;
  std::uint64_t unavailable = 0;
  for (std::uint64_t n = 0; n < cuts; ++n) {
    const std::uint64_t at = 1 + n * (messages - 1) / (cuts - 1);
    SCOPED_TRACE("cut at message " + std::to_string(at) + " of " + std::to_string(messages));
    const CuttingProxy proxy(shared_server(), at, GetParam());
    CollectingSink sink;
    try {
      expect_whole(take(proxy, sink), sink);
      ++whole;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message() << " / " << error.hint();
      EXPECT_FALSE(error.message().empty());
      ++unavailable;
    }
  }
  RecordProperty("whole", static_cast<int>(whole));
  RecordProperty("unavailable", static_cast<int>(unavailable));
  if (GetParam() == CuttingProxy::Cut::session) {
    EXPECT_GT(whole, cuts / 3);
  } else {
    EXPECT_GT(unavailable, cuts / 3);
  }
}

INSTANTIATE_TEST_SUITE_P(OneOrAll, CutConnectionTest,
                         testing::Values(CuttingProxy::Cut::session, CuttingProxy::Cut::server),
                         [](const auto& what) {
                           return what.param == CuttingProxy::Cut::session ? "Session" : "Server";
                         });

}  // namespace
}  // namespace lifeboat::postgres
