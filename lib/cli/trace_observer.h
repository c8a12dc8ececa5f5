#ifndef LIFEBOAT_CLI_TRACE_OBSERVER_H_
#define LIFEBOAT_CLI_TRACE_OBSERVER_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/observer.h"
#include "cli/json.h"

namespace lifeboat::cli {

/// Writes a timeline of the work while it goes on, and passes everything on to another observer.
/// The file is Chrome's trace event format, JSON array form, complete events ("ph": "X") with
/// times in microseconds since the start; chrome://tracing and ui.perfetto.dev show it, also when
/// the end is missing. One row a track, one row for the phases. Thread-safe; memory: the names of
/// the tracks.
class TraceObserver final : public Observer {
 public:
  /// Replaces the file. Throws Error(usage) if it cannot be written.
  TraceObserver(std::unique_ptr<Observer> next, const std::filesystem::path& file);
  /// Ends the last phase and the file; warns if something of it could not be written.
  ~TraceObserver() override;

  void phase(std::string_view name) override;
  void item_started(std::string_view item, std::uint64_t expected_bytes) override;
  void item_advanced(std::string_view item, std::uint64_t bytes, std::uint64_t rows) override;
  void item_finished(std::string_view item) override;
  void warned(std::string_view message) override;
  void ran(std::string_view track, std::string_view work,
           std::chrono::steady_clock::time_point begin) override;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  void end_phase();
  void write_span(std::string_view track, std::string_view work, Moment begin);
  [[nodiscard]] int row_of(std::string_view track);
  void write(const Json& event);

  const std::unique_ptr<Observer> next_;
  const Moment start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;  ///< of all below
  std::ofstream file_;
  std::map<std::string, int, std::less<>> rows_;
  std::string phase_;
  Moment phase_began_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_TRACE_OBSERVER_H_
