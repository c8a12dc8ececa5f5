#include "vault/copy.h"

#include <gmock/gmock.h>

#include "harness/faulty_store.h"
#include "vault/object_names.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;
using store::MemoryStore;
using testing::HasSubstr;

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;

class CopyTest : public VaultFixture {
 protected:
  CopyReport copy_from(store::ObjectStore& from, store::ObjectStore& to, Role role = Role::identity,
                       CopyScope scope = CopyScope::everything) {
    SilentObserver silent;
    const Vault vault(from, capabilities_.at(role));
    return copy_vault(vault, to, scope, silent, {});
  }
  CopyReport copy() { return copy_from(store_, copy_); }
  CopyReport copy_own() { return copy_from(store_, copy_, Role::writer, CopyScope::own_snapshots); }

  Error error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Error(ErrorKind::internal, "");
  }

  std::string damage_in(store::ObjectStore& store) {
    SilentObserver silent;
    const Vault vault(store, capabilities_.at(Role::identity));
    std::string text;
    for (const Problem& problem : check(vault, CheckDepth::decrypt, silent, {}).problems) {
      text += problem.object + ": " + problem.what + "\n";
    }
    return text;
  }

  std::string orders_in(store::ObjectStore& store, const SnapshotRecord& record) {
    const Vault vault(store, capabilities_.at(Role::identity));
    return read_text(SnapshotReader(vault, record), "public.orders");
  }

  static std::map<std::string, Bytes> contents_of(store::ObjectStore& store) {
    std::map<std::string, Bytes> contents;
    store.list("", "", [&](const store::ObjectInfo& info) {
      contents[info.key.name()] = store.get(info.key, kAnySize).value();
      return true;
    });
    return contents;
  }

  static std::string first_name(store::ObjectStore& store, const std::string& part) {
    std::string found;
    store.list("", "", [&](const store::ObjectInfo& info) {
      if (info.key.name().find(part) != std::string::npos) found = info.key.name();
      return found.empty();
    });
    return found;
  }

  MemoryStore copy_{clock_};
};

TEST_F(CopyTest, HoldsWhatTheOriginalHoldsAndRestores) {
  const SnapshotRecord first = take_snapshot();
  const SnapshotRecord second = take_snapshot(5000, 1);
  const CopyReport report = copy();
  EXPECT_EQ(report.snapshots, 2U);
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(contents_of(copy_), contents_of(store_));
  EXPECT_EQ(damage_in(copy_), "");
  EXPECT_EQ(orders_in(copy_, first), orders_in(store_, first));
  EXPECT_EQ(orders_in(copy_, second), orders_in(store_, second));
}

TEST_F(CopyTest, TakesOnlyWhatIsNew) {
  take_snapshot();
  const CopyReport first = copy();
  const CopyReport again = copy();
  EXPECT_EQ(again.objects, 0U);
  EXPECT_EQ(again.already, first.objects);
  take_snapshot(5000, 1);
  const CopyReport third = copy();
  EXPECT_EQ(third.snapshots, 1U);
  EXPECT_LT(third.bytes, first.bytes);
  EXPECT_EQ(contents_of(copy_), contents_of(store_));
}

TEST_F(CopyTest, ThatBreaksOffAnywhereIsAVaultAndIsFinishedByTheNext) {
  take_snapshot();
  take_snapshot(5000, 1);
  const auto whole = contents_of(store_);
  for (std::size_t puts = 0; puts < whole.size(); ++puts) {
    MemoryStore place(clock_);
    FaultyStore breaking(place);
    std::size_t done = 0;
    breaking.call_before([&](StoreOperation operation, const std::string&) {
      if (operation == StoreOperation::put && done++ == puts) {
        throw Error(ErrorKind::unavailable, "cut off");
      }
    });
    const Error error = error_of([&] { static_cast<void>(copy_from(store_, breaking)); });
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.kept(), HasSubstr(std::to_string(puts) + " objects"));
    const bool opens = contents_of(place).contains(names::trust(1).name());
    EXPECT_EQ(opens ? damage_in(place) : "", "") << "after " << puts << " objects";
    EXPECT_EQ(copy_from(store_, place).objects, whole.size() - puts);
    EXPECT_EQ(contents_of(place), whole);
  }
}

