#include <algorithm>

#include "cli/doctor_report.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

constexpr std::size_t kLevelColumns = 9;  // "attention"
constexpr std::size_t kGap = 2;

Mark mark_of(doctor::Level level) {
  switch (level) {
    case doctor::Level::ok:
      return Mark::ok;
    case doctor::Level::attention:
      return Mark::attention;
    case doctor::Level::danger:
      return Mark::danger;
  }
  return Mark::danger;
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return text + std::string(columns > width ? columns - width : 0, ' ');
}

std::string sum_line(const doctor::Report& report, const Paint& paint) {
  const auto count = [&report](doctor::Level level) {
    return std::count_if(report.entries.begin(), report.entries.end(),
                         [level](const auto& entry) { return entry.finding.level == level; });
  };
  std::string line = std::to_string(report.entries.size()) +
                     " checks: " + std::to_string(count(doctor::Level::ok)) + " ok";
  for (const auto level : {doctor::Level::attention, doctor::Level::danger}) {
    if (count(level) == 0) continue;
    line += ", " + paint(mark_of(level),
                         std::to_string(count(level)) + " " + std::string(doctor::name_of(level)));
  }
  return line;
}

}  // namespace

std::string doctor_report_text(const doctor::Report& report, const Paint& paint) {
  std::size_t title_columns = 0;
  for (const auto& entry : report.entries) {
    title_columns = std::max(title_columns, display_width(entry.title));
  }
  const std::size_t indent = kLevelColumns + kGap + title_columns + kGap;
  const std::size_t columns = kColumns - std::min(indent, kColumns / 2);
  std::string text;
  for (const auto& entry : report.entries) {
    const doctor::Finding& finding = entry.finding;
    const std::string level(doctor::name_of(finding.level));
    text += padded(paint(mark_of(finding.level), level), kLevelColumns + kGap) +
            padded(entry.title, title_columns + kGap) + wrap(finding.what, columns, indent) + "\n";
    if (finding.hint.empty()) continue;
    text += std::string(indent, ' ') + wrap("hint: " + finding.hint, columns, indent) + "\n";
  }
  return text + "\n" + sum_line(report, paint) + "\n";
}

}  // namespace lifeboat::cli
