#include "notify/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "notify/selection.h"
#include "notify/uuid.h"
#include "receiver.h"
#include "seal/sodium.h"

namespace lifeboat::notify {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(Event, IsAgainGoodOnlyAfterABadOneOfTheSameAspect) {
  EXPECT_TRUE(first_success_after_failure(What::drill_failed, What::drill_passed));
  EXPECT_TRUE(first_success_after_failure(What::drill_missed, What::drill_passed));
  EXPECT_TRUE(first_success_after_failure(What::snapshot_late, What::snapshot_finished));
  EXPECT_TRUE(first_success_after_failure(What::proof_too_old, What::proof_fresh));
  EXPECT_FALSE(first_success_after_failure(What::drill_passed, What::drill_passed));
  EXPECT_FALSE(first_success_after_failure(std::nullopt, What::drill_passed));
  EXPECT_FALSE(first_success_after_failure(What::drill_failed, What::drill_failed));
  EXPECT_FALSE(first_success_after_failure(What::drill_failed, What::drill_started));
  EXPECT_FALSE(first_success_after_failure(What::proof_too_old, What::snapshot_finished));
}

TEST(Event, IsAsSevereAsWhatItSaysOfTheData) {
  EXPECT_EQ(severity_of(What::drill_failed, "failed"), Severity::critical);
  EXPECT_EQ(severity_of(What::drill_failed, "errored"), Severity::error);
  EXPECT_EQ(severity_of(What::drill_failed, "cleanup_failed"), Severity::error);
  EXPECT_EQ(severity_of(What::drill_failed, "objective_missed"), Severity::warning);
  EXPECT_EQ(severity_of(What::drill_missed, ""), Severity::warning);
  EXPECT_EQ(severity_of(What::snapshot_late, ""), Severity::warning);
  EXPECT_EQ(severity_of(What::snapshot_failed, ""), Severity::error);
  EXPECT_EQ(severity_of(What::proof_too_old, ""), Severity::error);
  for (const What what : kAllWhats) {
    if (tone_of(what) != Tone::bad) {
      EXPECT_EQ(severity_of(what, "failed"), Severity::info);
    }
  }
}

TEST(Event, RaisesAnAlertOfItsOwnForEachAspectOfAName) {
  EXPECT_EQ(alert_key(failed_drill()), "lifeboat/shop/drill/weekly-restore");
  std::set<std::string> keys;
  for (const What what :
       {What::snapshot_failed, What::drill_failed, What::proof_too_old, What::test}) {
    keys.insert(alert_key(event_of(what)));
  }
  EXPECT_EQ(keys.size(), 4U) << "a snapshot that succeeds must not end the alert of an old proof";
  EXPECT_EQ(alert_key(event_of(What::snapshot_late)), alert_key(event_of(What::snapshot_failed)));
}

TEST(Event, KeepsAlertKeysWithin255BytesAndApart) {
  Event one = failed_drill();
  one.name = std::string(300, 'n') + "1";
  Event other = failed_drill();
  other.name = std::string(300, 'n') + "2";
  EXPECT_EQ(alert_key(one).size(), 255U);
  EXPECT_NE(alert_key(one), alert_key(other));
  EXPECT_EQ(alert_key(one), alert_key(one));
  one.name = std::string(300, 'n').replace(180, 2, "é") + std::string(80, 'x');
  EXPECT_LE(alert_key(one).size(), 255U);
}

TEST(Event, ReadsAsOneLineAndAsText) {
  EXPECT_EQ(headline(failed_drill()),
            "shop: drill weekly-restore FAILED (objective_missed): recovered in 72 min of 60, "
            "losing 4 h 36 min of 24 h");
  Event again = event_of(What::drill_passed);
  again.again_good = true;
  EXPECT_THAT(headline(again), HasSubstr("drill weekly-restore AGAIN GOOD: recovered"));
  EXPECT_EQ(plain_text(failed_drill()),
            headline(failed_drill()) +
                "\nat: 2026-11-23T05:12:00.000Z\nstarted: 2026-11-23T04:00:00.000Z\n"
                "exit code: 3\nrta_seconds: 4320\nrto_objective_seconds: 3600\ncost_usd: 0.41\n"
                "runbook: runbooks/lost-primary.md\n"
                "snapshot: 7f3a91c200000000000000000000000000000000000000000000000000000000\n"
                "head: snapshot/1f2e3d4c:17:0123456789abcdef\n");
}

TEST(Event, HasWordsThatTheConfigurationKnows) {
  std::set<std::string> words(config::kEventWords.begin(), config::kEventWords.end());
  for (const char* group : {"all", "problems", "recovered"}) EXPECT_EQ(words.erase(group), 1U);
  for (const What what : kAllWhats) {
    EXPECT_EQ(words.erase(std::string(name_of(what))), what == What::test ? 0U : 1U);
  }
  EXPECT_TRUE(words.empty());
}

TEST(Decimal, IsExactAndHasNoExponent) {
  EXPECT_EQ(decimal(1764500000.125), "1764500000.125");
  EXPECT_EQ(decimal(1e21), "1000000000000000000000");
  EXPECT_EQ(decimal(0.1), "0.1");
  EXPECT_EQ(decimal(-5), "-5");
  EXPECT_THAT(decimal(5e-324), EndsWith("5"));
  EXPECT_EQ(decimal(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(decimal(std::numeric_limits<double>::quiet_NaN()), "NaN");
}

TEST(Uuid, IsRandomOrOfAText) {
  seal::initialize();
  const std::string form = "[0-9a-f]{8}-[0-9a-f]{4}-V[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  std::string random = form;
  std::string named = form;
  EXPECT_THAT(random_uuid(), MatchesRegex(random.replace(random.find('V'), 1, "4")));
  EXPECT_NE(random_uuid(), random_uuid());
  EXPECT_THAT(uuid_of("a"), MatchesRegex(named.replace(named.find('V'), 1, "8")));
  EXPECT_EQ(uuid_of("drill/weekly/1"), uuid_of("drill/weekly/1"));
  EXPECT_NE(uuid_of("drill/weekly/1"), uuid_of("drill/weekly/2"));
}

bool asks(config::SinkKind kind, const std::vector<std::string>& on, const Event& event) {
  return Selection(kind, on, {}).asks_for(event);
}

TEST(Selection, FollowsTheKindUnlessWordsAreGiven) {
  using config::SinkKind;
  Event again = event_of(What::drill_passed);
  again.again_good = true;
  for (const What what : kAllWhats) {
    EXPECT_TRUE(asks(SinkKind::healthchecks, {}, event_of(what)));
    const bool bad = tone_of(what) == Tone::bad || what == What::test;
    EXPECT_EQ(asks(SinkKind::slack, {}, event_of(what)), bad) << name_of(what);
    EXPECT_EQ(asks(SinkKind::webhook, {"problems"}, event_of(what)), bad) << name_of(what);
    EXPECT_EQ(asks(SinkKind::webhook, {"drill_started"}, event_of(what)),
              what == What::drill_started || what == What::test);
  }
  EXPECT_TRUE(asks(SinkKind::slack, {}, again));
  EXPECT_FALSE(asks(SinkKind::slack, {"problems"}, again));
  EXPECT_FALSE(asks(SinkKind::slack, {"recovered"}, event_of(What::drill_passed)));
  EXPECT_THROW(Selection(SinkKind::slack, {"problem"}, {}), Error);
}

TEST(Selection, LetsAGoodEventThroughToEndTheAlertThatABadOneRaised) {
  using config::SinkKind;
  EXPECT_TRUE(asks(SinkKind::pagerduty, {}, event_of(What::drill_passed)));
  EXPECT_TRUE(asks(SinkKind::pagerduty, {"drill_missed"}, event_of(What::drill_passed)));
  EXPECT_FALSE(asks(SinkKind::pagerduty, {"drill_missed"}, event_of(What::snapshot_finished)));
  EXPECT_FALSE(asks(SinkKind::pagerduty, {}, event_of(What::drill_started)));
  EXPECT_FALSE(asks(SinkKind::slack, {"drill_missed"}, event_of(What::drill_passed)));
}

TEST(Selection, CanBeOfSomeNamesOnly) {
  const Selection selection(config::SinkKind::webhook, {}, {"weekly-restore", "shop-db"});
  Event other = failed_drill();
  other.name = "monthly";
  EXPECT_TRUE(selection.asks_for(failed_drill()));
  EXPECT_FALSE(selection.asks_for(other));
  EXPECT_TRUE(selection.asks_for(event_of(What::test)));
}

}  // namespace
}  // namespace lifeboat::notify
