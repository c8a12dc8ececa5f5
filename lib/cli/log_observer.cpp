#include "cli/log_observer.h"

#include <string>

#include "base/units.h"

namespace lifeboat::cli {

void LogObserver::phase(std::string_view name) { log_.write(LogLevel::info, name); }

void LogObserver::item_started(std::string_view item, std::uint64_t expected_bytes) {
  std::string text = "start " + std::string(item);
  if (expected_bytes > 0) text += ", about " + human_bytes(expected_bytes);
  log_.write(LogLevel::debug, text);
}

void LogObserver::item_finished(std::string_view item) {
  log_.write(LogLevel::debug, "done " + std::string(item));
}

void LogObserver::warned(std::string_view message) { log_.write(LogLevel::warn, message); }

}  // namespace lifeboat::cli
