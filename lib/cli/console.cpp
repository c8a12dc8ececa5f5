#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace lifeboat::cli {
namespace {

bool names_utf8(std::string locale) {
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

bool shows_utf8(const config::Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto locale = environment.find(name)) return names_utf8(*locale);
  }
  return false;
}

std::size_t columns_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<std::size_t>(size.ws_col, 40, 120);
}

}  // namespace

Screen Screen::of(int fd, const config::Environment& environment, bool no_color) {
  Screen screen;
  screen.terminal = ::isatty(fd) == 1;
  screen.utf8 = shows_utf8(environment);
  screen.colour = screen.terminal && !no_color && !environment.has("NO_COLOR") &&
                  environment.find("TERM") != "dumb";
  if (screen.terminal) screen.columns = columns_of(fd);
  return screen;
}

Console::Console(int fd, Screen screen, const Redactor& redactor)
    : fd_(fd), screen_(screen), redactor_(redactor) {}

Console::~Console() {
  const std::scoped_lock lock(mutex_);
  write(erased());
}

void Console::line(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  write(erased() + redactor_.redact(text) + "\n" + frame());
}

void Console::paint(const std::vector<std::string>& lines) {
  const std::scoped_lock lock(mutex_);
  const std::string erase = erased();
  painted_.clear();
  for (const std::string& text : lines) painted_.push_back(redactor_.redact(text));
  write(erase + frame());
}

/// The cursor stands at the start of the line below the painted ones.
std::string Console::erased() const {
  if (painted_.empty()) return {};
  return "\x1b[" + std::to_string(painted_.size()) + "A\r\x1b[J";
}

std::string Console::frame() const {
  std::string text;
  for (const std::string& painted : painted_) text += painted + "\n";
  return text;
}

void Console::write(const std::string& text) const {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(fd_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace lifeboat::cli
