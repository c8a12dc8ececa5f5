#include "postgres/row_reader.h"

#include <algorithm>
#include <deque>
#include <future>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>

#include "base/first_failure.h"
#include "base/span.h"
#include "postgres/large_objects.h"
#include "postgres/range_copy.h"

namespace lifeboat::postgres {
namespace {

constexpr std::uint64_t kReportBytes = 512 * 1024;
constexpr const char* kLargeObjects = "large objects";
/// A connection that breaks this often over one range will break again.
constexpr int kMostReplacements = 5;

/// Work for all sessions, and how many ranges of a table are still out. Thread-safe.
class RangeQueue {
 public:
  explicit RangeQueue(std::vector<RangeTask> tasks) : tasks_(tasks.begin(), tasks.end()) {
    for (const RangeTask& task : tasks) ++unread_[task.table];
    untouched_ = unread_;
  }

  struct Taken {
    RangeTask task;
    bool first_of_table;
  };
  std::optional<Taken> take() {
    const std::lock_guard lock(mutex_);
    if (tasks_.empty()) return std::nullopt;
    const RangeTask task = tasks_.front();
    tasks_.pop_front();
    return Taken{task, untouched_.erase(task.table) > 0};
  }

  /// Whether that was the table's last range.
  bool done(const RangeTask& task) {
    const std::lock_guard lock(mutex_);
    return --unread_[task.table] == 0;
  }

 private:
  std::mutex mutex_;
  std::deque<RangeTask> tasks_;
  std::map<std::size_t, std::size_t> unread_;
  std::map<std::size_t, std::size_t> untouched_;
};

/// Adds up what one item has given and tells the observer now and then.
class Meter {
 public:
  Meter(Observer& observer, std::string_view item) : observer_(observer), item_(item) {}
  void count(std::size_t bytes) {
    ++rows_;
    bytes_ += bytes;
    if (bytes_ - told_bytes_ >= kReportBytes) tell();
  }
  void tell() {
    observer_.item_advanced(item_, bytes_ - told_bytes_, rows_ - told_rows_);
    told_bytes_ = bytes_;
    told_rows_ = rows_;
  }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  Observer& observer_;
  std::string_view item_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t told_rows_ = 0;
  std::uint64_t told_bytes_ = 0;
};

class Worker {
 public:
  Worker(std::string name, pq::Connection session, const Catalogue& catalogue, RangeQueue& queue,
         CaptureSink& sink, Observer& observer, SnapshotSessions* replacements)
      : name_(std::move(name)),
        session_(std::move(session)),
        catalogue_(catalogue),
        queue_(queue),
        sink_(sink),
        observer_(observer),
        replacements_(replacements) {}

  ReadTotals work(bool large_objects) {
    if (large_objects) read_large_objects();
    while (const auto taken = queue_.take()) read_range(taken->task, taken->first_of_table);
    sink_.reader_ended();
    return totals_;
  }

 private:
  void read_large_objects() {
    std::uint64_t expected = 0;
    for (const LargeObject& object : catalogue_.large_objects) expected += object.size_bytes;
    const Span span(observer_, name_, kLargeObjects);
    with_context("read the large objects", [&] {
      observer_.item_started(kLargeObjects, expected * 2);
      in_spite_of_losses(kLargeObjects, [&] {
        const std::unique_ptr<RangeSink> sink = sink_.open_large_objects();
        Meter meter(observer_, kLargeObjects);
        session_.copy_out(copy_large_objects_sql(), [&](ByteView line) {
          sink->row(line);
          meter.count(line.size());
        });
        sink->finish();
        meter.tell();
        totals_.copy_bytes += meter.bytes();
      });
      observer_.item_finished(kLargeObjects);
    });
  }

  void read_range(const RangeTask& task, bool first_of_table) {
    const Table& table = catalogue_.tables[task.table];
    const std::string name = table.sql_name();
    const Span span(observer_, name_, name + " from " + std::to_string(task.range.first_block));
    with_context("read " + name, [&] {
      if (first_of_table) observer_.item_started(name, table.total_bytes);
      in_spite_of_losses(name, [&] {
        const std::unique_ptr<RangeSink> sink = sink_.open_range(task.table, task.range);
        Meter meter(observer_, name);
        RangeCopy copy(session_, replacements_, table, task.range);
        copy.run([&](ByteView line) {
          sink->row(line);
          meter.count(line.size());
        });
        sink->finish();
        meter.tell();
        totals_.rows += meter.rows();
        totals_.copy_bytes += meter.bytes();
        std::ranges::move(copy.unprintable(), std::back_inserter(totals_.unprintable));
      });
      if (queue_.done(task)) observer_.item_finished(name);
    });
  }

  /// Reads something to its end, with another session if this one is lost on the way.
  template <typename Read>
  void in_spite_of_losses(std::string_view what, Read&& read) {
    for (int losses = 1;; ++losses) {
      try {
        read();
        return;
      } catch (const Error& error) {
        const bool lost = error.kind() == ErrorKind::unavailable && !session_.alive();
        if (!lost || replacements_ == nullptr || losses > kMostReplacements) throw;
        observer_.warned("a connection was lost while it read " + std::string(what) + " (" +
                         error.message() + "); another one reads it anew");
      }
      session_ = replacements_->replace();
    }
  }

  const std::string name_;  ///< on the timeline
  pq::Connection session_;
  const Catalogue& catalogue_;
  RangeQueue& queue_;
  CaptureSink& sink_;
  Observer& observer_;
  SnapshotSessions* replacements_;
  ReadTotals totals_;
};

}  // namespace

ReadTotals read_rows(std::vector<pq::Connection> sessions, const Catalogue& catalogue,
                     const Reading& reading, CaptureSink& sink, Observer& observer,
                     std::stop_source sessions_stop, SnapshotSessions* replacements) {
  const int version = sessions.at(0).server_version();
  RangeQueue queue(plan_reading(catalogue, reading.tables, version));
  std::vector<std::future<ReadTotals>> workers;
  bool large_objects = reading.large_objects;
  for (pq::Connection& session : sessions) {
    workers.push_back(
        std::async(std::launch::async,
                   [&, name = "reader " + std::to_string(workers.size() + 1),
                    mine = std::move(session), objects = large_objects]() mutable -> ReadTotals {
                     try {
                       // The session dies with the worker, so its transaction ends with its last
                       // byte.
                       return Worker(std::move(name), std::move(mine), catalogue, queue, sink,
                                     observer, replacements)
                           .work(objects);
                     } catch (...) {
                       sessions_stop.request_stop();
                       throw;
                     }
                   }));
    large_objects = false;
  }
  ReadTotals totals;
  FirstFailure failure;
  for (std::future<ReadTotals>& worker : workers) {
    try {
      ReadTotals part = worker.get();
      totals.rows += part.rows;
      totals.copy_bytes += part.copy_bytes;
      std::ranges::move(part.unprintable, std::back_inserter(totals.unprintable));
    } catch (...) {
      failure.note(std::current_exception());
    }
  }
  failure.rethrow();
  return totals;
}

}  // namespace lifeboat::postgres
