// The time by a store's own clock, and what a wrong clock is told: docs/format/vault.md §17.2.
#include "store/store_time.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "seal/sodium.h"
#include "store/memory_store.h"

namespace lifeboat::store {
namespace {

using std::chrono::minutes;

/// A store whose credential may delete nothing, as a writer's.
class KeepsAll final : public ObjectStore {
 public:
  explicit KeepsAll(ObjectStore& inner) : inner_(inner) {}
  [[nodiscard]] PutResult put(const ObjectKey& key, ByteView bytes) override {
    return inner_.put(key, bytes);
  }
  [[nodiscard]] std::optional<Bytes> get(const ObjectKey& key, std::uint64_t limit) override {
    return inner_.get(key, limit);
  }
  [[nodiscard]] std::optional<Bytes> get_range(const ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override {
    return inner_.get_range(key, offset, count);
  }
  [[nodiscard]] std::optional<ObjectInfo> find(const ObjectKey& key) override {
    return inner_.find(key);
  }
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const ObjectInfo&)>& visit) override {
    inner_.list(prefix, after, visit);
  }
  void remove(const ObjectKey& key) override { throw Error(ErrorKind::denied, key.name()); }
  [[nodiscard]] std::string describe() const override { return inner_.describe(); }

 private:
  ObjectStore& inner_;
};

class StoreTime : public testing::Test {
 protected:
  StoreTime() { seal::initialize(); }

  [[nodiscard]] int probes() {
    int count = 0;
    store_.list("probe/", "", [&](const ObjectInfo&) { return ++count > 0; });
    return count;
  }

  FakeClock theirs_{*parse_instant("2026-11-23T03:12:00Z")};
  FakeClock ours_{*parse_instant("2026-11-23T03:12:00Z")};
  MemoryStore store_{theirs_};
};

TEST_F(StoreTime, IsTheStoresAndLeavesNothingBehind) {
  ours_.advance(minutes(7));
  EXPECT_EQ(read_store_time(store_), theirs_.now());
  EXPECT_EQ(require_clocks_agree(store_, ours_), theirs_.now());
  EXPECT_EQ(probes(), 0);
}

TEST_F(StoreTime, IsToldWhereNothingMayBeDeleted) {
  KeepsAll store(store_);
  EXPECT_EQ(read_store_time(store), theirs_.now());
  EXPECT_EQ(probes(), 1);
}

TEST_F(StoreTime, ClocksMayBeTenMinutesApartAndNoMore) {
  ours_.advance(minutes(10));
  EXPECT_NO_THROW(static_cast<void>(require_clocks_agree(store_, ours_)));
  for (const auto step : {std::chrono::milliseconds(1),
                          std::chrono::milliseconds(minutes(-20)) - std::chrono::milliseconds(2)}) {
    ours_.advance(step);
    try {
      static_cast<void>(require_clocks_agree(store_, ours_));
      FAIL() << "no error came";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::refused);
      EXPECT_NE(error.message().find(to_rfc3339(ours_.now())), std::string::npos);
      EXPECT_NE(error.message().find(to_rfc3339(theirs_.now())), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace lifeboat::store
