#ifndef LIFEBOAT_TESTS_UNIT_VAULT_SWEEP_FIXTURE_H_
#define LIFEBOAT_TESTS_UNIT_VAULT_SWEEP_FIXTURE_H_

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/units.h"
#include "harness/faulty_store.h"
#include "vault/append_record.h"
#include "vault/fence.h"
#include "vault/forget.h"
#include "vault/object_names.h"
#include "vault/retention_record.h"
#include "vault/sweep.h"
#include "vault_fixture.h"

namespace lifeboat::vault {

/// A vault whose snapshots hold tables that are known by name: the same name is the same rows.
/// snapshot 2 alone holds the table "old"; all others hold "common" and one of their own.
class SweepFixture : public VaultFixture {
 protected:
  explicit SweepFixture(const NewVaultRequest& request = {}) : VaultFixture(request) {}

  using Tables = std::vector<std::string>;
  struct Taken {
    SnapshotRecord record;
    Tables tables;
    [[nodiscard]] const SnapshotId& id() const { return record.id(); }
  };

  /// Rows that nothing compresses, enough for several chunks.
  static std::vector<std::string> rows_of_table(const std::string& name) {
    std::seed_seq seed(name.begin(), name.end());
    std::mt19937_64 random(seed);
    std::vector<std::string> rows;
    for (int i = 0; i < 3000; ++i) {
      rows.push_back(std::to_string(random()) + std::to_string(random()) + "\n");
    }
    return rows;
  }

  static void write(SnapshotWriter& writer, const Tables& tables) {
    for (const std::string& name : tables) {
      writer.add_stream(0, StreamKind::table, name, {write_range(writer, rows_of_table(name), 0)});
    }
    writer.add_document(0, "catalogue.json", as_bytes("{\"tables\":1}"));
  }

  static SnapshotRecord commit(SnapshotWriter& writer) {
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.guarantee = "exact";
    return writer.commit({source}, true, {});
  }

  const Taken& take(const Tables& tables, store::ObjectStore* through = nullptr) {
    const Vault vault(through == nullptr ? store_ : *through, capabilities_.at(Role::writer));
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    write(writer, tables);
    taken_.push_back({commit(writer), tables});
    clock_.advance(std::chrono::hours(24));
    return taken_.back();
  }

  /// Five snapshots of which the second alone holds "old", ten days ago; and it is forgotten.
  void five_with_one_forgotten() {
    take({"common", "own 1"});
    take({"common", "old", "own 2"});
    for (const char* own : {"own 3", "own 4", "own 5"}) take({"common", own});
    clock_.advance(std::chrono::hours(240));
    forget(taken_[1].id());
  }

  void forget(const SnapshotId& id) {
    const Vault vault = open_as(Role::pruner);
    const ForgetBody body{.store_time = clock_.now(), .policy = {}, .snapshots = {{id}}};
    append_json_record(vault, RecordKind::forget, encode_forget(body), clock_.now(), clock_.now());
  }

  void attest(const SnapshotId& id) {
    const Vault vault = open_as(Role::identity);
    append_record(vault, clock_.now(), clock_.now(),
                  [&](Link& link, const seal::SecretKey& record_key) {
                    Attestation attestation;
                    attestation.link = link;
                    attestation.snapshot = id;
                    attestation.verdict = Verdict::proven;
                    attestation.report = "{}";
                    attestation.sources = {{"shop-db", Verdict::proven, 1, 1}};
                    const Bytes stored = attestation.encode(vault.self().signing_key(), record_key);
                    link = attestation.link;
                    return stored;
                  });
  }

  SweepSurvey survey(const Vault& vault) {
    return survey_for_sweep(vault, clock_.now(), silent_, {});
  }

  NextSweepStep next() {
    const Vault vault = open_as(Role::pruner);
    return plan_next_step(survey(vault), vault.trust());
  }

  MarkPlan mark() {
    const Vault vault = open_as(Role::pruner);
    const MarkPlan plan = plan_mark(survey(vault), vault.trust());
    static_cast<void>(apply_mark(vault, plan, clock_));
    return plan;
  }

  void wait_for_the_grace() {
    const Vault vault = open_as(Role::pruner);
    clock_.advance(sweep_grace(vault.trust()));
  }

  SweepPlan sweep(store::ObjectStore* through = nullptr) {
    const Vault vault(through == nullptr ? store_ : *through, capabilities_.at(Role::pruner));
    const SweepPlan plan = plan_sweep(survey(vault));
    static_cast<void>(apply_sweep(vault, plan, clock_, silent_, {}));
    return plan;
  }

  void expect_reads(const Taken& taken) {
    const Vault vault = open_as(Role::identity);
    const SnapshotReader reader(vault, taken.record);
    reader.require_packs();
    for (const std::string& name : taken.tables) {
      EXPECT_EQ(read_text(reader, name), joined(rows_of_table(name))) << name;
    }
  }

  /// What a check finds, every byte read; "" = nothing.
  std::string damage() {
    const Vault vault = open_as(Role::identity);
    const CheckReport report = check(vault, CheckDepth::decrypt, silent_, {});
    std::string text;
    for (const Problem& problem : report.problems) {
      text += problem.object + ": " + problem.what + "\n";
    }
    return text;
  }

  History history() {
    const Vault vault = open_as(Role::viewer);
    return read_history(vault);
  }

  [[nodiscard]] bool is_listed(const SnapshotId& id) {
    const History now = history();
    return std::ranges::any_of(now.snapshots,
                               [&](const SnapshotRecord& each) { return each.id() == id; });
  }

  [[nodiscard]] std::size_t count(const std::string& folder) {
    return static_cast<std::size_t>(std::ranges::count_if(
        object_names(), [&](const std::string& name) { return name.starts_with(folder); }));
  }

  SilentObserver silent_;
  std::vector<Taken> taken_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_TESTS_UNIT_VAULT_SWEEP_FIXTURE_H_
