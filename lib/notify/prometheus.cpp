#include <unistd.h>

#include "base/bytes.h"
#include "notify/event.h"  // decimal()
#include "notify/exposition.h"
#include "os/file.h"

namespace lifeboat::notify {
namespace {

/// In HELP, a quote is not escaped; in a label's value it is.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string prometheus_text(const std::vector<Sample>& samples) {
  std::string text;
  std::string_view family;
  for (const Sample& sample : samples) {
    if (sample.name != family) {
      family = sample.name;
      const Family& known = family_named(family);
      text += "# HELP " + std::string(family) + " " + std::string(known.help) + "\n";
      text += "# TYPE " + std::string(family) + (known.counter ? " counter\n" : " gauge\n");
    }
    text += sample.name;
    for (std::size_t i = 0; i < sample.labels.size(); ++i) {
      const auto& [name, value] = sample.labels[i];
      text += (i == 0 ? "{" : ",") + std::string(name) + "=\"" + escaped(value) + "\"";
    }
    text += (sample.labels.empty() ? " " : "} ") + decimal(sample.value) + "\n";
  }
  return text;
}

void replace_file(const std::filesystem::path& file, const std::string& text) {
  std::error_code failure;
  // The collector reads *.prom: this one does not end so.
  const std::filesystem::path fresh = file.string() + "." + std::to_string(getpid());
  std::filesystem::remove(fresh, failure);  // of a process of that number that was killed
  static_cast<void>(os::create_file(fresh, as_bytes(text), 0644));
  std::filesystem::rename(fresh, file, failure);
  if (!failure) return;
  const Error error = os::errno_error(failure.value(), "write " + file.string());
  std::filesystem::remove(fresh, failure);
  throw error;
}

}  // namespace lifeboat::notify
