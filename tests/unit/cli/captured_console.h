#ifndef LIFEBOAT_TESTS_UNIT_CLI_CAPTURED_CONSOLE_H_
#define LIFEBOAT_TESTS_UNIT_CLI_CAPTURED_CONSOLE_H_

#include <unistd.h>

#include <cstdio>
#include <string>

#include "cli/console.h"

namespace lifeboat::cli {

/// A console whose output a test can read: an unnamed temporary file behind it.
class CapturedConsole {
 public:
  explicit CapturedConsole(Screen screen)
      : file_(std::tmpfile()), console_(::fileno(file_), screen, redactor_) {}
  ~CapturedConsole() { std::fclose(file_); }
  CapturedConsole(const CapturedConsole&) = delete;
  CapturedConsole& operator=(const CapturedConsole&) = delete;

  [[nodiscard]] Console& console() { return console_; }
  [[nodiscard]] Redactor& redactor() { return redactor_; }
  /// Everything written so far.
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(::lseek(::fileno(file_), 0, SEEK_END)), '\0');
    const ssize_t count = ::pread(::fileno(file_), text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
  }

 private:
  std::FILE* file_;
  Redactor redactor_;
  Console console_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_TESTS_UNIT_CLI_CAPTURED_CONSOLE_H_
