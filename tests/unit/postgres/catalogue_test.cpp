#include "postgres/catalogue.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "postgres/catalogue_json.h"

namespace lifeboat::postgres {
namespace {

Catalogue sample() {
  Catalogue catalogue;
  catalogue.encoding = "UTF8";
  catalogue.collate = "C.UTF-8";
  catalogue.ctype = "C.UTF-8";
  catalogue.lc_monetary = "C";
  Table table;
  table.oid = 16384;
  table.schema = "public";
  table.name = "Orders of \xC3\xBC";
  table.heap = true;
  table.blocks = 5000;
  table.columns = {{"id", "bigint", 1, true, false}, {"sum", "numeric(10,2)", 3, false, true}};
  table.key = {"id"};
  Table hidden = table;
  hidden.name = "hidden";
  hidden.readable = false;
  hidden.definition = {"CREATE TABLE public.hidden ()", "CREATE INDEX \xFF"};
  hidden.afterwards = {"ALTER TABLE"};
  Table emptied = table;
  emptied.without_rows = true;
  catalogue.tables = {table, hidden, emptied};
  catalogue.left_out = {{2606, 16400}};
  catalogue.sequences = {{"public", "orders_id_seq", -9223372036854775807, true, -1}};
  catalogue.large_objects = {{17000, 5, "shop", "a \"photo\"", "{shop=rw/shop}"}};
  catalogue.items = {{"table", "public.t", "line\nline"}, {"view", "public.\xFF", "SELECT '\xFE'"}};
  catalogue.roles = {"shop"};
  catalogue.database_settings = {"work_mem=64MB"};
  return catalogue;
}

TEST(Catalogue, SurvivesItsJsonForm) {
  const Catalogue catalogue = sample();
  const Catalogue back = catalogue_from_json(to_json(catalogue));
  EXPECT_EQ(to_json(back), to_json(catalogue));
  EXPECT_EQ(back.items, catalogue.items);
  EXPECT_EQ(back.tables[0].columns, catalogue.tables[0].columns);
  EXPECT_EQ(back.tables[0].name, catalogue.tables[0].name);
  EXPECT_EQ(back.tables[0].definition, std::vector<std::string>());
  EXPECT_EQ(back.tables[1].definition, catalogue.tables[1].definition);
  EXPECT_EQ(back.tables[1].afterwards, catalogue.tables[1].afterwards);
  EXPECT_FALSE(back.tables[0].without_rows);
  EXPECT_TRUE(back.tables[2].without_rows);
  EXPECT_EQ(back.left_out, catalogue.left_out);
  EXPECT_EQ(back.sequences[0].last_value, catalogue.sequences[0].last_value);
  EXPECT_EQ(back.large_objects[0].acl, "{shop=rw/shop}");
}

TEST(Catalogue, CarriesTextThatIsNotUtf8AsHex) {
  EXPECT_NE(to_json(sample()).find("\"identity\":{\"hex\":\"7075626c69632eff\"}"),
            std::string::npos);
  for (const char* text : {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    Catalogue catalogue;
    catalogue.roles = {text};
    EXPECT_EQ(catalogue_from_json(to_json(catalogue)).roles[0], text);
  }
}

TEST(Catalogue, RefusesADocumentItCannotHaveWritten) {
  for (const char* text :
       {"", "[]", "{}", "{\"format\":2}", "{\"format\":1,\"encoding\":{\"hex\":\"zz\"}}"}) {
    try {
      static_cast<void>(catalogue_from_json(text));
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt) << text;
    }
  }
}

TEST(Catalogue, IgnoresFieldsItDoesNotKnow) {
  std::string text = to_json(sample());
  text.insert(1, "\"later\":[1,2],");
  EXPECT_EQ(to_json(catalogue_from_json(text)), to_json(sample()));
}

TEST(Identity, SurvivesItsJsonForm) {
  const Identity identity{"db.example", "5432", "shop",  16384, "ana",
                          "7301",       150020, "15.20", true};
  const Identity back = identity_from_json(to_json(identity));
  EXPECT_EQ(to_json(back), to_json(identity));
  EXPECT_EQ(back.server_version, 150020);
  EXPECT_TRUE(back.in_recovery);
}

TEST(Quoting, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(quote_identifier("orders_2"), "orders_2");
  EXPECT_EQ(quote_identifier("Orders"), "\"Orders\"");
  EXPECT_EQ(quote_identifier("order"), "\"order\"");
  EXPECT_EQ(quote_identifier("2nd"), "\"2nd\"");
  EXPECT_EQ(quote_identifier("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier(""), "\"\"");
}

TEST(Quoting, KeepsALiteralInsideItsQuotes) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\'b"), " E'a\\\\''b'");
}

TEST(Table, CopiesEveryColumnButGeneratedOnes) {
  Table table;
  table.schema = "public";
  table.name = "order";
  table.columns = {{"id", "int", 1, true, false},
                   {"Double", "int", 2, false, true},
                   {"user", "text", 4, false, false}};
  EXPECT_EQ(table.copy_columns(), "id, \"user\"");
  EXPECT_EQ(table.sql_name(), "public.\"order\"");
}

TEST(Table, HoldsRowsOnlyIfItIsOrdinaryAndReadable) {
  Table table;
  EXPECT_TRUE(table.carries_rows());
  table.readable = false;
  EXPECT_FALSE(table.carries_rows());
  for (const char kind : {'p', 'm', 'f'}) {
    Table other;
    other.kind = kind;
    EXPECT_FALSE(other.carries_rows()) << kind;
  }
}

}  // namespace
}  // namespace lifeboat::postgres
