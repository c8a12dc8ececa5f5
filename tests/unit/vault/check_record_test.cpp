#include "vault/check_record.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "seal/sha256.h"
#include "vault/append_record.h"
#include "vault/object_names.h"
#include "vault/pack_check.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHere = "/srv/vault";

ObjectHash hash_number(std::uint64_t number) {
  return ObjectHash{seal::sha256(as_bytes(std::to_string(number)))};
}

PacksRead everything(const char* place, Instant store_time) {
  PacksRead read;
  read.place = place;
  read.store_time = store_time;
  read.through.bytes.fill(0xff);
  return read;
}

/// A history that holds these check records, and nothing else.
class Records {
 public:
  const ObjectHash& add(const PacksRead& read) {
    OtherRecord record;
    record.link.id = hash_number(1'000'000 + history_.others.size());
    record.kind = RecordKind::check;
    record.body = encode_packs_read(read);
    history_.others.push_back(record);
    return history_.others.back().link.id;
  }
  void lose(const ObjectHash& id) {
    std::erase_if(history_.others, [&](const OtherRecord& record) { return record.link.id == id; });
  }
  void garble_last() { history_.others.back().body.pop_back(); }
  [[nodiscard]] PastChecks until(Instant now, std::size_t without_last = 0) const {
    History known;
    known.others.assign(history_.others.begin(),
                        history_.others.end() - static_cast<std::ptrdiff_t>(std::min(
                                                    without_last, history_.others.size())));
    return {known, kHere, now};
  }

 private:
  History history_;
};

class CheckRecord : public testing::Test {
 protected:
  const Instant begin_ = *parse_instant("2026-03-01T04:00:00Z");
  Records records_;
};

TEST_F(CheckRecord, ComesBackAsItWas) {
  PacksRead read = everything(kHere, begin_);
  read.depth = CheckDepth::decrypt;
  read.part = 3;
  read.parts = 7;
  read.from = hash_number(1);
  read.recheck_after = 24h;
  read.leaned_on = {hash_number(2), hash_number(3)};
  read.damaged = {hash_number(4)};
  read.objects = 5;
  read.bytes = 6;
  const PacksRead again = decode_packs_read(encode_packs_read(read));
  EXPECT_EQ(encode_packs_read(again), encode_packs_read(read));
  EXPECT_EQ(again.damaged, read.damaged);
  EXPECT_EQ(again.leaned_on, read.leaned_on);
  EXPECT_EQ(again.recheck_after, read.recheck_after);
  EXPECT_EQ(again.store_time, read.store_time);
}

TEST_F(CheckRecord, ThatCannotBeUnderstoodIsRefused) {
  const std::string good = encode_packs_read(everything(kHere, begin_));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const std::string& body :
       {std::string(), std::string("[]"), with("\"format\":1", "\"format\":2"),
        with("\"part\":1", "\"part\":0"), with("\"part\":1", "\"part\":2"),
        with("\"depth\":\"packs\"", "\"depth\":\"structure\""), with("2026-03-01T", "someday T"),
        with("\"objects\":0", "\"objects\":\"0\""), with("ffff", "FFFF"),
        with("\"place\"", "\"plaice\"")}) {
    EXPECT_THROW(static_cast<void>(decode_packs_read(body)), Error) << body;
  }
}

TEST_F(CheckRecord, OfAnotherPlaceOrOfTheFutureOrOfAnotherPartCountsForNothing) {
  records_.add(everything("/srv/copy", begin_));
  records_.add(everything(kHere, begin_ + 2h));
  PacksRead part = everything(kHere, begin_);
  part.parts = 2;
  records_.add(part);
  const PastChecks past = records_.until(begin_ + 1h);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const ObjectHash hash = hash_number(i);
    EXPECT_EQ(past.last_read(hash, begin_ - 1h, CheckDepth::packs).has_value(),
              is_of_part(hash, 1, 2));
  }
}

TEST_F(CheckRecord, SaysNothingOfWhatWasStoredLaterNorOfADeeperLook) {
  records_.add(everything(kHere, begin_));
  const PastChecks past = records_.until(begin_ + 1h);
  EXPECT_EQ(past.last_read(hash_number(1), begin_ - 1s, CheckDepth::packs), begin_);
  EXPECT_EQ(past.last_read(hash_number(1), begin_, CheckDepth::packs), std::nullopt);
  EXPECT_EQ(past.last_read(hash_number(1), begin_ - 1s, CheckDepth::decrypt), std::nullopt);
}

