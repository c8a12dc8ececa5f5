#include <gmock/gmock.h>

#include <iostream>

#include "harness/cutting_proxy.h"
#include "integration/restore/shop_target.h"
#include "verify/verify.h"

namespace lifeboat::restore {
namespace {

using harness::CuttingProxy;
using testing::HasSubstr;

/// The connection to the target breaks in the middle of one of the server's messages.
class CutRestore : public ShopTarget {
 protected:
  /// Whatever was cut off: either nothing was begun, or the target says that it is incomplete, or
  /// it is whole. A restore that came back without an error must be whole.
  void expect_honest(bool failed) const {
    const auto state = postgres::inspect_target(server().url("target"));
    if (!state.unfinished_snapshot.empty()) {
      EXPECT_TRUE(failed) << "it passes half a restore for a whole one";
    } else if (state.user_objects == 0) {
      EXPECT_TRUE(failed) << "it restored nothing and says so to nobody";
    } else {
      EXPECT_EQ(contents("target"), expected_);
    }
  }

  /// Returns whether it failed; it may do so as a server that is gone alone.
  bool restore_cut_at(std::uint64_t message, CuttingProxy::Cut cut) {
    const CuttingProxy proxy(server(), message, cut);
    try {
      static_cast<void>(restore(proxy.url("target")));
      return false;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
      EXPECT_FALSE(error.hint().empty()) << error.message();
      return true;
    }
  }

  [[nodiscard]] std::uint64_t messages_of_a_whole_one(int jobs) {
    const CuttingProxy proxy(server(), 0, CuttingProxy::Cut::server);
    expect_whole(restore(proxy.url("target"), jobs));
    return proxy.messages();
  }

