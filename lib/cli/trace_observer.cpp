#include "cli/trace_observer.h"

#include "base/error.h"

namespace lifeboat::cli {
namespace {

constexpr std::string_view kPhases = "phases";

std::int64_t microseconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

TraceObserver::TraceObserver(std::unique_ptr<Observer> next, const std::filesystem::path& file)
    : next_(std::move(next)), file_(file, std::ios::trunc), phase_began_(start_) {
  file_ << "[";
  if (file_.flush()) return;
  throw Error(ErrorKind::usage, "the trace cannot be written to " + file.string(),
              "name a file in a folder that exists and may be written to");
}

TraceObserver::~TraceObserver() {
  const std::scoped_lock lock(mutex_);
  end_phase();
  file_ << "\n]\n";
  file_.close();
  if (!file_) next_->warned("the trace is not complete: its file could not be written");
}

void TraceObserver::phase(std::string_view name) {
  next_->phase(name);
  const std::scoped_lock lock(mutex_);
  end_phase();
  phase_ = name;
  phase_began_ = std::chrono::steady_clock::now();
}

void TraceObserver::item_started(std::string_view item, std::uint64_t expected_bytes) {
  next_->item_started(item, expected_bytes);
}

void TraceObserver::item_advanced(std::string_view item, std::uint64_t bytes, std::uint64_t rows) {
  next_->item_advanced(item, bytes, rows);
}

void TraceObserver::item_finished(std::string_view item) { next_->item_finished(item); }

void TraceObserver::warned(std::string_view message) { next_->warned(message); }

void TraceObserver::ran(std::string_view track, std::string_view work, Moment begin) {
  next_->ran(track, work, begin);
  const std::scoped_lock lock(mutex_);
  write_span(track, work, begin);
}

void TraceObserver::end_phase() {
  if (!phase_.empty()) write_span(kPhases, phase_, phase_began_);
}

void TraceObserver::write_span(std::string_view track, std::string_view work, Moment begin) {
  const int row = row_of(track);
  write({{"name", work},
         {"ph", "X"},
         {"pid", 1},
         {"tid", row},
         {"ts", microseconds(begin - start_)},
         {"dur", microseconds(std::chrono::steady_clock::now() - begin)}});
}

/// A track's row, and its name in the file when it is met for the first time.
int TraceObserver::row_of(std::string_view track) {
  const auto [at, is_new] = rows_.try_emplace(std::string(track), static_cast<int>(rows_.size()));
  if (is_new) {
    write({{"name", "thread_name"},
           {"ph", "M"},
           {"pid", 1},
           {"tid", at->second},
           {"args", {{"name", track}}}});
  }
  return at->second;
}

void TraceObserver::write(const Json& event) {
  if (file_.tellp() > std::streampos(1)) file_ << ",";
  file_ << "\n" << event.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::cli
