#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "postgres/range_plan.h"
#include "pq/connection.h"
#include "restore/restore.h"
#include "verify/verify.h"

namespace lifeboat {
namespace {

using harness::shared_server;

constexpr const char* kBank = "bank";
constexpr int kAccounts = 20000;
constexpr int kOpeningBalance = 1000;
constexpr int kBusyAccounts = 600;
constexpr int kLedgerRows = 500;
constexpr int kShiftingRows = 2000;
constexpr int kTellers = 3;

void open_bank() {
  shared_server().create_database(kBank);
  shared_server().execute(
      kBank,
      "CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL, note text)"
      " WITH (fillfactor = 10);"
      "INSERT INTO accounts SELECT n, " +
          std::to_string(kOpeningBalance) + ", repeat(md5(n::text), 4) FROM generate_series(1, " +
          std::to_string(kAccounts) +
          ") n;"
          "CREATE TABLE ledger (line int PRIMARY KEY, edition bigint NOT NULL);"
          "CREATE TABLE shifting (id int PRIMARY KEY, word text);"
          "INSERT INTO shifting SELECT n, md5(n::text) FROM generate_series(1, " +
          std::to_string(kShiftingRows) + ") n;");
}

/// Sessions that never leave the bank alone while this object lives.
class Business {
 public:
  Business() {
    pq::Connection first = bank();
    refill_ledger(first);  // from the first snapshot on it is never short
    for (unsigned teller = 0; teller < kTellers; ++teller) {
      start([this, dice = std::mt19937(teller)](pq::Connection& session) mutable {
        transfer(session, dice);
      });
    }
    start([this](pq::Connection& session) { refill_ledger(session); });
    start([this](pq::Connection& session) { change_schema(session); });
  }
  ~Business() { over_ = true; }

  [[nodiscard]] int transfers() const { return transfers_; }
  [[nodiscard]] int refills() const { return refills_; }
  [[nodiscard]] int schema_changes() const { return schema_changes_; }

 private:
  static pq::Connection bank() { return {shared_server().url(kBank), {}}; }

  template <typename Step>
  void start(Step step) {
    threads_.emplace_back([this, step = std::move(step)]() mutable {
      try {
        pq::Connection session = bank();
        while (!over_) step(session);
      } catch (const Error& error) {
        ADD_FAILURE() << "the bank's own session failed: " << error.message();
      }
    });
  }

  /// The lower id first: two transfers never wait for each other in a circle.
  void transfer(pq::Connection& session, std::mt19937& dice) {
    std::uniform_int_distribution<int> any_account(0, kBusyAccounts - 1);
    const int from = any_account(dice);
    const int to = (from + 1 + any_account(dice) % (kBusyAccounts - 1)) % kBusyAccounts;
    const int amount = from - to;  // any, both signs
    // Spread over the table, so that both ends of a transfer lie in parts read at other times.
    const auto account = [](int n) { return std::to_string(1 + n * (kAccounts / kBusyAccounts)); };
    session.execute("BEGIN; UPDATE accounts SET balance = balance - " + std::to_string(amount) +
                    " WHERE id = " + account(std::min(from, to)) +
                    "; UPDATE accounts SET balance = balance + " + std::to_string(amount) +
                    " WHERE id = " + account(std::max(from, to)) + "; COMMIT");
    ++transfers_;
  }

  void refill_ledger(pq::Connection& session) {
    session.execute("BEGIN; TRUNCATE ledger; INSERT INTO ledger SELECT n, " +
                    std::to_string(refills_) + " FROM generate_series(1, " +
                    std::to_string(kLedgerRows) + ") n; COMMIT; SELECT pg_sleep(0.6)");
    ++refills_;
  }

  void change_schema(pq::Connection& session) {
    for (const char* statement :
         {"ALTER TABLE shifting ADD COLUMN extra text DEFAULT 'more'",
          "CREATE INDEX shifting_word ON shifting (word)", "DROP INDEX shifting_word",
          "ALTER TABLE shifting DROP COLUMN extra"}) {
      session.execute(std::string(statement) + "; SELECT pg_sleep(0.6)");
      ++schema_changes_;
    }
  }

