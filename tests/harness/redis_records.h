#ifndef LIFEBOAT_TESTS_HARNESS_REDIS_RECORDS_H_
#define LIFEBOAT_TESTS_HARNESS_REDIS_RECORDS_H_

#include <memory>
#include <vector>

#include "redis/load.h"
#include "redis/record_writer.h"

namespace lifeboat::harness {

/// Keeps what a capture gives, range by range, and gives it to a load.
class MemoryRecords final : public redis::RecordSink, public redis::RecordSource {
 public:
  void record(ByteView record) override { append(open_, record); }
  void end_range() override { ranges_.push_back(std::exchange(open_, {})); }
  void discard() override {
    open_.clear();
    ranges_.clear();
  }

  [[nodiscard]] std::size_t range_count() const override { return ranges_.size(); }
  [[nodiscard]] std::unique_ptr<stream::Source> open_range(std::size_t range) override {
    return std::make_unique<stream::MemorySource>(ranges_.at(range));
  }
  [[nodiscard]] std::uint64_t total_bytes() const override {
    std::uint64_t bytes = 0;
    for (const Bytes& range : ranges_) bytes += range.size();
    return bytes;
  }
  /// Whether a range was left open.
  [[nodiscard]] bool in_the_middle() const { return !open_.empty(); }
  [[nodiscard]] std::vector<Bytes>& ranges() { return ranges_; }

 private:
  Bytes open_;
  std::vector<Bytes> ranges_;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_REDIS_RECORDS_H_
