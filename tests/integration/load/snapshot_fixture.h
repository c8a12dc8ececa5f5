#ifndef LIFEBOAT_TESTS_INTEGRATION_LOAD_SNAPSHOT_FIXTURE_H_
#define LIFEBOAT_TESTS_INTEGRATION_LOAD_SNAPSHOT_FIXTURE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/postgres_server.h"
#include "harness/warnings.h"
#include "postgres/load.h"

namespace lifeboat::postgres {

/// What a capture would have stored of a quiet database, held in memory: for tests of the load.
struct MemorySnapshot {
  Catalogue catalogue;
  Identity identity;
  Bytes archive;
  std::vector<std::vector<Bytes>> ranges;  ///< COPY text, by table
  Bytes large_objects;
};

/// Reads a database, each table in at most `ranges_a_table` ranges.
[[nodiscard]] MemorySnapshot take_snapshot(const harness::PostgresServer& server,
                                           const std::string& database,
                                           std::size_t ranges_a_table = 3);

/// Hands out a MemorySnapshot's rows; `on_open` is called for every range that is opened.
class MemoryLoadSource final : public LoadSource {
 public:
  explicit MemoryLoadSource(const MemorySnapshot& snapshot,
                            std::function<void(std::size_t, std::size_t)> on_open = {})
      : snapshot_(snapshot), on_open_(std::move(on_open)) {}

  [[nodiscard]] std::size_t range_count(std::size_t table) const override {
    return snapshot_.ranges[table].size();
  }
  [[nodiscard]] std::unique_ptr<stream::Source> open_range(std::size_t table,
                                                           std::size_t range) override;
  [[nodiscard]] std::uint64_t range_bytes(std::size_t table, std::size_t range) const override {
    return snapshot_.ranges[table][range].size();
  }
  [[nodiscard]] std::unique_ptr<stream::Source> open_large_objects() override;

 private:
  const MemorySnapshot& snapshot_;
  std::function<void(std::size_t, std::size_t)> on_open_;
};

/// pg_dump --schema-only of a database, without what names the run.
[[nodiscard]] std::string schema_of(const harness::PostgresServer& server,
                                    const std::string& database);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_TESTS_INTEGRATION_LOAD_SNAPSHOT_FIXTURE_H_
