#ifndef LIFEBOAT_TESTS_UNIT_VAULT_VAULT_FIXTURE_H_
#define LIFEBOAT_TESTS_UNIT_VAULT_VAULT_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/memory_store.h"
#include "stream/source.h"
#include "vault/check.h"
#include "vault/history.h"
#include "vault/new_vault.h"
#include "vault/snapshot_reader.h"
#include "vault/snapshot_writer.h"

namespace lifeboat::vault {

/// A vault in memory with one credential of each role, and rows to put into it.
class VaultFixture : public testing::Test {
 protected:
  explicit VaultFixture(const NewVaultRequest& request = {})
      : clock_(*parse_instant("2026-11-23T03:12:00Z")), store_(clock_) {
    seal::initialize();
    const NewVault fresh = plan_vault(request, clock_.now());
    publish(fresh, store_);
    for (const Capability& capability : fresh.capabilities) {
      capabilities_.insert_or_assign(capability.role, capability);
    }
  }

  [[nodiscard]] Vault open_as(Role role) { return {store_, capabilities_.at(role)}; }

  /// Rows of a table, different for each table and, in part, for each `salt`.
  static std::vector<std::string> rows_of(const std::string& table, int count, int salt = 0) {
    std::vector<std::string> rows;
    for (int i = 0; i < count; ++i) {
      std::string row = std::to_string(i) + "\t" + table + "\tvalue " + std::to_string(i * 7919);
      if (salt != 0 && i % 500 == 0) row += " salt " + std::to_string(salt);
      rows.push_back(row + "\n");
    }
    return rows;
  }

  static RangeEntry write_range(SnapshotWriter& writer, const std::vector<std::string>& rows,
                                std::uint64_t first_block) {
    RangeWriter range(writer.session(), 16);
    for (const std::string& row : rows) range.add(as_bytes(row));
    return range.finish(first_block);
  }

  /// Takes a snapshot of two tables and a document.
  SnapshotRecord take_snapshot(int rows = 5000, int salt = 0) {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    std::vector<RangeEntry> orders;
    orders.push_back(write_range(writer, rows_of("orders", rows, salt), 0));
    orders.push_back(write_range(writer, rows_of("orders-2", rows, 0), 4096));
    writer.add_stream(0, StreamKind::table, "public.orders", orders);
    writer.add_stream(0, StreamKind::table, "public.tiny",
                      {write_range(writer, {"1\tone\n", "2\ttwo\n"}, 0)});
    writer.add_stream(0, StreamKind::table, "public.empty", {write_range(writer, {}, 0)});
    writer.add_document(0, "catalogue.json", as_bytes("{\"tables\":3}"));
    SourceSummary source;
    source.name = "shop-db";
    source.kind = "postgres";
    source.at = clock_.now();
    source.guarantee = "exact";
    source.average_log2 = 16;
    clock_.advance(std::chrono::minutes(1));
    return writer.commit({source}, true, {});
  }

  static std::string read_text(const SnapshotReader& reader, const std::string& table) {
    std::string text;
    const StreamEntry* stream = reader.find_stream(0, StreamKind::table, table);
    if (stream == nullptr) throw Error(ErrorKind::not_found, "no stream " + table);
    for (const RangeEntry& range : reader.ranges(*stream)) {
      const auto source = reader.open(range);
      text += as_text(stream::read_all(*source, std::size_t{1} << 30U));
    }
    return text;
  }

  static std::string joined(const std::vector<std::string>& rows) {
    std::string text;
    for (const std::string& row : rows) text += row;
    return text;
  }

  [[nodiscard]] std::vector<std::string> object_names() {
    std::vector<std::string> names;
    store_.list("", "", [&](const store::ObjectInfo& info) {
      names.push_back(info.key.name());
      return true;
    });
    return names;
  }

  void replace(const std::string& name, const Bytes& bytes) {
    const store::ObjectKey key(name);
    store_.remove(key);
    ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
  }

  store::ObjectKey key_of(const SnapshotRecord& record) {
    return open_as(Role::writer).key_of(ObjectType::snapshot, record.link);
  }

  /// Takes an object out of sight; put_back() shows it again.
  void hide(const store::ObjectKey& key) {
    hidden_.emplace_back(key, store_.get(key, kAnySize).value());
    store_.remove(key);
  }
  void put_back() {
    for (const auto& [key, bytes] : hidden_) {
      ASSERT_EQ(store_.put(key, bytes), store::PutResult::created);
    }
    hidden_.clear();
  }

  static constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;
  FakeClock clock_;
  store::MemoryStore store_;
  std::map<Role, Capability> capabilities_;
  std::vector<std::pair<store::ObjectKey, Bytes>> hidden_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_TESTS_UNIT_VAULT_VAULT_FIXTURE_H_
