#ifndef LIFEBOAT_TESTS_INTEGRATION_CAPTURE_COLLECTING_SINK_H_
#define LIFEBOAT_TESTS_INTEGRATION_CAPTURE_COLLECTING_SINK_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "postgres/capture.h"

namespace lifeboat::postgres {

/// Keeps everything in memory: for databases of a test's size. Rows of a range count once it has
/// been finished.
class CollectingSink final : public CaptureSink {
 public:
  /// Called for the first row of all, on a worker's thread, before it is taken.
  std::function<void()> on_first_row;

  void begin(const Catalogue& catalogue) override {
    catalogue_ = catalogue;
    rows_.clear();
  }
  std::unique_ptr<RangeSink> open_range(std::size_t table, const Range&) override {
    return std::make_unique<Collector>(*this, catalogue_.tables.at(table).sql_name());
  }
  std::unique_ptr<RangeSink> open_large_objects() override {
    return std::make_unique<Collector>(*this, "large objects");
  }

  /// Lines without their ends, sorted.
  [[nodiscard]] std::vector<std::string> rows(const std::string& table) const {
    const auto found = rows_.find(table);
    std::vector<std::string> lines =
        found == rows_.end() ? std::vector<std::string>{} : found->second;
    std::sort(lines.begin(), lines.end());
    return lines;
  }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& all() const { return rows_; }

 private:
  class Collector final : public RangeSink {
   public:
    Collector(CollectingSink& owner, std::string table) : owner_(owner), table_(std::move(table)) {}
    void row(ByteView line) override {
      owner_.note_first_row();
      lines_.emplace_back(as_text(line.first(line.size() - 1)));
    }
    void finish() override {
      const std::lock_guard lock(owner_.mutex_);
      std::vector<std::string>& all = owner_.rows_[table_];
      all.insert(all.end(), lines_.begin(), lines_.end());
    }

   private:
    CollectingSink& owner_;
    std::string table_;
    std::vector<std::string> lines_;
  };

  void note_first_row() {
    std::call_once(first_row_, [this] {
      if (on_first_row) on_first_row();
    });
  }

  Catalogue catalogue_;
  std::mutex mutex_;
  std::once_flag first_row_;
  std::map<std::string, std::vector<std::string>> rows_;
};

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_TESTS_INTEGRATION_CAPTURE_COLLECTING_SINK_H_
