#include <gmock/gmock.h>

#include "harness/version_proxy.h"
#include "integration/restore/shop_target.h"

namespace lifeboat::restore {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::Not;

class OlderTarget : public ShopTarget {};

/// It believes to be older, and can all the same: what is asked of it must fit every version.
TEST_F(OlderTarget, IsWarnedOfAndRestoredInto) {
  for (const char* version : {"9.6.24", "12.22", "14.1"}) {
    said_.clear();
    new_target();
    const harness::VersionProxy proxy(server(), version);
    expect_whole(restore(proxy.url("target")));
    EXPECT_THAT(said_.text(), AllOf(HasSubstr("the target's Postgres " + std::string(version)),
                                    HasSubstr("is older than the source's")));
  }
}

TEST_F(OlderTarget, IsNotWarnedOfWhereItIsAsOld) {
  static_cast<void>(restore(target()));
  EXPECT_THAT(said_.text(), Not(HasSubstr("older")));
}

}  // namespace
}  // namespace lifeboat::restore
