// Questions that a source is asked under the snapshot, and its restored copy again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/verify/proven_shop.h"
#include "snapshot/snapshot.h"

namespace lifeboat::verify {
namespace {

using harness::shared_server;
using testing::HasSubstr;

class Assertions : public ProvenShop {
 protected:
  snapshot::Report take(const std::vector<postgres::Assertion>& assertions) {
    snapshot::Request request;
    snapshot::PostgresSource source;
    source.name = "shop";
    source.capture.url = shared_server().url("shop");
    source.capture.assertions = assertions;
    request.postgres.push_back(source);
    SilentObserver observer;
    const vault::Vault writer = vault_.open_as(vault::Role::writer);
    return snapshot::take(writer, request, SystemClock(), observer, {});
  }
};

TEST_F(Assertions, AreAnsweredTheSameByARestoredCopy) {
  const auto report = take({{"orders present", "SELECT count(*) > 0 FROM orders"},
                            {"newest visit", "SELECT max(seen) FROM public.visits;"},
                            {"nothing", "SELECT NULL"},
                            {"by way of WITH",
                             "WITH x AS (SELECT sum(total) AS s FROM orders)"
                             " SELECT s FROM x -- all of it"}});
  EXPECT_FALSE(report.lost_anything());
  const Report proof = prove();
  EXPECT_EQ(proof.verdict, vault::Verdict::proven);
  ASSERT_EQ(proof.postgres.at(0).assertions.size(), 4U);
  EXPECT_EQ(proof.postgres.at(0).equal_assertions(), 4U);
  EXPECT_EQ(proof.postgres.at(0).assertions[0].expected, "true");
  EXPECT_EQ(proof.postgres.at(0).assertions[1].expected, "2026-11-20");
  EXPECT_EQ(proof.postgres.at(0).assertions[2].expected, std::nullopt);
}

TEST_F(Assertions, ThatAreAnsweredOtherwiseKeepTheProofFromBeingOne) {
  static_cast<void>(take({{"a sequence is no row", "SELECT last_value FROM invoices"}}));
  const Report proof = prove("SELECT setval('invoices', 900)");  // at or after: allowed
  EXPECT_TRUE(proof.postgres.at(0).findings.empty());
  EXPECT_EQ(proof.verdict, vault::Verdict::not_proven);
  ASSERT_EQ(proof.postgres.at(0).assertions.size(), 1U);
  EXPECT_EQ(proof.postgres.at(0).assertions[0].in_words(),
            "assertion a sequence is no row: 700 in the snapshot, 900 restored");
}

TEST_F(Assertions, SeeTheSnapshotsRowsAndNotYoungerOnes) {
  // The answer is asked for late; a row that comes meanwhile must not be in it.
  static_cast<void>(
      take({{"orders", "SELECT count(*) FROM orders"}, {"visits", "SELECT count(*) FROM visits"}}));
  shared_server().execute("shop", "DELETE FROM orders WHERE id > 100");
  const Report proof = prove();
  EXPECT_EQ(proof.verdict, vault::Verdict::proven);
  EXPECT_EQ(proof.postgres.at(0).assertions[0].found, "6000");
}

TEST_F(Assertions, ThatCannotBeAnsweredAreNamedAndCostNothingElse) {
  const auto report = take({{"typo", "SELEKT 1"},
                            {"many rows", "SELECT id FROM orders"},
                            {"two columns", "SELECT 1, 2"},
                            {"no query", "DELETE FROM orders"},
                            {"two statements", "SELECT 1; DELETE FROM orders"},
                            {"out of the transaction", "1) ; COMMIT; SELECT (1"},
                            {"too long", "SELECT repeat('x', 5000)"},
                            {"a write", "SELECT setval('invoices', 5)"},
                            {"good", "SELECT count(*) FROM orders"}});
  EXPECT_TRUE(report.lost_anything());
  const auto& missing = report.sources.at(0).summary.not_carried;
  ASSERT_EQ(missing.size(), 8U);
  EXPECT_EQ(missing[0].object, "assertion typo");
  EXPECT_THAT(missing[0].reason, HasSubstr("syntax error"));
  EXPECT_THAT(missing[1].reason, HasSubstr("more than one row"));
  EXPECT_THAT(missing[6].reason, HasSubstr("4 KiB"));
  EXPECT_THAT(missing[7].reason, HasSubstr("read-only"));
  EXPECT_EQ(shared_server().value("shop", "SELECT count(*) FROM orders"), "6000");
  const Report proof = prove();
  EXPECT_EQ(proof.verdict, vault::Verdict::proven);
  ASSERT_EQ(proof.postgres.at(0).assertions.size(), 1U);
  EXPECT_EQ(proof.postgres.at(0).assertions[0].name, "good");
}

}  // namespace
}  // namespace lifeboat::verify
