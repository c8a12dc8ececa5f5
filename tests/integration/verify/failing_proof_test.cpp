#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "integration/verify/proven_shop.h"
#include "verify/report_json.h"

namespace lifeboat::verify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = RowDifference::Example::Kind;

class FailingProof : public ProvenShop {
 protected:
  /// The verdict stands in the vault, and the snapshot does not count as proven.
  void expect_attested_as_not_proven(const Report& report) {
    EXPECT_EQ(report.verdict, vault::Verdict::not_proven);
    const vault::History history = vault_.history();
    EXPECT_TRUE(history.problems.empty());
    const vault::Attestation* newest = history.newest_on(report.snapshot, "shop");
    ASSERT_NE(newest, nullptr);
    EXPECT_EQ(newest->link.id, report.attestation);
    EXPECT_EQ(newest->verdict, vault::Verdict::not_proven);
    EXPECT_THAT(newest->report, HasSubstr("\"verdict\":\"not_proven\""));
    ASSERT_EQ(newest->sources.size(), 1U);
    EXPECT_EQ(newest->sources[0].verdict, vault::Verdict::not_proven);
    EXPECT_FALSE(history.proofs_of(history.snapshots.at(0)).proven_at);
    EXPECT_EQ(vault_.problems(), "");
  }

  /// The damage is in the schema alone, and named.
  void expect_one_finding(const std::string& damage, const std::string& what) {
    const Report report = prove(damage);
    EXPECT_EQ(report.postgres.at(0).equal_tables(), 2U);
    ASSERT_EQ(report.postgres.at(0).findings.size(), 1U);
    EXPECT_THAT(report.postgres.at(0).findings[0].what, HasSubstr(what));
    EXPECT_EQ(report.postgres.at(0).findings[0].severity, Severity::loss);
    expect_attested_as_not_proven(report);
  }
};

const TableVerdict& table(const Report& report, const std::string& name) {
  const auto at = std::ranges::find(report.postgres.at(0).tables, name, &TableVerdict::name);
  if (at == report.postgres.at(0).tables.end())
    throw Error(ErrorKind::not_found, "no verdict on " + name);
  return *at;
}

const RowDifference::Example& example(const RowDifference& difference, Kind kind) {
  const auto at = std::ranges::find(difference.examples, kind, &RowDifference::Example::kind);
  if (at == difference.examples.end()) throw Error(ErrorKind::not_found, "no such example");
  return *at;
}

TEST_F(FailingProof, NamesTableColumnRowAndBothValues) {
  const Report report = prove(
      "UPDATE orders SET total = 91.90 WHERE id = 4711; DELETE FROM orders WHERE id = 17;"
      "INSERT INTO orders VALUES (9001, 'new', 1)");
  EXPECT_EQ(report.postgres.at(0).tables.size(), 2U);
  EXPECT_EQ(report.postgres.at(0).equal_tables(), 1U);
  EXPECT_TRUE(table(report, "public.visits").equal);
  const TableVerdict& orders = table(report, "public.orders");
  EXPECT_EQ(orders.rows, 6000U);
  EXPECT_EQ(orders.restored_rows, 6000U);
  EXPECT_NE(orders.sum, orders.restored_sum);
  ASSERT_TRUE(orders.difference);
  const RowDifference& difference = *orders.difference;
  EXPECT_EQ(difference.changed, 1U);
  EXPECT_EQ(difference.missing, 1U);
  EXPECT_EQ(difference.extra, 1U);
  EXPECT_TRUE(difference.complete);
  EXPECT_THAT(difference.columns, ElementsAre("total"));
  EXPECT_EQ(example(difference, Kind::changed).key, "id 4711");
  EXPECT_EQ(example(difference, Kind::changed).column, "total");
  EXPECT_EQ(example(difference, Kind::changed).expected, "19.90");
  EXPECT_EQ(example(difference, Kind::changed).found, "91.90");
  EXPECT_EQ(example(difference, Kind::missing).key, "id 17");
  EXPECT_EQ(example(difference, Kind::extra).key, "id 9001");
  EXPECT_TRUE(report.postgres.at(0).findings.empty());
  expect_attested_as_not_proven(report);
  for (const char* word : {"public.orders", "\"total\"", "id 4711", "19.90", "91.90", "id 9001"}) {
    EXPECT_THAT(to_json(report), HasSubstr(word));
  }
}