  std::atomic<bool> over_ = false;
  std::atomic<int> transfers_ = 0;
  std::atomic<int> refills_ = 0;
  std::atomic<int> schema_changes_ = 0;
  std::vector<std::jthread> threads_;
};

/// Patient, because two tables are locked again and again.
snapshot::Report take_patiently(harness::DiskVault& vault) {
  snapshot::Request request;
  request.postgres.emplace_back().name = "bank";
  request.postgres.back().capture.url = shared_server().url(kBank);
  request.postgres.back().capture.jobs = 2;
  request.postgres.back().capture.lock_timeout = std::chrono::milliseconds(500);
  request.postgres.back().capture.lock_tries = 50;
  SilentObserver observer;
  const vault::Vault writer = vault.open_as(vault::Role::writer);
  return snapshot::take(writer, request, SystemClock(), observer, {});
}

/// Takes `rounds` snapshots while the bank works. Being busy is an answer, but a rare one.
std::vector<snapshot::Report> take_during_business(harness::DiskVault& vault, int rounds) {
  std::vector<snapshot::Report> taken;
  int busy = 0;
  const Business business;
  while (static_cast<int>(taken.size()) < rounds && busy < rounds) {
    const int before = business.transfers();
    try {
      taken.push_back(take_patiently(vault));
      EXPECT_GT(business.transfers(), before) << "nothing was written during the snapshot";
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::busy) throw;
      ++busy;
    }
  }
  EXPECT_GE(business.refills(), 2);
  EXPECT_GE(business.schema_changes(), 2);
  EXPECT_LE(busy, (rounds + 3) / 4) << "busy is no rare answer";
  std::cout << "[  bank    ] " << taken.size() << " snapshots during " << business.transfers()
            << " transfers, " << business.refills() << " refills, " << business.schema_changes()
            << " schema changes; busy " << busy << " times\n";
  return taken;
}

void expect_one_moment(const std::string& database) {
  const auto value = [&](const std::string& sql) { return shared_server().value(database, sql); };
  EXPECT_EQ(value("SELECT count(*) FROM accounts"), std::to_string(kAccounts));
  EXPECT_EQ(value("SELECT sum(balance) FROM accounts"),
            std::to_string(std::int64_t{kAccounts} * kOpeningBalance));
  EXPECT_EQ(value("SELECT count(*) FROM ledger"), std::to_string(kLedgerRows));
  EXPECT_EQ(value("SELECT count(DISTINCT edition) FROM ledger"), "1");
  EXPECT_EQ(value("SELECT count(*) FROM shifting"), std::to_string(kShiftingRows));
}

TEST(SnapshotMoment, IsOneMomentHoweverMuchIsWrittenMeanwhile) {
  open_bank();
  harness::DiskVault vault;
  const auto taken = take_during_business(vault, harness::long_run() ? 30 : 3);

  SilentObserver observer;
  const vault::Vault reader = vault.open_as(vault::Role::identity);
  for (const snapshot::Report& snapshot : taken) {
    EXPECT_FALSE(snapshot.lost_anything());
    const auto record = vault::resolve_snapshot(reader, snapshot.id.hex());
    const auto restored = restore::restore_postgres(
        reader, record, {.source = {}, .url = shared_server().create_database("moment"), .jobs = 2},
        observer, {});
    EXPECT_FALSE(restored.lost_anything());
    EXPECT_EQ(restored.load.rows, snapshot.sources.at(0).summary.rows);
    expect_one_moment("moment");
  }
  // Columns and indexes are those of that moment too.
  verify::Request request;
  request.scratch_url = shared_server().create_database("moment");
  request.adopt_scratch = true;
  const auto proof = verify::verify(reader, vault::resolve_snapshot(reader, "latest"), request,
                                    SystemClock(), observer, {});
  EXPECT_EQ(proof.verdict, vault::Verdict::proven);
  shared_server().drop_database("moment");
  shared_server().drop_database(kBank);
}

}  // namespace
}  // namespace lifeboat