  /// A server notices a lost client a moment later, and does what it was about to do.
  static void await_silence() {
    for (int tries = 0;
         server().value("postgres",
                        "SELECT count(*) FROM pg_stat_activity"
                        " WHERE datname = 'target' AND backend_type = 'client backend'") != "0";
         ++tries) {
      ASSERT_LT(tries, 1000) << "a session of a restore that is over";
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
};

TEST_F(CutRestore, IsWholeOrSaysThatItIsNotAndGoesOn) {
  const std::uint64_t messages = messages_of_a_whole_one(2);
  const std::uint64_t points = harness::long_run() ? 200 : 6;
  std::uint64_t failed = 0;
  std::uint64_t gone_on = 0;
  for (std::uint64_t i = 0; i < points && !HasFailure(); ++i) {
    // The last point is the server's last word but one.
    const std::uint64_t at = 1 + i * (messages - 2) / (points - 1);
    SCOPED_TRACE("cut at message " + std::to_string(at) + " of " + std::to_string(messages));
    new_target();
    const bool lost =
        restore_cut_at(at, i % 2 == 0 ? CuttingProxy::Cut::server : CuttingProxy::Cut::session);
    await_silence();
    failed += lost ? 1 : 0;
    expect_honest(lost);
    const auto state = postgres::inspect_target(server().url("target"));
    if (state.user_objects > 0 && state.unfinished_snapshot.empty()) continue;
    const Report second = restore(server().url("target"));
    gone_on += second.load.steps_done_before > 0 ? 1 : 0;
    expect_whole(second);
  }
  std::cout << points << " cuts in " << messages << " messages: " << failed << " restores failed, "
            << gone_on << " went on\n";
  EXPECT_GE(failed, points - 2);
  EXPECT_GE(gone_on, points / 3);
}

TEST_F(CutRestore, AtItsLastWordIsKnownToBeWholeOrSaysHowToFindOut) {
  const std::uint64_t messages = messages_of_a_whole_one(1);
  // The end of the restore is the dropping of the mark; behind it come but two words.
  for (std::uint64_t back = 0; back < 6 && !HasFailure(); ++back) {
    SCOPED_TRACE("cut " + std::to_string(back) + " messages before the last");
    new_target();
    const CuttingProxy proxy(server(), messages - back, CuttingProxy::Cut::session);
    try {
      expect_whole(restore(proxy.url("target"), 1));
    } catch (const Error& error) {
      await_silence();
      const auto state = postgres::inspect_target(server().url("target"));
      EXPECT_FALSE(state.unfinished_snapshot.empty()) << "whole, but called a failure";
      expect_whole(restore(server().url("target")));
    }
  }
}

/// What an error keeps is looked up in the target.
void expect_true(const Error& error, bool changed) {
  const bool says_nothing_changed = error.kept().starts_with("nothing");
  const bool does_not_know = error.kept().find("not known") != std::string::npos;
  EXPECT_TRUE(says_nothing_changed || does_not_know) << error.message() << ": " << error.kept();
  EXPECT_FALSE(says_nothing_changed && changed) << error.message();
}

TEST_F(CutRestore, InOneTransactionNeverSaysThatNothingChangedWhereSomethingDid) {
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  const vault::SnapshotRecord record = vault::resolve_snapshot(reader, "latest");
  const auto run = [&](Request request, const Secret& url) {
    request.url = url;
    return restore_postgres(reader, record, request, said_, {});
  };
  static_cast<void>(run({.source = {}, .url = {}, .schema_only = true}, server().url("target")));
  const Request rows{.source = {}, .url = {}, .choice = {.tables = {"events"}}, .data_only = true};
  const Request beside{
      .source = {}, .url = {}, .choice = {.tables = {"events"}}, .into_schema = "old"};
  std::uint64_t committed = 0;
  for (const Request& request : {rows, beside}) {
    const auto clean = [] {
      server().execute("target", "TRUNCATE events; DROP SCHEMA IF EXISTS old CASCADE");
    };
    const auto changed = [&] {
      return value(request.into_schema ? "SELECT to_regclass('old.events') IS NOT NULL"
                                       : "SELECT EXISTS (SELECT FROM events)") == "t";
    };
    std::uint64_t messages = 0;
    {
      const CuttingProxy proxy(server(), 0, CuttingProxy::Cut::session);
      static_cast<void>(run(request, proxy.url("target")));
      messages = proxy.messages();
    }
    for (std::uint64_t back = 0; back < 8 && !HasFailure(); ++back) {
      SCOPED_TRACE("cut " + std::to_string(back) + " messages before the last");
      clean();
      const CuttingProxy proxy(server(), messages - back, CuttingProxy::Cut::session);
      try {
        static_cast<void>(run(request, proxy.url("target")));
        EXPECT_TRUE(changed());
      } catch (const Error& error) {
        await_silence();
        committed += changed() ? 1 : 0;
        expect_true(error, changed());
      }
    }
    clean();
  }
  EXPECT_GT(committed, 0U) << "no cut has hit a commit";
}

TEST_F(CutRestore, OfAProofIsNoVerdictAndTheNextProofIsGood) {
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  const vault::SnapshotRecord record = vault::resolve_snapshot(reader, "latest");
  const auto prove = [&](const Secret& url) {
    verify::Request request;
    request.scratch_url = url;
    request.adopt_scratch = true;
    return verify::verify(reader, record, request, SystemClock(), said_, {}).verdict;
  };
  std::uint64_t messages = 0;
  {
    const CuttingProxy proxy(server(), 0, CuttingProxy::Cut::server);
    EXPECT_EQ(prove(proxy.url("target")), vault::Verdict::proven);
    messages = proxy.messages();
  }
  std::size_t proofs = vault_.history().attestations.size();
  EXPECT_EQ(proofs, 1U);
  const std::uint64_t points = harness::long_run() ? 100 : 4;
  for (std::uint64_t i = 0; i < points && !HasFailure(); ++i) {
    const std::uint64_t at = 1 + i * (messages - 2) / (points - 1);
    SCOPED_TRACE("cut at message " + std::to_string(at) + " of " + std::to_string(messages));
    try {
      const CuttingProxy proxy(server(), at,
                               i % 2 == 0 ? CuttingProxy::Cut::server : CuttingProxy::Cut::session);
      EXPECT_EQ(prove(proxy.url("target")), vault::Verdict::proven);
      ++proofs;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.message();
    }
    await_silence();
    EXPECT_EQ(vault_.history().attestations.size(), proofs)
        << "a verdict of a proof that broke off";
    EXPECT_EQ(prove(server().url("target")), vault::Verdict::proven);
    ++proofs;
    EXPECT_EQ(postgres::inspect_target(server().url("target")).user_objects, 0U);
  }
}

}  // namespace
}  // namespace lifeboat::restore