TEST_F(CopyTest, LeavesDamageWhereItIsAndNamesIt) {
  take_snapshot();
  FaultyStore original(store_);
  const std::string pack = first_name(store_, "/pack/");
  original.flip(store::ObjectKey(pack), 40);
  const CopyReport report = copy_from(original, copy_);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].object, pack);
  EXPECT_FALSE(contents_of(copy_).contains(pack));
  // Once the original is right again (a bad read, a repaired disk) the copy gets it.
  EXPECT_EQ(copy().objects, 1U);
  EXPECT_EQ(damage_in(copy_), "");
}

TEST_F(CopyTest, DoesNotClaimASnapshotWhoseHeaderIsAnotherOne) {
  const SnapshotRecord record = take_snapshot();
  FaultyStore original(store_);
  original.flip(store::ObjectKey(first_name(store_, "/session/")), 60);
  const CopyReport report = copy_from(original, copy_);
  EXPECT_EQ(report.snapshots, 0U);
  EXPECT_EQ(report.behind, 1U);
  EXPECT_EQ(report.behind_since, record.link.finished);
  EXPECT_FALSE(report.problems.empty());
}

TEST_F(CopyTest, DoesNotTakeARecordThatItsAuthorDidNotSign) {
  take_snapshot();
  FaultyStore original(store_);
  const std::string name = first_name(store_, "snapshot/");
  original.flip(store::ObjectKey(name), 200);
  const Vault vault(store_, capabilities_.at(Role::identity));
  const CopyReport report = copy_from(original, copy_);
  EXPECT_EQ(report.behind, 1U);
  EXPECT_FALSE(contents_of(copy_).contains(name));
}

TEST_F(CopyTest, IsRefusedWhereAnotherVaultIs) {
  publish(plan_vault({}, clock_.now()), copy_);
  const auto before = contents_of(copy_);
  EXPECT_EQ(error_of([&] { static_cast<void>(copy()); }).kind(), ErrorKind::refused);
  EXPECT_EQ(contents_of(copy_), before);
}

TEST_F(CopyTest, SaysThatOneSideWasRolledBack) {
  take_snapshot();
  const auto old = contents_of(store_);
  take_snapshot(5000, 1);
  static_cast<void>(copy());
  // The original is put back to what it was: the copy knows a younger snapshot.
  MemoryStore rolled_back(clock_);
  for (const auto& [name, bytes] : old) {
    static_cast<void>(rolled_back.put(store::ObjectKey(name), bytes));
  }
  const Error error = error_of([&] { static_cast<void>(copy_from(rolled_back, copy_)); });
  EXPECT_EQ(error.kind(), ErrorKind::stale);
  EXPECT_THAT(error.message(), HasSubstr("it holds snapshot/"));
}

TEST_F(CopyTest, SaysThatTheTwoWereWrittenApart) {
  static_cast<void>(copy());
  take_snapshot(100, 1);
  // The same credential writes into the copy, too.
  {
    const Vault vault(copy_, capabilities_.at(Role::writer));
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.guarantee = "exact";
    source.average_log2 = 16;
    static_cast<void>(writer.commit({source}, true, {}));
  }
  const Error error = error_of([&] { static_cast<void>(copy()); });
  EXPECT_EQ(error.kind(), ErrorKind::stale);
  EXPECT_THAT(error.message(), HasSubstr("is another one there"));
}

TEST_F(CopyTest, ByAWriterHoldsItsOwnSnapshots) {
  take_snapshot();
  EXPECT_EQ(error_of([&] { static_cast<void>(copy_own()); }).kind(), ErrorKind::not_found);
  static_cast<void>(copy());
  const SnapshotRecord record = take_snapshot(5000, 1);
  FaultyStore place(copy_);
  place.call_before([](StoreOperation operation, const std::string& name) {
    const bool own = name.starts_with("g") || name.starts_with("snapshot/");
    EXPECT_TRUE(operation != StoreOperation::put || own) << name;
  });
  const CopyReport report = copy_from(store_, place, Role::writer, CopyScope::own_snapshots);
  EXPECT_EQ(report.snapshots, 1U);
  EXPECT_EQ(orders_in(copy_, record), orders_in(store_, record));
  EXPECT_EQ(damage_in(copy_), "");
}

TEST_F(CopyTest, StopsOnRequest) {
  take_snapshot();
  std::stop_source stop;
  stop.request_stop();
  SilentObserver silent;
  const Vault vault = open_as(Role::identity);
  EXPECT_EQ(error_of([&] {
              static_cast<void>(
                  copy_vault(vault, copy_, CopyScope::everything, silent, stop.get_token()));
            }).kind(),
            ErrorKind::cancelled);
}

}  // namespace
}  // namespace lifeboat::vault
