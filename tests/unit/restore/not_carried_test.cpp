#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "restore/restore.h"

namespace lifeboat::restore {
namespace {

using testing::ElementsAre;

class NotCarriedOf : public testing::Test {
 protected:
  NotCarriedOf() {
    for (const char* name : {"orders", "orders_old", "customers"}) {
      postgres::Table table;
      table.oid = static_cast<postgres::Oid>(1 + catalogue_.tables.size());
      table.schema = name == std::string_view("customers") ? "crm" : "sales";
      table.name = name;
      catalogue_.tables.push_back(table);
    }
    for (const char* object :
         {"rows of table sales.orders", "row (0,3) of table sales.orders_old, id 3",
          "column crm.customers.photo", "function crm.f()", "large object 4711"}) {
      items_.push_back({object, "it could not be read", Severity::loss});
    }
  }

  [[nodiscard]] std::vector<std::string> of(const postgres::TableChoice& choice) const {
    std::vector<std::string> objects;
    for (const NotCarried& item : not_carried_of(items_, catalogue_, choice)) {
      objects.push_back(item.object);
    }
    return objects;
  }

  postgres::Catalogue catalogue_;
  std::vector<NotCarried> items_;
};

TEST_F(NotCarriedOf, AWholeRestoreIsAllOfIt) { EXPECT_EQ(of({}).size(), items_.size()); }

TEST_F(NotCarriedOf, ATableIsWhatIsSaidOfItAndOfNoLongerName) {
  EXPECT_THAT(of({.tables = {"orders"}}), ElementsAre("rows of table sales.orders"));
  EXPECT_THAT(of({.tables = {"customers"}}), ElementsAre("column crm.customers.photo"));
}

TEST_F(NotCarriedOf, ASchemaIsEverythingInIt) {
  EXPECT_THAT(of({.schemas = {"crm"}}),
              ElementsAre("column crm.customers.photo", "function crm.f()"));
}

TEST_F(NotCarriedOf, AllButATableIsWhateverIsNotSaidOfThatTable) {
  EXPECT_THAT(of({.excluded = {"orders"}}),
              ElementsAre("row (0,3) of table sales.orders_old, id 3", "column crm.customers.photo",
                          "function crm.f()", "large object 4711"));
}

}  // namespace
}  // namespace lifeboat::restore
