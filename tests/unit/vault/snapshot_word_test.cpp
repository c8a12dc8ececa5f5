#include "vault/snapshot_word.h"

#include <gmock/gmock.h>

#include "harness/faulty_store.h"
#include "vault/object_names.h"
#include "vault/trust_change.h"
#include "vault/witness.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using harness::FaultyStore;
using harness::StoreOperation;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = SnapshotWord::Kind;

/// What a word that cannot be obeyed is answered with.
template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorKind::internal, "nothing was thrown"};
}

Instant moment(const char* text) { return parse_instant(text).value(); }

TEST(SnapshotWord, IsAnIdOrTheNewestOfAKind) {
  EXPECT_EQ(SnapshotWord::from_text("7f3a").kind, Kind::id);
  EXPECT_EQ(SnapshotWord::from_text("latest").kind, Kind::latest);
  EXPECT_EQ(SnapshotWord::from_text("latest:shop-db").source, "shop-db");
  EXPECT_EQ(SnapshotWord::from_text("latest-proven").kind, Kind::latest_proven);
  EXPECT_EQ(SnapshotWord::from_text("latest-proven").source, std::nullopt);
  EXPECT_EQ(SnapshotWord::from_text("latest-proven:crm").kind, Kind::latest_proven);
  EXPECT_EQ(SnapshotWord::from_text("latest-proven:crm").source, "crm");
  EXPECT_EQ(SnapshotWord::from_text("before:2026-11-22").kind, Kind::before);
}

TEST(SnapshotWord, TakesAMomentInUtcOrWithAnOffset) {
  const auto before = [](const std::string& time) {
    return SnapshotWord::from_text("before:" + time).before;
  };
  EXPECT_EQ(before("2026-11-22"), moment("2026-11-22T00:00:00Z"));
  EXPECT_EQ(before("2026-11-22T03:00"), moment("2026-11-22T03:00:00Z"));
  EXPECT_EQ(before("2026-11-22 03:00"), moment("2026-11-22T03:00:00Z"));
  EXPECT_EQ(before("2026-11-22T03:00:09.120Z"), moment("2026-11-22T03:00:09.120Z"));
  EXPECT_EQ(before("2026-11-22T03:00:00+01:30"), moment("2026-11-22T01:30:00Z"));
  EXPECT_EQ(before("2026-11-22T23:00:00-02:00"), moment("2026-11-23T01:00:00Z"));
}

TEST(SnapshotWord, ThatIsNoneIsAUsageError) {
  for (const char* wrong :
       {"", "a", "yesterday", "LATEST", "latest:", "latest-proven:", "latest-", "latestproven",
        "before:", "before:yesterday", "before:2026-13-01", "before:2026-11-22T25:00", "before",
        "before:2026-11-22T03:00:00Z+01:00", "before:2026-11-22T03:00:00+25:00",
        "before:2026-11-22T03:00:00+1:000", "before:2026-11-22T03:00:00+01:60", "../x"}) {
    const Error error = error_of([&] { static_cast<void>(SnapshotWord::from_text(wrong)); });
    EXPECT_EQ(error.kind(), ErrorKind::usage) << wrong;
    EXPECT_FALSE(error.hint().empty()) << wrong;
  }
}

TEST(SnapshotWord, MayNotAskForTheFuture) {
  const auto word = SnapshotWord::from_text("before:2026-11-22T03:00");
  EXPECT_NO_THROW(require_past(word, moment("2026-11-22T03:00:00Z")));
  EXPECT_EQ(error_of([&] { require_past(word, moment("2026-11-22T02:59:59Z")); }).kind(),
            ErrorKind::usage);
  EXPECT_NO_THROW(require_past(SnapshotWord::from_text("latest"), moment("1971-01-01")));
}

