#ifndef LIFEBOAT_BRIDGE_VAULT_LOAD_SOURCE_H_
#define LIFEBOAT_BRIDGE_VAULT_LOAD_SOURCE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "postgres/assertions.h"
#include "postgres/load.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::bridge {

/// A Postgres source of a snapshot, fetched and authenticated as far as it can be without its rows:
/// documents read, lists walked, packs present. Immutable; thread-safe. `reader` must outlive it.
class VaultLoadSource final : public postgres::LoadSource {
 public:
  VaultLoadSource(const vault::SnapshotReader& reader, std::uint16_t source);

  [[nodiscard]] const postgres::Catalogue& catalogue() const noexcept { return catalogue_; }
  [[nodiscard]] const Bytes& archive() const noexcept { return archive_; }
  [[nodiscard]] const postgres::Identity& identity() const noexcept { return identity_; }
  [[nodiscard]] const vault::SourceSummary& summary() const;
  /// What the source was asked under the snapshot, and what it said; empty = nothing.
  [[nodiscard]] const postgres::Answers& answers() const noexcept { return answers_; }
  /// COPY text of all tables together.
  [[nodiscard]] std::uint64_t total_bytes() const;

  [[nodiscard]] std::size_t range_count(std::size_t table) const override;
  [[nodiscard]] std::unique_ptr<stream::Source> open_range(std::size_t table,
                                                           std::size_t range) override;
  [[nodiscard]] std::uint64_t range_bytes(std::size_t table, std::size_t range) const override;
  [[nodiscard]] std::unique_ptr<stream::Source> open_large_objects() override;

  /// Rows, bytes and sum of a table as captured.
  [[nodiscard]] vault::RowSum table_sum(std::size_t table) const;
  /// The same of the large-object stream; nothing if the snapshot has none.
  [[nodiscard]] std::optional<vault::RowSum> large_object_sum() const;

 private:
  const vault::SnapshotReader& reader_;
  std::uint16_t source_;
  postgres::Catalogue catalogue_;
  Bytes archive_;
  postgres::Identity identity_;
  postgres::Answers answers_;
  std::vector<std::vector<vault::RangeEntry>> tables_;
  std::vector<vault::RangeEntry> large_objects_;
};

/// The place of a source in a snapshot: the one of that name, or the only one of kind postgres.
/// Throws Error(not_found, usage).
[[nodiscard]] std::uint16_t find_postgres_source(const vault::SnapshotBody& body,
                                                 const std::optional<std::string>& name);

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_VAULT_LOAD_SOURCE_H_
