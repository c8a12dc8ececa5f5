#include "exposition_check.h"

#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

namespace lifeboat::notify {
namespace {

const std::regex kHelp(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\]|\\\\|\\n)+)");
const std::regex kType(
    R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
const std::regex kSample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? ([^ ]+))");
const std::regex kLabel(R"re(^([a-zA-Z_][a-zA-Z0-9_]*)="(([^"\\]|\\\\|\\"|\\n)*)"(,|$))re");
const std::regex kNotBaseUnit(
    "_(ms|us|ns|s|sec|milliseconds|microseconds|minutes|hours|days|kb|mb|gb|kib|mib|gib|"
    "kilobytes|megabytes|percent)(_total)?$");
const std::regex kTypeInName("(^|_)(gauge|counter|histogram|summary|count|sum|bucket)(_|$)");

/// One reading of one text.
class Reader {
 public:
  void read(const std::string& line) {
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) return begin(match[1], helped_, line);
    if (std::regex_match(line, match, kType)) return read_type(match[1], match[2], line);
    if (std::regex_match(line, match, kSample)) {
      return read_sample(match[1], match[3], match[4], line);
    }
    object("no line of the format", line);
  }
  void object(const std::string& what, const std::string& where) {
    faults_ += what + ": " + where + "\n";
  }
  [[nodiscard]] std::string faults() const { return faults_; }

 private:
  void begin(const std::string& name, std::set<std::string>& once, const std::string& line) {
    if (!once.insert(name).second) object("said twice", line);
    if (sampled_.contains(name)) object("behind a sample of it", line);
  }

  void read_type(const std::string& name, const std::string& type, const std::string& line) {
    begin(name, typed_, line);
    if ((type == "counter") != name.ends_with("_total")) object("_total is for counters", line);
  }

  void read_sample(const std::string& name, std::string labels, const std::string& value,
                   const std::string& line) {
    if (!helped_.contains(name)) object("no HELP", line);
    if (!typed_.contains(name)) object("no TYPE", line);
    if (name != family_ && !sampled_.insert(name).second) object("its family was left", line);
    family_ = name;
    if (!series_.insert(name + "{" + labels).second) object("a sample twice", line);
    if (std::regex_search(name, kNotBaseUnit)) object("no base unit", line);
    if (std::regex_search(name, kTypeInName)) object("a type in the name", line);
    if (name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
      object("capital letters", line);
    }
    read_labels(std::move(labels), line);
    char* end = nullptr;
    static_cast<void>(std::strtod(value.c_str(), &end));
    if (value.empty() || *end != '\0') object("no number", line);
  }

  void read_labels(std::string labels, const std::string& line) {
    std::set<std::string> names;
    std::smatch label;
    while (!labels.empty()) {
      if (!std::regex_search(labels, label, kLabel)) return object("no label", line);
      if (!names.insert(label[1]).second) object("a label twice", line);
      labels = label.suffix();
    }
  }

  std::string faults_;
  std::set<std::string> helped_;
  std::set<std::string> typed_;
  std::set<std::string> sampled_;
  std::set<std::string> series_;
  std::string family_;
};

}  // namespace

std::string exposition_faults(const std::string& text) {
  Reader reader;
  if (!text.empty() && text.back() != '\n') reader.object("no line end", "the last line");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) reader.read(line);
  return reader.faults();
}

}  // namespace lifeboat::notify
