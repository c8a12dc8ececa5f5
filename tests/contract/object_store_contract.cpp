#include "contract/object_store_contract.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/error.h"

namespace lifeboat::store {
namespace {

using Names = std::vector<std::string>;

TEST_P(ObjectStoreContract, GivesBackWhatWasPut) {
  Bytes all(70'000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i * 7);
  EXPECT_EQ(store_->put(ObjectKey("g1/pack/ab/abcd"), all), PutResult::created);
  EXPECT_EQ(store_->get(ObjectKey("g1/pack/ab/abcd"), kNoLimit), all);
}

TEST_P(ObjectStoreContract, KeepsAnEmptyObject) {
  put("empty", "");
  EXPECT_EQ(store_->get(ObjectKey("empty"), 0), Bytes{});
  EXPECT_EQ(store_->find(ObjectKey("empty"))->size_bytes, 0U);
}

TEST_P(ObjectStoreContract, NeverReplacesAnObject) {
  put("format", "first");
  EXPECT_EQ(store_->put(ObjectKey("format"), as_bytes("second")), PutResult::exists);
  EXPECT_EQ(store_->get(ObjectKey("format"), kNoLimit), bytes_of("first"));
}

TEST_P(ExclusiveCreationContract, LetsOneOfManyWritersOfANameWin) {
  std::atomic<int> winners{0};
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      const std::string text(1000, static_cast<char>('a' + i));
      const auto result = store_->put(ObjectKey("race/for/it"), as_bytes(text));
      if (result == PutResult::created) ++winners;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(winners, 1);
  const auto kept = store_->get(ObjectKey("race/for/it"), kNoLimit);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->size(), 1000U);
  EXPECT_EQ(std::count(kept->begin(), kept->end(), kept->front()), 1000);
}

TEST_P(ObjectStoreContract, SaysNothingOfAnObjectThatIsNotThere) {
  put("a/b/c");
  for (const char* absent : {"no", "a", "a/b", "a/b/d", "a/b/c/d"}) {
    const ObjectKey key(absent);
    EXPECT_FALSE(store_->get(key, kNoLimit)) << absent;
    EXPECT_FALSE(store_->get_range(key, 0, 1)) << absent;
    EXPECT_FALSE(store_->find(key)) << absent;
  }
}

TEST_P(ObjectStoreContract, RefusesAnObjectLongerThanTheLimit) {
  put("long", "12345");
  EXPECT_EQ(store_->get(ObjectKey("long"), 5)->size(), 5U);
  try {
    static_cast<void>(store_->get(ObjectKey("long"), 4));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    EXPECT_NE(error.message().find("long"), std::string::npos) << error.message();
  }
}

TEST_P(ObjectStoreContract, GivesPartsOfAnObject) {
  put("part", "0123456789");
  const ObjectKey key("part");
  EXPECT_EQ(store_->get_range(key, 0, 3), bytes_of("012"));
  EXPECT_EQ(store_->get_range(key, 4, 2), bytes_of("45"));
  EXPECT_EQ(store_->get_range(key, 8, 100), bytes_of("89"));
  EXPECT_EQ(store_->get_range(key, 10, 1), Bytes{});
  EXPECT_EQ(store_->get_range(key, 1000, 1), Bytes{});
  EXPECT_EQ(store_->get_range(key, 0, 0), Bytes{});
}

TEST_P(ObjectStoreContract, FindsSizeAndTimeOfAnObject) {
  put("found/it", "12345");
  put("found/later", "1");
  const auto found = store_->find(ObjectKey("found/it"));
  const auto later = store_->find(ObjectKey("found/later"));
  ASSERT_TRUE(found && later);
  EXPECT_EQ(found->key, ObjectKey("found/it"));
  EXPECT_EQ(found->size_bytes, 5U);
  EXPECT_GT(found->stored_at, Instant{});
  EXPECT_LE(found->stored_at, later->stored_at);
}

TEST_P(ObjectStoreContract, ListsInBytewiseOrderOfFullNames) {
  const Names in_order = {"a",   "a-b",  "a.b",   "b-c/x",        "b.c/x",       "b/c/d",
                          "b/x", "b0/x", "b_c/x", "record/aa/00", "record/aa/01"};
  for (auto at = in_order.rbegin(); at != in_order.rend(); ++at) put(*at);
  EXPECT_EQ(names(""), in_order);
}

TEST_P(ObjectStoreContract, ListsOnlyWhatStartsWithThePrefix) {
  for (const char* name : {"g1/pack/aa/aa1", "g1/pack/ab/ab1", "g1/pack/ab/ab2", "g10/pack/ab/x",
                           "g1/packs", "snapshot/w/1"}) {
    put(name);
  }
  EXPECT_EQ(names("g1/pack/ab/"), (Names{"g1/pack/ab/ab1", "g1/pack/ab/ab2"}));
  EXPECT_EQ(names("g1/pack/a"), (Names{"g1/pack/aa/aa1", "g1/pack/ab/ab1", "g1/pack/ab/ab2"}));
  EXPECT_EQ(names("g1/pack"),
            (Names{"g1/pack/aa/aa1", "g1/pack/ab/ab1", "g1/pack/ab/ab2", "g1/packs"}));
  EXPECT_EQ(names("g1/pack/ab/ab2"), (Names{"g1/pack/ab/ab2"}));
  EXPECT_EQ(names("g2/"), Names{});
}

TEST_P(ObjectStoreContract, ListsFromBehindAName) {
  const Names all = {"p/1/a", "p/1/b", "p/2/a", "p/3", "q"};
  for (const std::string& name : all) put(name);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Names rest(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end());
    EXPECT_EQ(names("", all[i]), rest) << all[i];
  }
  EXPECT_EQ(names("p/", "p/1/aa"), (Names{"p/1/b", "p/2/a", "p/3"}));
  EXPECT_EQ(names("p/", "a"), (Names{"p/1/a", "p/1/b", "p/2/a", "p/3"}));
  EXPECT_EQ(names("p/", "z"), Names{});
}

TEST_P(ObjectStoreContract, StopsAListWhenTold) {
  for (const char* name : {"a/1", "a/2", "b/1"}) put(name);
  Names seen;
  store_->list("", "", [&](const ObjectInfo& info) {
    seen.push_back(info.key.name());
    return seen.size() < 2;
  });
  EXPECT_EQ(seen, (Names{"a/1", "a/2"}));
}

TEST_P(ObjectStoreContract, LetsTheVisitorOfAListUseTheStore) {
  for (const char* name : {"a/1", "a/2"}) put(name, name);
  std::vector<Bytes> read;
  store_->list("", "", [&](const ObjectInfo& info) {
    read.push_back(*store_->get(info.key, kNoLimit));
    store_->remove(info.key);
    return true;
  });
  EXPECT_EQ(read, (std::vector<Bytes>{bytes_of("a/1"), bytes_of("a/2")}));
  EXPECT_EQ(names(""), Names{});
}

TEST_P(ObjectStoreContract, ListsSizeAndTimeAsFindDoes) {
  put("a/1", "12345");
  store_->list("", "", [&](const ObjectInfo& info) {
    const auto found = store_->find(info.key);
    EXPECT_EQ(info.size_bytes, found->size_bytes);
    EXPECT_EQ(info.stored_at, found->stored_at);
    return true;
  });
}

TEST_P(ObjectStoreContract, RemovesAnObjectAndForgivesASecondTry) {
  put("gone", "1");
  store_->remove(ObjectKey("gone"));
  store_->remove(ObjectKey("gone"));
  store_->remove(ObjectKey("never/was"));
  EXPECT_FALSE(store_->find(ObjectKey("gone")));
  EXPECT_EQ(store_->put(ObjectKey("gone"), as_bytes("2")), PutResult::created);
  EXPECT_EQ(store_->get(ObjectKey("gone"), kNoLimit), bytes_of("2"));
}

TEST_P(ObjectStoreContract, NamesItselfForMessages) { EXPECT_FALSE(store_->describe().empty()); }

}  // namespace
}  // namespace lifeboat::store
