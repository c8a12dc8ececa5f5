#include "store/memory_store.h"

#include <gtest/gtest.h>

#include "contract/object_store_contract.h"

namespace lifeboat::store {
namespace {

constexpr Instant kStart = Instant(std::chrono::hours(24 * 365 * 50));

struct StoreWithClock {
  FakeClock clock{kStart};
  MemoryStore store{clock};
};

std::shared_ptr<ObjectStore> make_memory_store() {
  auto both = std::make_shared<StoreWithClock>();
  return {both, &both->store};
}

INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract, testing::Values(make_memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, ExclusiveCreationContract, testing::Values(make_memory_store));

TEST(MemoryStore, StampsObjectsWithTheTimeOfItsClock) {
  StoreWithClock both;
  static_cast<void>(both.store.put(ObjectKey("early"), as_bytes("x")));
  both.clock.advance(std::chrono::hours(2));
  static_cast<void>(both.store.put(ObjectKey("late"), as_bytes("x")));
  EXPECT_EQ(both.store.find(ObjectKey("early"))->stored_at, kStart);
  EXPECT_EQ(both.store.find(ObjectKey("late"))->stored_at, kStart + std::chrono::hours(2));
}

}  // namespace
}  // namespace lifeboat::store
