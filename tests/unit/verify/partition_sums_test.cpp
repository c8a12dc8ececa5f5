#include "verify/partition_sums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vault/row_sum.h"

namespace lifeboat::verify {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Eq;

postgres::Table table(postgres::Oid oid, char kind, postgres::Oid parent) {
  postgres::Table made;
  made.oid = oid;
  made.kind = kind;
  made.parent = parent;
  return made;
}

vault::RowSum rows(const std::vector<std::uint8_t>& each) {
  vault::RowSum sum;
  for (const std::uint8_t row : each) {
    seal::RowHash hash{};
    hash.fill(row);
    sum.add(hash, row);
  }
  return sum;
}

/// A tree of two levels (0 over 1 and 2, 2 over 3) and a table beside it (4).
class Trees : public testing::Test {
 protected:
  void SetUp() override {
    catalogue_.tables = {table(10, 'p', 0), table(11, 'r', 10), table(12, 'p', 10),
                         table(13, 'r', 12), table(14, 'r', 0)};
  }
  postgres::Catalogue catalogue_;
};

TEST_F(Trees, AreNotRearrangedWhereEveryLeafHoldsItsRows) {
  const std::vector<vault::RowSum> sums = {{}, rows({1, 2}), {}, rows({3}), rows({4})};
  EXPECT_THAT(rearranged_trees(catalogue_, sums, sums), Each(Eq(std::nullopt)));
}

TEST_F(Trees, AreRearrangedWhereRowsMovedFromLeafToLeaf) {
  const std::vector<vault::RowSum> before = {{}, rows({1, 2}), {}, rows({3}), rows({4})};
  const std::vector<vault::RowSum> after = {{}, rows({2}), {}, rows({3, 1}), rows({4})};
  EXPECT_THAT(rearranged_trees(catalogue_, before, after),
              ElementsAre(std::nullopt, 0, 0, 0, std::nullopt));
}

TEST_F(Trees, AreNotRearrangedWhereARowIsMissingDoubledOrAnother) {
  const std::vector<vault::RowSum> before = {{}, rows({1, 2}), {}, rows({3}), rows({4})};
  for (const auto& second : {rows({3}), rows({3, 1, 1}), rows({3, 7})}) {
    const std::vector<vault::RowSum> after = {{}, rows({2}), {}, second, rows({4})};
    EXPECT_THAT(rearranged_trees(catalogue_, before, after), Each(Eq(std::nullopt)));
  }
}

TEST_F(Trees, DoNotTakeInRowsOfATableBesideThem) {
  const std::vector<vault::RowSum> before = {{}, rows({1, 2}), {}, rows({3}), rows({4})};
  const std::vector<vault::RowSum> after = {{}, rows({1}), {}, rows({3}), rows({4, 2})};
  EXPECT_THAT(rearranged_trees(catalogue_, before, after), Each(Eq(std::nullopt)));
}

}  // namespace
}  // namespace lifeboat::verify
