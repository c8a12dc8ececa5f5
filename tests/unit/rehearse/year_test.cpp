#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/error.h"
#include "rehearse/tick.h"
#include "store/memory_store.h"
#include "vault/new_vault.h"

namespace lifeboat::rehearse {
namespace {

using namespace std::chrono_literals;
using drill::Act;
using drill::Matter;
using drill::Recurring;
using drill::Verdict;

Instant at(const char* text) { return parse_instant(text).value(); }

/// What SIGKILL is to a tick: it goes no further.
struct Killed {};

Recurring drill_of(const std::string& name, const std::string& cron, const std::string& zone,
                   std::chrono::seconds start_within) {
  config::ScenarioSchedule section;
  section.cron = cron;
  section.tz = zone;
  section.start_within = start_within;
  section.max_runtime = 2h;
  return {Matter::drill, name, drill::Schedule::of(section, "x.toml")};
}

/// A vault in memory, a clock that is moved, dynos that come when they like and are killed.
class Year : public testing::Test {
 protected:
  explicit Year(const char* begin = "2026-01-01T00:00:00Z") : clock_(at(begin)), store_(clock_) {
    seal::initialize();
    const vault::NewVault fresh = vault::plan_vault({}, clock_.now());
    vault::publish(fresh, store_);
    for (const auto& capability : fresh.capabilities) {
      if (capability.role == vault::Role::writer) writer_.emplace(store_, capability);
      if (capability.role == vault::Role::identity) identity_.emplace(store_, capability);
    }
    drills_ = {drill_of("berlin", "30 2 * * *", "Europe/Berlin", 5h),
               drill_of("york", "30 1 * * sun,mon", "America/New_York", 3h)};
    snapshots_ = {{Matter::snapshot, "shop-db",
                   drill::Schedule::of_snapshots("15 2 * * *", "Europe/Berlin")}};
  }

  bool chance(int one_in) { return std::uniform_int_distribution<>(1, one_in)(random_) == 1; }
  std::chrono::minutes minutes(int least, int most) {
    return std::chrono::minutes(std::uniform_int_distribution<>(least, most)(random_));
  }

  /// Work takes time, another tick may come meanwhile, and the dyno may be killed.
  void work(int depth) {
    clock_.advance(minutes(1, 9));
    if (depth == 0 && chance(6)) tick_all(1);
    clock_.advance(minutes(1, 50));
    if (chance(25)) throw Killed();
  }

  void tick_drills(int depth) {
    TickRequest request{.vault = *identity_, .clock = clock_, .recurring = drills_};
    request.run_drill = [&, depth](const std::string& name, Instant due) {
      work(depth);
      return result_of(name, due, Verdict::passed);
    };
    request.tell = [&](const std::string& name, Instant due, Act act) {
      if (chance(20)) throw Killed();
      return result_of(name, due, act == Act::tell_missed ? Verdict::missed : Verdict::aborted);
    };
    request.record = [&](const drill::Result& result) {
      told_[{result.drill, *result.due}].push_back(result.verdict);
      if (chance(40)) throw Killed();
    };
    static_cast<void>(tick(request, {}));
  }

  void tick_snapshots(int depth) {
    TickRequest request{.vault = *writer_, .clock = clock_, .recurring = snapshots_};
    request.take_snapshot = [&, depth](const std::vector<std::string>&) -> SnapshotEnd {
      ++running_;
      EXPECT_EQ(running_, 1) << "two snapshots at a time";
      struct Leave {
        int& running;
        ~Leave() { --running; }
      } leave{running_};
      work(depth);
      if (chance(15)) return {"", false, "the database is down"};
      ++taken_;
      return {std::string(64, 'a'), true, ""};
    };
    for (const TickItem& item : tick(request, {}).items) {
      auto& outcome = snapshot_told_[item.due];
      if (item.act == Act::start && item.good) ++outcome.taken;
      if (item.act == Act::tell_missed) ++outcome.missed;
    }
  }

  void tick_all(int depth) {
    for (const auto& round : {&Year::tick_drills, &Year::tick_snapshots}) {
      try {
        (this->*round)(depth);
      } catch (const Killed&) {
        ++killed_;
      }
    }
  }

