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
#include "stream/pace.h"

namespace lifeboat::postgres {
namespace {

constexpr std::uint64_t kReportBytes = 512 * 1024;
constexpr const char* kLargeObjects = "large objects";
/// A connection that breaks this often over one range will break again.
constexpr int kMostReplacements = 5;

/// Work for all sessions, and how many ranges of a table are still out. Thread-safe.
class RangeQueue {
 public:
  explicit RangeQueue(const std::vector<RangeTask>& tasks) : tasks_(tasks.begin(), tasks.end()) {
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

/// A rate that all sessions keep to together, or none.
class Brake {
 public:
  Brake(std::optional<std::uint64_t> most_bytes_per_second, std::stop_token stop)
      : stop_(std::move(stop)) {
    if (most_bytes_per_second) pace_.emplace(*most_bytes_per_second);
  }
  void keep(std::uint64_t bytes) {
    if (pace_) pace_->keep(bytes, stop_);
  }

 private:
  std::optional<stream::Pace> pace_;
  std::stop_token stop_;
};

/// Adds up what one item has given; now and then it tells the observer, and brakes.
class Meter {
 public:
  Meter(Observer& observer, std::string_view item, Brake& brake)
      : observer_(observer), item_(item), brake_(brake) {}
  void count(std::size_t bytes) {
    ++rows_;
    bytes_ += bytes;
    if (bytes_ - told_bytes_ >= kReportBytes) tell();
  }
  void tell() {
    observer_.item_advanced(item_, bytes_ - told_bytes_, rows_ - told_rows_);
    brake_.keep(bytes_ - told_bytes_);
    told_bytes_ = bytes_;
    told_rows_ = rows_;
  }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  Observer& observer_;
  std::string_view item_;
  Brake& brake_;
  std::uint64_t rows_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t told_rows_ = 0;
  std::uint64_t told_bytes_ = 0;
};

/// What all workers share.
struct Common {
  const Catalogue& catalogue;
  CaptureSink& sink;
  Observer& observer;
  SnapshotSessions* replacements;
  RangeQueue queue;
  Brake brake;
};

class Worker {
 public:
  Worker(std::string name, pq::Connection session, Common& common)
      : name_(std::move(name)), session_(std::move(session)), common_(common) {}

  ReadTotals work(bool large_objects) {
    if (large_objects) read_large_objects();
    while (const auto taken = common_.queue.take()) read_range(taken->task, taken->first_of_table);
    common_.sink.reader_ended();
    return totals_;
  }

 private:
  void read_large_objects() {
    std::uint64_t expected = 0;
    for (const LargeObject& object : common_.catalogue.large_objects) expected += object.size_bytes;
    const Span span(common_.observer, name_, kLargeObjects);
    with_context("read the large objects", [&] {
      common_.observer.item_started(kLargeObjects, expected * 2);
      in_spite_of_losses(kLargeObjects, [&] {
        const std::unique_ptr<RangeSink> sink = common_.sink.open_large_objects();
        Meter meter(common_.observer, kLargeObjects, common_.brake);
        session_.copy_out(copy_large_objects_sql(), [&](ByteView line) {
          sink->row(line);
          meter.count(line.size());
        });
        sink->finish();
        meter.tell();
        totals_.copy_bytes += meter.bytes();
      });
      common_.observer.item_finished(kLargeObjects);
    });
  }

  void read_range(const RangeTask& task, bool first_of_table) {
    const Table& table = common_.catalogue.tables[task.table];
    const std::string name = table.sql_name();
    const Span span(common_.observer, name_,
                    name + " from " + std::to_string(task.range.first_block));
    with_context("read " + name, [&] {
      if (first_of_table) common_.observer.item_started(name, table.total_bytes);
      in_spite_of_losses(name, [&] {
        const std::unique_ptr<RangeSink> sink = common_.sink.open_range(task.table, task.range);
        Meter meter(common_.observer, name, common_.brake);
        RangeCopy copy(session_, common_.replacements, table, task.range);
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
      if (common_.queue.done(task)) common_.observer.item_finished(name);
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
        if (!lost || common_.replacements == nullptr || losses > kMostReplacements) throw;
        common_.observer.warned("a connection was lost while it read " + std::string(what) + " (" +
                                error.message() + "); another one reads it anew");
      }
      session_ = common_.replacements->replace();
    }
  }

  const std::string name_;  ///< on the timeline
  pq::Connection session_;
  Common& common_;
  ReadTotals totals_;
};

}  // namespace

ReadTotals read_rows(std::vector<pq::Connection> sessions, const Catalogue& catalogue,
                     const Reading& reading, CaptureSink& sink, Observer& observer,
                     std::stop_source sessions_stop, SnapshotSessions* replacements) {
  const int version = sessions.at(0).server_version();
  Common common{.catalogue = catalogue,
                .sink = sink,
                .observer = observer,
                .replacements = replacements,
                .queue = RangeQueue(plan_reading(catalogue, reading.tables, version)),
                .brake = Brake(reading.most_bytes_per_second, sessions_stop.get_token())};
  // The session dies with the worker, so its transaction ends with its last byte.
  const auto work = [&](std::string name, pq::Connection session, bool large_objects) {
    try {
      return Worker(std::move(name), std::move(session), common).work(large_objects);
    } catch (...) {
      sessions_stop.request_stop();
      throw;
    }
  };
  std::vector<std::future<ReadTotals>> workers;
  for (pq::Connection& session : sessions) {
    const bool large_objects = reading.large_objects && workers.empty();
    workers.push_back(std::async(std::launch::async, work,
                                 "reader " + std::to_string(workers.size() + 1), std::move(session),
                                 large_objects));
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