class ChosenSnapshot : public VaultFixture {
 protected:
  /// A snapshot of these sources, an hour behind the last one.
  SnapshotRecord take(const std::vector<std::string>& names,
                      const std::vector<std::string>& caches = {}) {
    clock_.advance(std::chrono::hours(1));
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, names, 1);
    std::vector<SourceSummary> sources;
    for (const std::string& name : names) {
      SourceSummary source;
      source.name = name;
      source.kind = "postgres";
      source.at = clock_.now();
      sources.push_back(source);
    }
    for (const std::string& name : caches) {
      SourceSummary source;
      source.name = name;
      source.kind = "memcached";
      source.guarantee = kInventory;
      source.at = clock_.now();
      sources.push_back(source);
    }
    clock_.advance(std::chrono::minutes(1));
    return writer.commit(sources, true, {});
  }

  void attest(const SnapshotRecord& snapshot, const std::string& source,
              Verdict verdict = Verdict::proven) {
    clock_.advance(std::chrono::minutes(1));
    const Vault vault = open_as(Role::identity);
    const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
    append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
      Attestation attestation;
      attestation.link = link_behind(vault, end, read_other_heads(vault, ObjectType::record),
                                     clock_.now(), clock_.now());
      attestation.snapshot = snapshot.id();
      attestation.verdict = verdict;
      attestation.sources = {{.name = source, .verdict = verdict}};
      return attestation.encode(vault.self().signing_key(), key);
    });
  }

  SnapshotId found(const std::string& word, Role role = Role::identity) {
    return resolve_snapshot(open_as(role), word).id();
  }
  Error missed(const std::string& word, Role role = Role::identity) {
    return error_of([&] { static_cast<void>(found(word, role)); });
  }
  void hide(const SnapshotRecord& snapshot) {
    store_.remove(names::link(ObjectType::snapshot, snapshot.link.author, snapshot.link.seq));
  }
};

TEST_F(ChosenSnapshot, IsTheNewestThatHoldsTheSource) {
  take({"shop-db"});
  const auto both = take({"shop-db", "crm"});
  const auto shop = take({"shop-db"});
  EXPECT_EQ(found("latest"), shop.id());
  EXPECT_EQ(found("latest:shop-db"), shop.id());
  EXPECT_EQ(found("latest:crm"), both.id());
  EXPECT_EQ(found("latest:crm", Role::viewer), both.id());
  const Error error = missed("latest:payroll");
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("shop-db (newest 2026-11-23 06:14)"));
  EXPECT_THAT(error.hint(), HasSubstr("crm (newest 2026-11-23 05:13)"));
}

TEST_F(ChosenSnapshot, IsProvenWithoutItsCachesAndNeverByThemAlone) {
  const auto both = take({"shop-db"}, {"pages"});
  EXPECT_EQ(missed("latest-proven").kind(), ErrorKind::not_found);
  attest(both, "shop-db");
  take({}, {"pages"});
  EXPECT_EQ(found("latest-proven"), both.id());
  EXPECT_EQ(missed("latest-proven:pages").kind(), ErrorKind::not_found);
}

TEST_F(ChosenSnapshot, IsProvenOnlyIfEachOfItsSourcesIs) {
  const auto shop = take({"shop-db"});
  const auto both = take({"shop-db", "crm"});
  EXPECT_EQ(missed("latest-proven").kind(), ErrorKind::not_found);
  EXPECT_THAT(missed("latest-proven").message(), HasSubstr("none of 2 snapshots is proven"));
  attest(shop, "shop-db");
  attest(both, "crm");
  EXPECT_EQ(found("latest-proven"), shop.id());
  EXPECT_EQ(found("latest-proven:crm"), both.id());
  EXPECT_EQ(found("latest-proven:shop-db"), shop.id());
  attest(both, "shop-db");
  EXPECT_EQ(found("latest-proven"), both.id());
  EXPECT_THAT(missed("latest-proven:payroll").hint(), HasSubstr("crm"));
}

TEST_F(ChosenSnapshot, IsNotProvenIfALaterProofFailed) {
  const auto old = take({"shop-db"});
  const auto young = take({"shop-db"});
  attest(old, "shop-db");
  attest(young, "shop-db");
  attest(young, "shop-db", Verdict::not_proven);
  EXPECT_EQ(found("latest-proven"), old.id());
  attest(young, "shop-db");
  EXPECT_EQ(found("latest-proven"), young.id());
}

TEST_F(ChosenSnapshot, WasTakenAtOrBeforeTheMoment) {
  const auto first = take({"shop-db"});   // at 04:12
  const auto second = take({"shop-db"});  // at 05:13
  EXPECT_EQ(found("before:2026-11-23T05:13"), second.id());
  EXPECT_EQ(found("before:2026-11-23T05:12:59.999Z"), first.id());
  EXPECT_EQ(found("before:2026-11-24"), second.id());
  const Error error = missed("before:2026-11-23");
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("the oldest is of 2026-11-23T04:12:00.000Z"));
  EXPECT_THAT(error.hint(), HasSubstr("the newest of 2026-11-23T05:13:00.000Z"));
}

