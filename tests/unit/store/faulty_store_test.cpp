#include "harness/faulty_store.h"

#include <gtest/gtest.h>

#include "contract/object_store_contract.h"
#include "store/memory_store.h"

namespace lifeboat::harness {
namespace {

using store::MemoryStore;
using store::ObjectKey;
using store::PutResult;

struct Parts {
  FakeClock clock{Instant(std::chrono::hours(1))};
  MemoryStore memory{clock};
  FaultyStore faulty{memory};
};

class FaultyStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    EXPECT_EQ(parts_.memory.put(key_, as_bytes("0123456789")), PutResult::created);
  }
  FaultyStore& store() { return parts_.faulty; }

  Parts parts_;
  const ObjectKey key_{"a/b"};
};

TEST_F(FaultyStoreTest, FailsTheOperationItWasToldToAndNoOther) {
  store().fail_at(2, Error(ErrorKind::unavailable, "connection lost"));
  EXPECT_TRUE(store().find(key_));
  try {
    static_cast<void>(store().put(ObjectKey("new"), as_bytes("x")));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_EQ(error.message(), "new: connection lost");
  }
  EXPECT_FALSE(parts_.memory.find(ObjectKey("new")));
  EXPECT_EQ(store().put(ObjectKey("new"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(store().operations(), 3U);
}

TEST_F(FaultyStoreTest, ShowsDamageWhenReadWholeAndInParts) {
  store().flip(key_, 4);
  store().truncate(key_, 6);
  EXPECT_EQ(as_text(*store().get(key_, 100)), "012355");
  EXPECT_EQ(as_text(*store().get_range(key_, 3, 2)), "35");
  EXPECT_EQ(as_text(*store().get_range(key_, 5, 5)), "5");
  EXPECT_EQ(as_text(*parts_.memory.get(key_, 100)), "0123456789");
}

TEST_F(FaultyStoreTest, TakesNothingNewWhenFull) {
  store().set_full(true);
  EXPECT_EQ(store().put(key_, as_bytes("x")), PutResult::exists);
  EXPECT_THROW(static_cast<void>(store().put(ObjectKey("new"), as_bytes("x"))), Error);
  store().set_full(false);
  EXPECT_EQ(store().put(ObjectKey("new"), as_bytes("x")), PutResult::created);
}

TEST_F(FaultyStoreTest, CallsBackAroundAnOperation) {
  std::vector<bool> there;
  const auto look = [&](StoreOperation operation, const std::string& name) {
    EXPECT_EQ(operation, StoreOperation::put);
    there.push_back(parts_.memory.find(ObjectKey(name)).has_value());
  };
  store().call_before(look);
  store().call_after(look);
  EXPECT_EQ(store().put(ObjectKey("new"), as_bytes("x")), PutResult::created);
  EXPECT_EQ(there, (std::vector<bool>{false, true}));
}

/// Told nothing, it must be as good as the store below.
std::shared_ptr<store::ObjectStore> make_faultless_store() {
  auto parts = std::make_shared<Parts>();
  return {parts, &parts->faulty};
}

}  // namespace
}  // namespace lifeboat::harness

namespace lifeboat::store {
namespace {
INSTANTIATE_TEST_SUITE_P(Faultless, ObjectStoreContract,
                         testing::Values(harness::make_faultless_store));
INSTANTIATE_TEST_SUITE_P(Faultless, ExclusiveCreationContract,
                         testing::Values(harness::make_faultless_store));
}  // namespace
}  // namespace lifeboat::store