TEST_F(FailingProof, CountsRowsOfATableWithoutAKey) {
  // 60 rows of each page, 3 of each page and day: one of the three goes, one comes twice more.
  const Report report = prove(
      "DELETE FROM visits WHERE ctid = (SELECT min(ctid) FROM visits WHERE page = 'page 7');"
      "INSERT INTO visits VALUES ('page 51', '2026-11-30'), ('page 51', '2026-11-30')");
  const TableVerdict& visits = table(report, "public.visits");
  EXPECT_EQ(visits.rows, 3000U);
  EXPECT_EQ(visits.restored_rows, 3001U);
  ASSERT_TRUE(visits.difference);
  EXPECT_EQ(visits.difference->missing, 1U);
  EXPECT_EQ(visits.difference->extra, 2U);
  EXPECT_EQ(visits.difference->changed, 0U);
  EXPECT_THAT(example(*visits.difference, Kind::missing).key, HasSubstr("page 7\t2026-11-"));
  EXPECT_EQ(example(*visits.difference, Kind::extra).key, "page 51\t2026-11-30");
  EXPECT_TRUE(table(report, "public.orders").equal);
  expect_attested_as_not_proven(report);
}

TEST_F(FailingProof, NamesATableThatIsGone) {
  const Report report = prove("DROP TABLE visits");
  EXPECT_FALSE(table(report, "public.visits").equal);
  EXPECT_EQ(table(report, "public.visits").restored_rows, 0U);
  EXPECT_FALSE(report.postgres.at(0).findings.empty());
  expect_attested_as_not_proven(report);
}

TEST_F(FailingProof, NamesAMissingIndex) {
  expect_one_finding("DROP INDEX orders_total", "index public.orders_total is missing");
}

TEST_F(FailingProof, NamesADisabledTrigger) {
  expect_one_finding("ALTER TABLE orders DISABLE TRIGGER orders_stamp", "orders_stamp");
}

TEST_F(FailingProof, NamesASequenceThatWouldGiveNumbersTwice) {
  expect_one_finding("SELECT setval('invoices', 699)",
                     "sequence public.invoices stands at 699, before 700");
}

TEST_F(FailingProof, NoticesAChangedLargeObject) {
  const Report report = prove("SELECT lo_put(4711, 0, 'A')");
  EXPECT_EQ(report.postgres.at(0).equal_tables(), 2U);
  ASSERT_TRUE(report.postgres.at(0).large_objects);
  EXPECT_FALSE(report.postgres.at(0).large_objects->equal);
  EXPECT_NE(report.postgres.at(0).large_objects->sum,
            report.postgres.at(0).large_objects->restored_sum);
  expect_attested_as_not_proven(report);
}

TEST_F(FailingProof, IsFollowedByAProofThatCounts) {
  expect_attested_as_not_proven(prove("DELETE FROM orders WHERE id = 1"));
  const Report report = prove();
  EXPECT_EQ(report.verdict, vault::Verdict::proven);
  EXPECT_EQ(report.postgres.at(0).equal_tables(), 2U);
  EXPECT_EQ(report.postgres.at(0).rows(), 9000U);
  EXPECT_EQ(report.postgres.at(0).sequences, 1U);
  EXPECT_TRUE(report.postgres.at(0).findings.empty());
  ASSERT_TRUE(report.postgres.at(0).large_objects);
  EXPECT_TRUE(report.postgres.at(0).large_objects->equal);
  const vault::History history = vault_.history();
  const vault::Proofs proofs = history.proofs_of(history.snapshots.at(0));
  EXPECT_EQ(proofs.verdict, vault::Verdict::proven);
  EXPECT_TRUE(proofs.proven_at);
  EXPECT_EQ(proofs.newest->link.id, report.attestation);
  EXPECT_EQ(history.attestations.size(), 2U);
}

}  // namespace
}  // namespace lifeboat::verify