TEST_F(ChosenSnapshot, IsNeverAVoidOne) {
  const auto honest = take({"shop-db"});
  const auto thiefs = take({"shop-db"});
  attest(thiefs, "shop-db");
  const Vault admin = open_as(Role::admin);
  publish_trust(sign_trust(admin.state(),
                           plan_revoke(admin.trust(), honest.link.author,
                                       {honest.link.seq, honest.id()}, clock_.now()),
                           admin.self()),
                store_);
  EXPECT_EQ(found("latest:shop-db"), honest.id());
  EXPECT_EQ(found("before:2026-11-24"), honest.id());
  EXPECT_EQ(missed("latest-proven").kind(), ErrorKind::not_found);
}

TEST_F(ChosenSnapshot, IsNotOneBehindWhichANewerIsHidden) {
  const auto oldest = take({"shop-db", "crm"});
  const auto middle = take({"shop-db"});
  const auto newest = take({"shop-db"});
  hide(middle);
  EXPECT_EQ(found("latest:shop-db"), newest.id());
  const Error error = missed("latest:crm");
  EXPECT_EQ(error.kind(), ErrorKind::stale);
  EXPECT_THAT(error.message(), HasSubstr("is missing"));
  EXPECT_EQ(missed("before:2026-11-23T05:00").kind(), ErrorKind::stale);
  EXPECT_EQ(missed("latest:payroll").kind(), ErrorKind::stale);
  EXPECT_EQ(found(oldest.id().hex()), oldest.id());
}

TEST_F(ChosenSnapshot, IsNotTheOldOneOfAVaultThatAProofSawNewer) {
  take({"shop-db"});
  const auto newest = take({"shop-db"});
  attest(newest, "shop-db");
  hide(newest);
  EXPECT_EQ(missed("latest:shop-db").kind(), ErrorKind::stale);
  EXPECT_EQ(missed("latest-proven").kind(), ErrorKind::stale);
}

TEST_F(ChosenSnapshot, OfAnUnreadableHistoryIsNotInvented) {
  const auto only = take({"shop-db"});
  replace(names::link(ObjectType::snapshot, only.link.author, 1).name(), Bytes(100));
  EXPECT_EQ(missed("latest:shop-db").kind(), ErrorKind::corrupt);
  EXPECT_EQ(missed("before:2026-11-24").kind(), ErrorKind::corrupt);
  EXPECT_EQ(missed("ab").kind(), ErrorKind::not_found);
}

TEST_F(ChosenSnapshot, BySourceNeedsACredentialThatSeesSources) {
  take({"shop-db"});
  EXPECT_EQ(missed("latest:shop-db", Role::admin).kind(), ErrorKind::denied);
  EXPECT_NO_THROW(found("before:2026-11-24", Role::admin));
}

TEST_F(ChosenSnapshot, CalledLatestCostsOneListingAndOneRead) {
  for (int i = 0; i < 5; ++i) take({"shop-db"});
  FaultyStore counted(store_);
  const Vault vault(counted, capabilities_.at(Role::identity));
  std::map<StoreOperation, int> requests;
  counted.call_before([&](StoreOperation operation, const std::string&) { ++requests[operation]; });
  static_cast<void>(resolve_snapshot(vault, "latest"));
  EXPECT_EQ(requests[StoreOperation::list], 1);
  EXPECT_EQ(requests[StoreOperation::get], 1);
  requests.clear();
  static_cast<void>(resolve_snapshot(vault, "latest:shop-db"));
  EXPECT_EQ(requests[StoreOperation::list], 2);
  EXPECT_EQ(requests[StoreOperation::get], 5);
}

TEST_F(ChosenSnapshot, IsInAListOfOneSourceIfItHoldsIt) {
  const auto shop = take({"shop-db"});
  const auto both = take({"shop-db", "crm"});
  const auto stock = take({"stock"});
  const auto kept = [&](const std::vector<std::string>& names, Role role) {
    History history = read_history(open_as(role));
    keep_sources(history, names);
    std::vector<SnapshotId> ids;
    for (const SnapshotRecord& snapshot : history.snapshots) ids.push_back(snapshot.id());
    return ids;
  };
  EXPECT_THAT(kept({}, Role::viewer), ElementsAre(stock.id(), both.id(), shop.id()));
  EXPECT_THAT(kept({"crm"}, Role::viewer), ElementsAre(both.id()));
  EXPECT_THAT(kept({"crm", "stock"}, Role::viewer), ElementsAre(stock.id(), both.id()));
  EXPECT_THAT(kept({"crm"}, Role::admin), ElementsAre(stock.id(), both.id(), shop.id()));
  const Error error = error_of([&] { kept({"crm", "payroll"}, Role::viewer); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("stock (newest"));
}

}  // namespace
}  // namespace lifeboat::vault
