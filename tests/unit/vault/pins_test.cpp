// Pins, releases and forget records, and which of them knew the other: docs/format/vault.md §17.1.
#include <gtest/gtest.h>

#include "base/error.h"
#include "vault/append_record.h"
#include "vault/object_names.h"
#include "vault/pins_and_forgets.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

class Pins : public VaultFixture {
 protected:
  Link keep(const SnapshotId& id, Role by = Role::operator_, const std::string& reason = "audit") {
    return append(by, RecordKind::pin, encode_pin({id, false, reason}));
  }
  Link release(const SnapshotId& id, Role by = Role::operator_) {
    return append(by, RecordKind::pin, encode_pin({id, true, ""}));
  }
  Link forget(const SnapshotId& id) {
    ForgetBody body;
    body.store_time = clock_.now();
    body.snapshots.push_back({id, ForgetRule::hand});
    return append(Role::pruner, RecordKind::forget, encode_forget(body));
  }
  Link append(Role by, RecordKind kind, const std::string& body) {
    clock_.advance(std::chrono::minutes(1));
    return append_json_record(open_as(by), kind, body, clock_.now(), clock_.now());
  }

  /// What was in the record chain of that role before `action` is hidden from it: both acted at
  /// once.
  void without_seeing(Role other, const std::function<void()>& action) {
    const auto key = names::link(ObjectType::record, capabilities_.at(other).key_id(), 1);
    const Bytes bytes = *store_.get(key, kMaxRecordBytes);
    store_.remove(key);
    action();
    ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
  }

  [[nodiscard]] PinsAndForgets now(Role by = Role::pruner) {
    const History history = read_history(open_as(by));
    EXPECT_TRUE(history.problems.empty());
    return pins_and_forgets(history);
  }
};

TEST_F(Pins, APinnedSnapshotIsKeptForAReason) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id(), Role::identity, "before the \"migration\"");
  const auto all = now();
  ASSERT_TRUE(all.is_pinned(snapshot.id()));
  EXPECT_EQ(all.pinned.at(snapshot.id()).reason, "before the \"migration\"");
  EXPECT_TRUE(all.forgotten.empty());
}

TEST_F(Pins, TheNewestReasonCounts) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id(), Role::operator_, "first");
  keep(snapshot.id(), Role::operator_, "second");
  EXPECT_EQ(now().pinned.at(snapshot.id()).reason, "second");
}

TEST_F(Pins, AReleaseEndsEveryPinThatItsAuthorKnew) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id(), Role::operator_);
  keep(snapshot.id(), Role::identity);
  release(snapshot.id(), Role::pruner);
  EXPECT_TRUE(now().pinned.empty());
  keep(snapshot.id());
  EXPECT_TRUE(now().is_pinned(snapshot.id()));
}

TEST_F(Pins, AReleaseThatKnewNothingOfAPinDoesNotEndIt) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id(), Role::identity);
  without_seeing(Role::identity, [&] { release(snapshot.id(), Role::operator_); });
  EXPECT_TRUE(now().is_pinned(snapshot.id()));
}

TEST_F(Pins, AForgottenSnapshotIsForgottenSinceTheStoresTime) {
  const SnapshotRecord snapshot = take_snapshot(100);
  const Link record = forget(snapshot.id());
  const auto all = now();
  ASSERT_TRUE(all.is_forgotten(snapshot.id()));
  const Forgotten& forgotten = all.forgotten.at(snapshot.id());
  EXPECT_EQ(forgotten.since, record.finished - std::chrono::minutes(1));
  EXPECT_EQ(forgotten.rule, ForgetRule::hand);
  EXPECT_EQ(forgotten.record, record.id);
}

TEST_F(Pins, AForgetThatIsRepeatedCountsFromTheFirst) {
  const SnapshotRecord snapshot = take_snapshot(100);
  const Link first = forget(snapshot.id());
  clock_.advance(std::chrono::hours(5));
  forget(snapshot.id());
  EXPECT_EQ(now().forgotten.at(snapshot.id()).record, first.id);
}

TEST_F(Pins, KeepingWhatIsForgottenTakesTheForgettingBackForGood) {
  const SnapshotRecord snapshot = take_snapshot(100);
  forget(snapshot.id());
  keep(snapshot.id());
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
  release(snapshot.id());
  EXPECT_FALSE(now().is_pinned(snapshot.id()));
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
  forget(snapshot.id());
  EXPECT_TRUE(now().is_forgotten(snapshot.id()));
}

TEST_F(Pins, OfAPinAndAForgetAtTheSameTimeThePinCounts) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id());
  without_seeing(Role::operator_, [&] { forget(snapshot.id()); });
  EXPECT_TRUE(now().is_pinned(snapshot.id()));
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
}

TEST_F(Pins, AForgetThatIgnoresAPinDoesNotHoldEvenAfterItsRelease) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id());
  forget(snapshot.id());
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
  release(snapshot.id());
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
}

