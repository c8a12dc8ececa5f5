#include "cli/text_table.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "cli/paint.h"

namespace lifeboat::cli {
namespace {

TEST(TextTable, AlignsColumnsWithoutTrailingSpaces) {
  TextTable table({Align::left, Align::right, Align::left});
  table.add({"snapshot", "read", "proven"});
  table.add({"7f3a91c2", "803 MB"});
  EXPECT_EQ(table.text(), "snapshot     read   proven\n7f3a91c2   803 MB\n");
}

TEST(TextTable, CountsColumnsAndNotBytesOrColourCodes) {
  TextTable table({Align::left, Align::left}, 2);
  table.add({"Zürich", "a"});
  table.add({Paint(true).ok("proven"), "b"});
  EXPECT_EQ(table.text(), "  Zürich   a\n  \x1b[32mproven\x1b[0m   b\n");
}

TEST(TextTable, RefusesMoreCellsThanColumns) {
  TextTable table({Align::left});
  EXPECT_THROW(table.add({"a", "b"}), Error);
}

TEST(Fit, CutsAtCodePointsAndShowsThatItDid) {
  EXPECT_EQ(fit("public.orders", 13), "public.orders");
  EXPECT_EQ(fit("public.orders", 8), "public.…");
  EXPECT_EQ(fit("public.orders", 8, false), "public.~");
  EXPECT_EQ(fit("üüüü", 3), "üü…");
}

TEST(Wrap, BreaksBetweenWordsAndIndentsWhatFollows) {
  EXPECT_EQ(wrap("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrap("one", 80, 2), "one");
  EXPECT_EQ(wrap("a\n\nb", 80, 0), "a\n\nb");
}

}  // namespace
}  // namespace lifeboat::cli
