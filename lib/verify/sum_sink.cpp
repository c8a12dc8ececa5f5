#include "verify/sum_sink.h"

namespace lifeboat::verify {

class SumSink::OpenRange final : public postgres::RangeSink {
 public:
  OpenRange(SumSink& sink, std::size_t place) : sink_(sink), place_(place) {}
  void row(ByteView line) override { sum_.add(vault::hash_row(sink_.row_key_, line), line.size()); }
  void finish() override {
    const std::lock_guard lock(sink_.mutex_);
    sink_.sums_.at(place_).add(sum_);
  }

 private:
  SumSink& sink_;
  std::size_t place_;
  vault::RowSum sum_;
};

std::unique_ptr<postgres::RangeSink> SumSink::open_range(std::size_t table,
                                                         const postgres::Range& /*range*/) {
  return std::make_unique<OpenRange>(*this, table);
}

std::unique_ptr<postgres::RangeSink> SumSink::open_large_objects() {
  return std::make_unique<OpenRange>(*this, sums_.size() - 1);
}

class RowSink::OpenRange final : public postgres::RangeSink {
 public:
  explicit OpenRange(RowSink& sink) : sink_(sink) {}
  void row(ByteView line) override { sink_.on_row_(line); }
  void finish() override {}

 private:
  RowSink& sink_;
};

std::unique_ptr<postgres::RangeSink> RowSink::open_range(std::size_t /*table*/,
                                                         const postgres::Range& /*range*/) {
  return std::make_unique<OpenRange>(*this);
}

std::unique_ptr<postgres::RangeSink> RowSink::open_large_objects() {
  return std::make_unique<OpenRange>(*this);
}

}  // namespace lifeboat::verify
