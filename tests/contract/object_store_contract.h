#ifndef LIFEBOAT_TESTS_CONTRACT_OBJECT_STORE_CONTRACT_H_
#define LIFEBOAT_TESTS_CONTRACT_OBJECT_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/object_store.h"

namespace lifeboat::store {

/// What every ObjectStore must do. A store's test instantiates it with a way to make an empty one:
///
///   INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract, testing::Values(make_memory_store));
///
/// The function may keep what the store needs (a folder, a server) alive in the returned pointer.
/// The promises themselves are the tests in object_store_contract.cpp, compiled into that test.
using MakeStore = std::shared_ptr<ObjectStore> (*)();

class ObjectStoreContract : public testing::TestWithParam<MakeStore> {
 protected:
  static constexpr std::uint64_t kNoLimit = 1U << 30U;

  static Bytes bytes_of(std::string_view text) {
    const ByteView view = as_bytes(text);
    return {view.begin(), view.end()};
  }

  void put(const std::string& name, std::string_view text = "x") {
    ASSERT_EQ(store_->put(ObjectKey(name), as_bytes(text)), PutResult::created);
  }

  std::vector<std::string> names(std::string_view prefix, std::string_view after = "") {
    std::vector<std::string> listed;
    store_->list(prefix, after, [&](const ObjectInfo& info) {
      listed.push_back(info.key.name());
      return true;
    });
    return listed;
  }

  std::shared_ptr<ObjectStore> store_ = GetParam()();
};

/// What a store must do besides that vaults of naming mode conditional lie in: let one of many
/// writers of a name win. One without conditional creation cannot.
class ExclusiveCreationContract : public ObjectStoreContract {};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_TESTS_CONTRACT_OBJECT_STORE_CONTRACT_H_
