#ifndef LIFEBOAT_CLI_CONSOLE_H_
#define LIFEBOAT_CLI_CONSOLE_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cli/paint.h"
#include "cli/redactor.h"
#include "config/environment.h"

namespace lifeboat::cli {

/// What the device behind a descriptor can show.
struct Screen {
  bool terminal = false;
  bool utf8 = false;
  bool colour = false;
  std::size_t columns = 80;

  /// Colour only on a terminal, without NO_COLOR, TERM=dumb and --no-color; UTF-8 if LC_ALL,
  /// LC_CTYPE or LANG (the first that is set) says so.
  [[nodiscard]] static Screen of(int fd, const config::Environment& environment, bool no_color);
};

/// stderr: whole lines, and on a terminal a few lines of progress that stay below them and are
/// repainted in place. Everything passes the redactor. Thread-safe; an error of write(2) is
/// ignored, there is nowhere left to tell it.
class Console {
 public:
  /// Keeps the reference; the descriptor is not owned.
  Console(int fd, Screen screen, const Redactor& redactor);
  /// Leaves no progress behind.
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  [[nodiscard]] const Screen& screen() const noexcept { return screen_; }
  /// Writes a text and a line end, above the painted lines.
  void line(std::string_view text);
  /// Replaces the painted lines; each must fit the screen's width. Empty = none.
  void paint(const std::vector<std::string>& lines);

 private:
  [[nodiscard]] std::string erased() const;
  [[nodiscard]] std::string frame() const;
  void write(const std::string& text) const;

  const int fd_;
  const Screen screen_;
  const Redactor& redactor_;
  std::mutex mutex_;
  std::vector<std::string> painted_;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_CONSOLE_H_
