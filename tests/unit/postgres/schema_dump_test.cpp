#include "postgres/schema_dump.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "postgres/survey.h"

namespace lifeboat::postgres {
namespace {

TEST(SchemaDump, UsesTheNewestPgDumpThatIsNotOlderThanTheServer) {
  const std::vector<Binary> found = {{"/a/pg_dump", 150020, "15.20"},
                                     {"/b/pg_dump", 170002, "17.2"},
                                     {"/c/pg_dump", 160004, "16.4"}};
  EXPECT_EQ(choose_pg_dump(found, 150020).path, "/b/pg_dump");
  EXPECT_EQ(choose_pg_dump(found, 170009).path, "/b/pg_dump");  // a later minor release is fine
}

TEST(SchemaDump, NamesThePackageWhenTheServerIsNewerThanAnyPgDump) {
  for (const std::vector<Binary>& found :
       {std::vector<Binary>{}, std::vector<Binary>{{"/a/pg_dump", 150020, "15.20"}}}) {
    try {
      static_cast<void>(choose_pg_dump(found, 180001));
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::not_found);
      EXPECT_NE(error.hint().find("postgresql-client-18"), std::string::npos);
    }
  }
}

TEST(SchemaDump, ReadsTheVersionOfAnArchiveFromItsHeader) {
  EXPECT_EQ(archive_version(Bytes{'P', 'G', 'D', 'M', 'P', 1, 14, 0, 4}), "1.14-0");
  EXPECT_THROW(static_cast<void>(archive_version(as_bytes("<html>x"))), Error);
}

TEST(CompareItems, TellsMissingExtraAndChangedApart) {
  const std::vector<SchemaItem> expected = {
      {"table", "public.a", "1"}, {"table", "public.b", "1"}, {"view", "public.c", "1"}};
  const std::vector<SchemaItem> found = {
      {"table", "public.b", "2"}, {"view", "public.c", "1"}, {"view", "public.d", "1"}};
  const SchemaDifference difference = compare_items(expected, found);
  ASSERT_EQ(difference.missing.size(), 1U);
  EXPECT_EQ(difference.missing[0].identity, "public.a");
  ASSERT_EQ(difference.extra.size(), 1U);
  EXPECT_EQ(difference.extra[0].identity, "public.d");
  ASSERT_EQ(difference.changed.size(), 1U);
  EXPECT_EQ(difference.changed[0].found.definition, "2");
}

}  // namespace
}  // namespace lifeboat::postgres