TEST_F(CheckRecord, ThatLeansOnOneThatIsGoneCountsForNothing) {
  const ObjectHash first = records_.add(everything(kHere, begin_));
  PacksRead second = everything(kHere, begin_ + 24h);
  second.recheck_after = 48h;
  second.leaned_on = {first};
  records_.add(second);
  const auto last = [&] {
    return records_.until(begin_ + 48h).last_read(hash_number(1), begin_ - 1h, CheckDepth::packs);
  };
  EXPECT_EQ(last(), begin_) << "the second one passed it over";
  records_.lose(first);
  EXPECT_EQ(last(), std::nullopt) << "nobody knows what the second one read";
}

TEST_F(CheckRecord, ThatIsGarbledCountsForNothing) {
  records_.add(everything(kHere, begin_));
  records_.garble_last();
  EXPECT_EQ(records_.until(begin_ + 1h).last_read(hash_number(1), begin_ - 1h, CheckDepth::packs),
            std::nullopt);
}

/// Many checks of a vault that grows: what the records say was read is compared with what was.
class Rounds : public CheckRecord {
 protected:
  struct Seen {
    std::optional<Instant> packs;
    std::optional<Instant> decrypted;
  };

  ListedPack pack(std::uint64_t number, Instant stored_at) {
    names::Parsed parsed;
    parsed.hash = hash_number(number);
    return {"pack " + std::to_string(number), parsed, stored_at};
  }
  std::uint64_t below(std::uint64_t end) {
    return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random_);
  }

  /// Reads `most` at the most; every 50th is damaged.
  void check_once(Instant now, CheckDepth depth, const PackChoice& choice, std::uint64_t most,
                  std::size_t unseen_records) {
    PackRounds rounds(packs_, depth, choice, records_.until(now, unseen_records));
    while (most-- > 0) {
      const ListedPack* const next = rounds.next();
      if (next == nullptr) break;
      const bool whole = below(50) != 0;
      rounds.note(100, whole);
      Seen& seen = seen_[next->name];
      seen.packs = whole ? std::optional(now) : std::nullopt;
      if (depth == CheckDepth::decrypt || !whole) seen.decrypted = seen.packs;
    }
    if (const auto read = rounds.read()) records_.add(*read);
  }

  std::mt19937_64 random_{20260301};
  std::vector<ListedPack> packs_;
  std::map<std::string, Seen> seen_;
};

