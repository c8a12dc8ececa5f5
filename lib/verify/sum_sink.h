#ifndef LIFEBOAT_VERIFY_SUM_SINK_H_
#define LIFEBOAT_VERIFY_SUM_SINK_H_

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "postgres/capture.h"
#include "vault/row_sum.h"

namespace lifeboat::verify {

/// Sums the rows of every table that is streamed out of a restored database. Thread-safe as a
/// CaptureSink must be; rows are summed without a lock, ranges added up under one.
class SumSink final : public postgres::CaptureSink {
 public:
  /// `tables` = how many the catalogue has. `row_key` must outlive this.
  SumSink(const seal::SecretArray<16>& row_key, std::size_t tables)
      : row_key_(row_key), sums_(tables + 1) {}

  void begin(const postgres::Catalogue&) override {}
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_range(
      std::size_t table, const postgres::Range& range) override;
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_large_objects() override;

  /// Only after the stream has ended.
  [[nodiscard]] const vault::RowSum& table_sum(std::size_t table) const { return sums_.at(table); }
  [[nodiscard]] const vault::RowSum& large_object_sum() const { return sums_.back(); }

 private:
  class OpenRange;
  const seal::SecretArray<16>& row_key_;
  std::mutex mutex_;
  std::vector<vault::RowSum> sums_;
};

/// Hands every row to a function, from one thread at a time.
class RowSink final : public postgres::CaptureSink {
 public:
  explicit RowSink(std::function<void(ByteView)> on_row) : on_row_(std::move(on_row)) {}

  void begin(const postgres::Catalogue&) override {}
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_range(
      std::size_t table, const postgres::Range& range) override;
  [[nodiscard]] std::unique_ptr<postgres::RangeSink> open_large_objects() override;

 private:
  class OpenRange;
  std::function<void(ByteView)> on_row_;
};

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_VERIFY_SUM_SINK_H_
