#include "cli/guard.h"

#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "cli/error_report.h"
#include "cli/standard_streams.h"

namespace lifeboat::cli {
namespace {

ExitCode report(const Error& error, const Invocation& invocation, Voice& voice) {
  voice.console.line(invocation.has("--json") ? error_json(error, voice.redactor)
                                              : error_text(invocation.command, error));
  return exit_code_of(error.kind());
}

}  // namespace

bool Invocation::has(std::string_view word) const {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, word) != end;
}

Voice::Voice(const config::Environment& environment, bool no_color)
    : console(STDERR_FILENO, Screen::of(STDERR_FILENO, environment, no_color), redactor) {
  redactor.remember_environment(environment);
}

int guarded(const Invocation& invocation,
            const std::function<ExitCode(const config::Environment&, Voice&)>& work) noexcept {
  occupy_standard_streams();
  const config::Environment environment = config::Environment::copy_of(environ);
  Voice voice(environment, invocation.has("--no-color"));
  ExitCode code = ExitCode::failed;
  try {
    code = work(environment, voice);
  } catch (const Error& error) {
    code = report(error, invocation, voice);
  } catch (const std::exception& error) {
    code = report(Error(ErrorKind::internal, error.what()), invocation, voice);
  }
  return static_cast<int>(code);
}

}  // namespace lifeboat::cli