TEST_F(Rounds, OnRecordAreWhatWasRead) {
  for (const bool beside_each_other : {false, true}) {
    records_ = {};
    packs_.clear();
    seen_.clear();
    std::uint64_t compared = 0;
    Instant now = begin_;
    for (int step = 0; step < 100; ++step) {
      for (std::uint64_t i = below(4); i > 0; --i) packs_.push_back(pack(packs_.size(), now));
      now += std::chrono::minutes(1 + below(600));
      PackChoice choice;
      choice.place = {kHere, now};
      if (below(3) > 0) choice.recheck_after = std::chrono::hours(1 + below(200));
      if (below(4) == 0) choice.parts = 3;
      const CheckDepth depth = below(3) == 0 ? CheckDepth::decrypt : CheckDepth::packs;
      const std::size_t unseen = beside_each_other ? below(3) : 0;
      check_once(now, depth, choice, below(2) == 0 ? 1 + below(30) : 100'000, unseen);
      const PastChecks past = records_.until(now);
      for (const ListedPack& each : packs_) {
        const Seen& seen = seen_[each.name];
        const auto packs = past.last_read(each.parsed.hash, each.stored_at, CheckDepth::packs);
        const auto opened = past.last_read(each.parsed.hash, each.stored_at, CheckDepth::decrypt);
        if (beside_each_other) {  // less may be known than was done, never more
          ASSERT_LE(packs, seen.packs) << each.name << ", step " << step;
          ASSERT_LE(opened, seen.decrypted) << each.name << ", step " << step;
        } else {
          ASSERT_EQ(packs, seen.packs) << each.name << ", step " << step;
          ASSERT_EQ(opened, seen.decrypted) << each.name << ", step " << step;
        }
        compared += packs.has_value() ? 1 : 0;
      }
    }
    EXPECT_GT(compared, 3'000U);
  }
}

TEST_F(Rounds, GoOnWhereTheLastOneEndedUntilEachHadItsTurn) {
  for (std::uint64_t i = 0; i < 100; ++i) packs_.push_back(pack(i, begin_ - 1h));
  std::map<std::string, int> turns;
  for (int day = 0; day < 20; ++day) {
    const Instant now = begin_ + day * 24h;
    PackChoice choice;
    choice.place = {kHere, now};
    choice.recheck_after = 36h;
    PackRounds rounds(packs_, CheckDepth::packs, choice, records_.until(now));
    for (int i = 0; i < 10; ++i) {
      const ListedPack* const next = rounds.next();
      ASSERT_NE(next, nullptr);
      ++turns[next->name];
      rounds.note(100, true);
    }
    records_.add(rounds.read().value());
    EXPECT_EQ(rounds.age().never, day < 10 ? 90U - 10U * static_cast<unsigned>(day) : 0U);
  }
  EXPECT_EQ(turns.size(), 100U);
  for (const auto& [name, count] : turns) EXPECT_EQ(count, 2) << name;
}

/// A check of a vault, put on record.
class RecordedChecks : public VaultFixture {
 protected:
  CheckReport check_now(std::optional<std::chrono::seconds> recheck_after,
                        CheckDepth depth = CheckDepth::packs) {
    SilentObserver silent;
    const Vault vault = open_as(Role::identity);
    PackChoice choice;
    choice.recheck_after = recheck_after;
    choice.place = {kHere, clock_.now()};
    CheckReport report = check(vault, depth, silent, {}, choice);
    if (report.read) record_check(vault, *report.read, clock_.now(), clock_.now());
    clock_.advance(1min);
    return report;
  }
};

TEST_F(RecordedChecks, ReadOnlyWhatIsNewOrWasNotReadForLong) {
  take_snapshot(5000, 1);
  clock_.advance(1min);
  const CheckReport first = check_now(30 * 24h);
  EXPECT_GT(first.packs, 0U);
  EXPECT_EQ(first.packs_recent, 0U);
  EXPECT_EQ(first.age.value().never, 0U);
  const CheckReport second = check_now(30 * 24h);
  EXPECT_EQ(second.packs, 0U);
  EXPECT_EQ(second.read_bytes, 0U);
  EXPECT_EQ(second.packs_recent, first.read.value().objects);
  EXPECT_FALSE(second.read) << "there is nothing to put on record";

  take_snapshot(5000, 2);
  clock_.advance(1min);
  const CheckReport third = check_now(30 * 24h);
  EXPECT_GT(third.packs, 0U);
  EXPECT_EQ(third.packs_recent, first.read.value().objects);

  EXPECT_GT(check_now(30 * 24h, CheckDepth::decrypt).packs, third.packs) << "it looks deeper";
  EXPECT_EQ(check_now(30 * 24h).packs, 0U) << "and counts as the other, too";
  clock_.advance(31 * 24h);
  EXPECT_EQ(check_now(30 * 24h).packs_recent, 0U);
}

TEST_F(RecordedChecks, AlwaysReadAgainWhatWasDamaged) {
  take_snapshot();
  clock_.advance(1min);
  std::string damaged;
  for (const std::string& name : object_names()) {
    if (name.starts_with("g1/pack/")) damaged = name;
  }
  Bytes bytes = store_.get(store::ObjectKey(damaged), kAnySize).value();
  bytes.at(bytes.size() / 2) ^= 1;
  replace(damaged, bytes);
  clock_.advance(1min);
  EXPECT_EQ(check_now(30 * 24h).problems.size(), 1U);
  const CheckReport again = check_now(30 * 24h);
  ASSERT_EQ(again.problems.size(), 1U);
  EXPECT_EQ(again.problems.front().object, damaged);
  EXPECT_EQ(again.age.value().never, 1U);
}

TEST_F(RecordedChecks, ArePutOnRecordByIdentitiesAndOperatorsAlone) {
  const PacksRead read = everything(kHere, clock_.now());
  for (const Role role : {Role::identity, Role::operator_}) {
    EXPECT_NO_THROW(record_check(open_as(role), read, clock_.now(), clock_.now()));
  }
  for (const Role role : {Role::pruner, Role::viewer, Role::writer}) {
    EXPECT_THROW(record_check(open_as(role), read, clock_.now(), clock_.now()), Error);
  }
  EXPECT_EQ(read_history(open_as(Role::viewer)).others.size(), 2U);
}

}  // namespace
}  // namespace lifeboat::vault