TEST_F(Pins, AClockThatIsWrongChangesNothing) {
  const SnapshotRecord snapshot = take_snapshot(100);
  forget(snapshot.id());
  const Instant years_ago = clock_.now() - std::chrono::hours(24 * 3650);
  append_json_record(open_as(Role::operator_), RecordKind::pin,
                     encode_pin({snapshot.id(), false, "a dead battery"}), years_ago, years_ago);
  EXPECT_TRUE(now().is_pinned(snapshot.id()));
  EXPECT_FALSE(now().is_forgotten(snapshot.id()));
}

TEST_F(Pins, AForgottenSnapshotIsFoundByItsIdAlone) {
  const SnapshotRecord old = take_snapshot(100);
  const Instant between = clock_.now();
  clock_.advance(std::chrono::hours(1));
  take_snapshot(200);
  const auto name_of_old = [&](const std::string& word) {
    return resolve_snapshot(open_as(Role::viewer), word).id() == old.id();
  };
  const std::string before = "before:" + to_rfc3339(between);
  EXPECT_TRUE(name_of_old(before));
  forget(old.id());
  EXPECT_TRUE(name_of_old(short_id(old.id())));
  EXPECT_THROW(static_cast<void>(name_of_old(before)), Error);
  EXPECT_FALSE(name_of_old("latest:shop-db"));
}

TEST_F(Pins, AWriterSeesNoneOfThem) {
  const SnapshotRecord snapshot = take_snapshot(100);
  keep(snapshot.id());
  EXPECT_TRUE(now(Role::writer).pinned.empty());
  EXPECT_TRUE(now(Role::viewer).is_pinned(snapshot.id()));
}

TEST_F(Pins, WhatCannotBeUnderstoodIsAProblemThatNamesItsRecord) {
  take_snapshot(100);
  append(Role::operator_, RecordKind::pin, R"({"format":1,"action":"keep","snapshot":"12"})");
  append(Role::pruner, RecordKind::forget, R"({"format":1})");
  const auto all = now();
  ASSERT_EQ(all.problems.size(), 2U);
  for (const Problem& problem : all.problems) {
    EXPECT_EQ(problem.kind, ErrorKind::corrupt);
    EXPECT_TRUE(problem.object.starts_with("record/")) << problem.object;
  }
}

TEST(RetentionRecord, BodiesComeBackAsTheyWere) {
  SnapshotId id;
  id.bytes.fill(0xa7);
  const PinBody pin = decode_pin(encode_pin({id, false, "für die Prüfung"}));
  EXPECT_EQ(pin.snapshot, id);
  EXPECT_FALSE(pin.release);
  EXPECT_EQ(pin.reason, "für die Prüfung");
  ForgetBody body;
  body.store_time = *parse_instant("2026-11-23T03:12:09.120Z");
  body.policy.within = std::chrono::hours(168);
  body.policy.daily = 30;
  body.policy.yearly = 2;
  body.snapshots = {{id, ForgetRule::unkept}, {SnapshotId{}, ForgetRule::partial}};
  const ForgetBody again = decode_forget(encode_forget(body));
  EXPECT_EQ(again.store_time, body.store_time);
  EXPECT_EQ(again.policy, body.policy);
  ASSERT_EQ(again.snapshots.size(), 2U);
  EXPECT_EQ(again.snapshots[0].snapshot, id);
  EXPECT_EQ(again.snapshots[0].rule, ForgetRule::unkept);
  EXPECT_EQ(again.snapshots[1].rule, ForgetRule::partial);
}

TEST(RetentionRecord, WhatIsNoBodyIsCorrupt) {
  const std::string id(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"format":2,"action":"keep","snapshot":")") + id + "\"}",
        std::string(R"({"format":1,"action":"drop","snapshot":")") + id + "\"}",
        std::string(R"({"format":1,"action":"keep","snapshot":")") + id + "0\"}",
        std::string(R"({"format":1,"action":"keep","snapshot":7})")}) {
    try {
      static_cast<void>(decode_pin(text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt) << text;
    }
  }
  for (const std::string& text :
       {std::string(R"({"format":1,"store_time":"yesterday","policy":null,"snapshots":[]})"),
        std::string(R"({"format":1,"store_time":"2026-11-23T03:12:09.120Z","snapshots":[]})"),
        std::string(R"({"format":1,"store_time":"2026-11-23T03:12:09.120Z","policy":null,)") +
            R"("snapshots":[{"snapshot":"xyz","rule":"hand"}]})",
        std::string(R"({"format":1,"store_time":"2026-11-23T03:12:09.120Z","policy":7,)") +
            R"("snapshots":[]})"}) {
    try {
      static_cast<void>(decode_forget(text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt) << text;
    }
  }
}

}  // namespace
}  // namespace lifeboat::vault
