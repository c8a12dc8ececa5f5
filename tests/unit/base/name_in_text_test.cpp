#include "base/name_in_text.h"

#include <gtest/gtest.h>

namespace lifeboat {
namespace {

TEST(NameInText, IsAWholeName) {
  EXPECT_TRUE(names("rows of public.orders", "public.orders"));
  EXPECT_TRUE(names("public.orders: permission denied", "public.orders"));
  EXPECT_FALSE(names("rows of public.orders_old", "public.orders"));
  EXPECT_FALSE(names("rows of my_public.orders", "public.orders"));
  EXPECT_FALSE(names("rows of public.ordersé", "public.orders"));
  EXPECT_TRUE(names("public.orders_old, public.orders", "public.orders")) << "not the first alone";
}

TEST(NameInText, HasWhatIsInsideItOnlyOnRequest) {
  EXPECT_FALSE(names("column public.orders.total", "public.orders"));
  EXPECT_TRUE(names("column public.orders.total", "public.orders", Inside::counts));
  EXPECT_FALSE(names("column public.orders_old.total", "public.orders", Inside::counts));
}

}  // namespace
}  // namespace lifeboat
