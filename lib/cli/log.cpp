#include "cli/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include "cli/json.h"

namespace lifeboat::cli {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::trace:
      return spdlog::level::trace;
  }
  return spdlog::level::info;
}

/// Hands lines to the console, which redacts them and keeps them above the progress display. The
/// console locks, so the sink need not.
class ConsoleSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  ConsoleSink(Console& console, LogForm form) : console_(console), form_(form) {
    set_formatter(std::make_unique<spdlog::pattern_formatter>(
        form == LogForm::file ? "%Y-%m-%dT%H:%M:%SZ %l: %v" : "%l: %v",
        spdlog::pattern_time_type::utc, ""));
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    console_.line(form_ == LogForm::json ? json_line(message) : text_line(message));
  }
  void flush_() override {}

 private:
  std::string text_line(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t buffer;
    formatter_->format(message, buffer);
    const std::string text(buffer.data(), buffer.size());
    const bool attention = message.level >= spdlog::level::warn;
    return Paint(console_.screen().colour)(attention ? Mark::attention : Mark::none, text);
  }

  static std::string json_line(const spdlog::details::log_msg& message) {
    const std::string text(message.payload.data(), message.payload.size());
    const auto name = spdlog::level::to_string_view(message.level);
    const Json line =
        message.level == spdlog::level::warn
            ? Json{{"warning", {{"message", text}}}}
            : Json{{"log", {{"level", std::string(name.data(), name.size())}, {"message", text}}}};
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  Console& console_;
  const LogForm form_;
};

}  // namespace

Log::Log(Console& console, LogForm form, LogLevel least)
    : logger_(std::make_unique<spdlog::logger>("lifeboat",
                                               std::make_shared<ConsoleSink>(console, form))) {
  logger_->set_level(spdlog_level(least));
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message) {
  logger_->log(spdlog_level(level), spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace lifeboat::cli