  static drill::Result result_of(const std::string& name, Instant due, Verdict verdict) {
    drill::Result result;
    result.drill = name;
    result.due = due;
    result.verdict = verdict;
    return result;
  }

  /// Every ten minutes where clocks change, every hour else; late, twice, or not for days.
  void live_until(Instant end) {
    while (clock_.now() < end) {
      const std::string day = to_rfc3339(clock_.now()).substr(5, 5);
      const bool fine = (day >= "03-07" && day <= "03-09") || (day >= "03-28" && day <= "03-30") ||
                        (day >= "10-24" && day <= "10-26") || (day >= "10-31" && day <= "11-02");
      clock_.advance(fine ? minutes(8, 12) : minutes(50, 70));
      if (chance(60)) clock_.advance(minutes(120, 600));
      if (chance(1500)) clock_.advance(minutes(3 * 24 * 60, 4 * 24 * 60));
      ++ticks_;
      tick_all(0);
      if (chance(10)) tick_all(0);
    }
  }

  struct SnapshotOutcome {
    int taken = 0;
    int missed = 0;
  };

  FakeClock clock_;
  store::MemoryStore store_;
  std::optional<vault::Vault> writer_;
  std::optional<vault::Vault> identity_;
  std::vector<Recurring> drills_;
  std::vector<Recurring> snapshots_;
  std::mt19937 random_{20260101};
  std::map<std::pair<std::string, Instant>, std::vector<Verdict>> told_;
  std::map<Instant, SnapshotOutcome> snapshot_told_;
  int running_ = 0;
  int taken_ = 0;
  int ticks_ = 0;
  int killed_ = 0;
};

/// Under the sanitizers a quarter, in which clocks change in both zones: 16 times less work.
#ifdef __SANITIZE_ADDRESS__
constexpr int kShare = 4;
constexpr const char* kBegin = "2026-10-01T00:00:00Z";
#else
constexpr int kShare = 1;
constexpr const char* kBegin = "2026-01-01T00:00:00Z";
#endif

class Lived : public Year {
 protected:
  Lived() : Year(kBegin) {}
};

TEST_F(Lived, OfTicksThatAreLateDoubledAndKilledDoesEveryDueThingOnceAndNamesTheMissed) {
  live_until(at("2027-01-01T00:00:00Z"));
  // What was killed last lapses, and is told.
  for (int i = 0; i < 12; ++i) {
    clock_.advance(6h);
    tick_all(1);
  }
  EXPECT_GT(ticks_, 5000 / kShare);
  EXPECT_GT(killed_, 20 / kShare);

  std::map<Verdict, int> verdicts;
  for (const Recurring& recurring : drills_) {
    const auto due =
        recurring.schedule.due_between(at(kBegin), at("2027-01-01T00:00:00Z"), 1000, std::nullopt);
    EXPECT_GE(due.size(), 100U / kShare);
    for (const Instant time : due) {
      const auto told = told_.find({recurring.name, time});
      ASSERT_NE(told, told_.end()) << recurring.name << " " << to_rfc3339(time) << " is not told";
      // Killed between its record and its end it is told again; the oldest record counts (§2).
      EXPECT_LE(told->second.size(), 3U) << recurring.name << " " << to_rfc3339(time);
      EXPECT_LE(std::ranges::count(told->second, Verdict::passed), 1);
      ++verdicts[told->second.front()];
    }
    for (const auto& [key, all] : told_) {
      const bool its = key.first == recurring.name && key.second < at("2027-01-01T00:00:00Z");
      if (its) {
        EXPECT_NE(std::ranges::find(due, key.second), due.end()) << to_rfc3339(key.second);
      }
    }
  }
  EXPECT_GT(verdicts[Verdict::passed], 300 / kShare);
  EXPECT_GT(verdicts[Verdict::missed], 0);
  EXPECT_GT(verdicts[Verdict::aborted], 0);

  // Each was taken up by somebody, and came to an end, good or told.
  const auto listing = vault::list_claims(*identity_);
  const auto due = snapshots_.front().schedule.due_between(
      at(kBegin) + 27h, at("2026-12-31T00:00:00Z"), 1000, std::nullopt);
  for (const Instant time : due) {
    EXPECT_LE(snapshot_told_[time].taken, 1) << to_rfc3339(time);
    const auto claim = listing.claims.find({"snapshot", "shop-db", drill::due_text(time)});
    ASSERT_NE(claim, listing.claims.end()) << to_rfc3339(time);
    EXPECT_TRUE(claim->second.ended) << to_rfc3339(time);
  }
  EXPECT_GT(taken_, 250 / kShare);

  // Nothing is open any more but what fell due in the last hours.
  const std::string last = drill::due_text(clock_.now() - 48h);
  for (const auto& [claimed, state] : listing.claims) {
    EXPECT_TRUE(state.ended || claimed.due > last) << claimed.kind << claimed.name << claimed.due;
  }
}

TEST_F(Year, ATickWithNothingDueListsOnceAndReadsNothing) {
  class Counting final : public store::ObjectStore {
   public:
    explicit Counting(store::ObjectStore& inner) : inner_(inner) {}
    store::PutResult put(const store::ObjectKey& key, ByteView bytes) override {
      ++puts;
      return inner_.put(key, bytes);
    }
    std::optional<Bytes> get(const store::ObjectKey& key, std::uint64_t limit) override {
      ++gets;
      return inner_.get(key, limit);
    }
    std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                   std::uint64_t count) override {
      ++gets;
      return inner_.get_range(key, offset, count);
    }
    std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override {
      ++gets;
      return inner_.find(key);
    }
    void list(std::string_view prefix, std::string_view after,
              const std::function<bool(const store::ObjectInfo&)>& visit) override {
      ++lists;
      inner_.list(prefix, after, visit);
    }
    void remove(const store::ObjectKey& key) override { inner_.remove(key); }
    std::string describe() const override { return inner_.describe(); }
    int puts = 0, gets = 0, lists = 0;

   private:
    store::ObjectStore& inner_;
  };
  Counting counting(store_);
  const vault::Vault vault(counting, identity_->self());
  const int opening_gets = counting.gets;
  const int opening_lists = counting.lists;
  EXPECT_EQ(opening_gets, 2);  // format, trust record 1
  EXPECT_EQ(opening_lists, 1);
  TickRequest request{.vault = vault, .clock = clock_, .recurring = {drills_.front()}};
  request.run_drill = [](const std::string& name, Instant due) {
    return result_of(name, due, Verdict::passed);
  };
  request.record = [](const drill::Result&) {};
  clock_.advance(2h);  // 02:30 in Berlin was half an hour ago
  EXPECT_EQ(tick(request, {}).items.size(), 1U);
  counting.gets = counting.lists = counting.puts = 0;
  clock_.advance(10min);
  EXPECT_TRUE(tick(request, {}).items.empty());
  EXPECT_EQ((std::array{counting.lists, counting.gets, counting.puts}), (std::array{1, 0, 0}));
}

TEST_F(Year, ATickWhoseClockIsBehindTheStoresRefuses) {
  tick_all(1);
  clock_.advance(26h);
  tick_all(1);
  FakeClock behind(clock_.now() - 2h);
  TickRequest request{.vault = *identity_, .clock = behind, .recurring = drills_};
  try {
    static_cast<void>(tick(request, {}));
    ADD_FAILURE() << "it did not refuse";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
  }
}

TEST_F(Year, AClaimOfTheWrongRoleHasLapsedAtOnce) {
  const vault::Claimed claimed{"drill", "berlin", "20260101t0130z"};
  ASSERT_TRUE(vault::put_claim(*writer_, claimed, 1, clock_.now(), clock_.now() + 3h));
  EXPECT_EQ(vault::expiry_of(*identity_, claimed, 1), Instant());
  ASSERT_TRUE(vault::put_claim(*identity_, claimed, 2, clock_.now(), clock_.now() + 3h));
  EXPECT_EQ(vault::expiry_of(*identity_, claimed, 2), clock_.now() + 3h);
  EXPECT_FALSE(vault::put_claim(*identity_, claimed, 2, clock_.now(), clock_.now() + 3h));
  ASSERT_TRUE(vault::put_claim(*identity_, claimed, 3, clock_.now(), clock_.now() + 72h));
  EXPECT_EQ(vault::expiry_of(*identity_, claimed, 3), Instant());
}

}  // namespace
}  // namespace lifeboat::rehearse
