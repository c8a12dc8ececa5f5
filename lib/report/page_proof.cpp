#include "report/drill_page.h"

/// Which records the page was made from, and how a stranger finds out.
namespace lifeboat::report {
namespace {

/// What may be typed into a shell as it stands; a name that may not be is shown in quotes.
std::string shell_word(const std::string& text) {
  const bool plain =
      !text.empty() && text.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:") ==
                           std::string::npos;
  if (plain) return text;
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

Markup commands_for(const DrillReport& report) {
  const Run& newest = report.newest();
  Markup lines = words("lifeboat drill report " + shell_word(report.drill) + " --at " +
                       to_rfc3339(report.made_at) + " --html again.html") +
                 html("\ncmp again.html THIS-FILE\n");
  if (newest.result.snapshot) {
    lines += words("lifeboat vault show " + newest.result.snapshot->id.substr(0, 16)) + html("\n");
  }
  return element("pre", lines + html("lifeboat vault check\n"));
}

}  // namespace

Markup proof_section(const DrillReport& report) {
  const Run& newest = report.newest();
  const drill::Result& result = newest.result;
  Table table(std::vector<Heading>{{"what", "v"}, {"id or hash"}});
  const auto add = [&table](std::string_view what, const std::string& value) {
    if (!value.empty()) table.add({words(what), element("span", value, "id")});
  };
  add("run", result.run);
  add("record of this run", newest.record);
  add("proof (attestation)", result.attestation);
  add("snapshot", result.snapshot ? result.snapshot->id : "");
  add("vault", report.vault);
  add("scenario file, SHA-256", result.scenario_sha256);
  add("made with", result.program);
  return section("How to verify this page",
                 element("p",
                         "The page is made from signed records of the vault and from nothing "
                         "else. Made again as of the same moment, with the same version and "
                         "the same options, it is the same byte for byte. The last command "
                         "checks every signature.") +
                     table.markup() + commands_for(report));
}

}  // namespace lifeboat::report
