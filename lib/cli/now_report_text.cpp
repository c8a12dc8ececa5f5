#include <algorithm>
#include <array>
#include <utility>

#include "cli/now_report.h"
#include "cli/text_table.h"
#include "report/drill_report.h"
#include "report/words.h"

namespace lifeboat::cli {
namespace {

constexpr std::size_t kOccasion = 25;
constexpr std::size_t kLabel = 12;  // two spaces, a word, and a gap

struct FirstWords {
  std::string_view words;
  Mark mark;
};

FirstWords words_of(Standing standing) {
  switch (standing) {
    case Standing::recoverable:
      return {"RECOVERABLE", Mark::ok};
    case Standing::at_risk:
      return {"AT RISK", Mark::attention};
    case Standing::not_recoverable:
      return {"NOT RECOVERABLE", Mark::danger};
    case Standing::unknown:
      return {"NOT KNOWN", Mark::danger};
  }
  return {"NOT KNOWN", Mark::danger};
}

std::string line(const std::string& label, const std::string& text) {
  return "  " + label + std::string(kLabel - 2 - label.size(), ' ') +
         wrap(text, kColumns - kLabel, kLabel) + "\n";
}

/// `label` before the first only.
std::string lines(const std::string& label, const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += line(out.empty() ? label : "", text);
  return out;
}

std::string head_of(const NowReport& report) {
  const std::string time = to_minute(report.facts.now) + " UTC";
  const std::string name =
      fit(report.facts.vault.empty() ? "no vault" : report.facts.vault, kColumns - time.size() - 3);
  return name + std::string(kColumns - display_width(name) - time.size(), ' ') + time + "\n";
}

std::string first_line(const NowReport& report, const Paint& paint) {
  const auto [words, mark] = words_of(report.standing);
  std::string text = paint(mark, words);
  if (report.facts.silence) return text + "   the vault does not answer\n";
  if (report.back_to) {
    text += "   to " + report::span(report.facts.now - *report.back_to) + " ago";
    text += report.time ? ", in about " + report::coarse_span(report.time->took)
                        : ", in an unknown time: no drill, no proof";
    if (report.time && !report.time->drilled) text += " (by the last proof)";
  } else {
    text += "   no snapshot holds anything that would come back";
  }
  return text + "\n";
}

std::string data_of(const SourceStanding& source) {
  if (!source.holds_data) return source.name + ": a cache, made again, not restored";
  if (!source.at) return source.name + ": in no snapshot";
  std::string text = source.name + ": snapshot " + source.snapshot.substr(0, 8) + ", " +
                     to_minute(*source.at) + " UTC, ";
  if (source.equal == true) return text + "proven equal";
  if (source.equal == false) return text + "NOT PROVEN";
  return text + (source.proven_at ? "itself not proven yet" : "never proven");
}

std::vector<std::string> data_lines(const NowReport& report) {
  std::vector<std::string> texts;
  for (const SourceStanding& source : report.facts.sources) texts.push_back(data_of(source));
  if (texts.empty()) texts.emplace_back("no source: none is configured, none is in the vault");
  return texts;
}

std::vector<std::string> drill_lines(const NowReport& report) {
  std::vector<std::string> texts;
  for (const drill::Result& run : report.facts.drills) {
    texts.push_back(run.drill + ": " + report::coarse_span(report.facts.now - run.declared) +
                    " ago, " + report::verdict_word(run.verdict) + ": " +
                    report::short_outcome(run));
  }
  if (texts.empty()) texts.emplace_back("never: no drill is recorded in the vault");
  return texts;
}

std::string keys_of(const NowReport& report) {
  const auto& readers = report.facts.readers;
  if (readers.empty()) return "nobody can read: trust names no identity";
  std::string text = std::to_string(readers.size()) + " can read: ";
  for (const std::string& name : readers) text += (&name == &readers.front() ? "" : ", ") + name;
  return text;
}

std::string silence_of(const Silence& silence) {
  std::string text = line("vault", silence.message);
  if (!silence.hint.empty()) text += line("", "hint: " + silence.hint);
  return text + line("", "what follows is known on this machine alone");
}

/// What a shipped runbook is for, by its file's name.
std::string occasion_of(const std::filesystem::path& runbook) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kOccasions = {
      {{"lost-primary", "database lost or wrong"},
       {"one-table", "one table lost"},
       {"bad-deploy", "some rows destroyed"},
       {"lost-redis", "Redis lost"},
       {"whole-app-elsewhere", "the whole app, elsewhere"},
       {"leave-heroku", "Heroku itself is down"}}};
  const std::string stem = runbook.stem().string();
  for (const auto& [name, occasion] : kOccasions) {
    if (name == stem) return std::string(occasion);
  }
  return stem;
}

std::string runbooks_of(const NowReport& report) {
  std::string text = "\nwhat happened?\n";
  if (report.facts.runbooks.empty()) {
    text += "  no runbook lies in " + report.facts.runbook_folder + "\n";
    text += "  a database lost   lifeboat restore latest --postgres env:NEW_URL\n";
    return text +
           "  rows destroyed    lifeboat restore latest --postgres env:DATABASE_URL \\\n"
           "                      --into-schema restored\n";
  }
  const std::string command = report.facts.can_run_runbooks ? "lifeboat runbook run " : "read ";
  for (const auto& runbook : report.facts.runbooks) {
    const std::string occasion = fit(occasion_of(runbook), kOccasion);
    const std::string typed = command + runbook.string();
    // What is to be typed is never cut: where it is too long, it begins a line of its own.
    const bool together = kOccasion + 5 + display_width(typed) <= kColumns;
    text += "  " + occasion +
            (together ? std::string(kOccasion + 3 - display_width(occasion), ' ') : "\n    ") +
            typed + "\n";
  }
  return text;
}

}  // namespace

std::string now_report_text(const NowReport& report, const Paint& paint) {
  std::string text = head_of(report) + first_line(report, paint) + "\n";
  if (report.facts.silence) {
    text += silence_of(*report.facts.silence);
    std::vector<std::string> names;
    for (const auto& source : report.facts.sources) {
      names.push_back(source.name + ": " + source.kind + ", configured");
    }
    text += names.empty() ? line("sources", "none is configured") : lines("sources", names);
    return text + runbooks_of(report);
  }
  text += lines("data", data_lines(report)) + lines("drilled", drill_lines(report));
  text += report.missing.empty()
              ? line("missing", "nothing: every source is in a snapshot, and proven")
              : lines("missing", report.missing);
  return text + line("keys", keys_of(report)) + runbooks_of(report);
}

}  // namespace lifeboat::cli
