#include "cli/drill_report_verb.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "base/error.h"
#include "cli/drill_records.h"
#include "cli/drill_report.h"
#include "cli/option_groups.h"
#include "cli/vault_access.h"
#include "cli/vault_report.h"
#include "os/file.h"
#include "report/drill_page.h"

namespace lifeboat::cli {
namespace {

struct Options {
  std::string drill;
  std::optional<std::string> html;
  std::optional<int> last;
  std::optional<std::chrono::seconds> since;
  std::optional<std::string> at;
};

void declare(OptionSet& set, Options& options) {
  set.argument("NAME", options.drill, Presence::optional,
               "which drill (default: the one that ran last)");
  set.value("html", options.html, "FILE", "also write it as a page, one file that loads nothing");
  set.number("last", options.last, 1, "N", "only the newest N runs");
  set.duration("since", options.since, "AGE", "only runs of this last time, such as 365d");
  set.value("at", options.at, "TIME", "as it would have been made then (default: now)");
  declare_vault_options(set);
}

Instant moment_of(const Options& options, const Session& session) {
  if (!options.at) return session.clock().now();
  const auto instant = parse_instant(*options.at);
  if (!instant) {
    throw Error(ErrorKind::usage, "--at: \"" + *options.at + "\" is no time",
                "write it as 2026-11-23T07:41:00Z, in UTC");
  }
  return *instant;
}

report::DrillReportRequest request_of(const Options& options, Instant now) {
  report::DrillReportRequest request{.drill = {}, .made_at = now, .since = {}, .last = {}};
  if (!options.drill.empty()) request.drill = options.drill;
  if (options.since) request.since = now - *options.since;
  if (options.last) request.last = static_cast<std::size_t>(*options.last);
  return request;
}

/// All or nothing, in the place of a page that is there. A device or a pipe is no such place.
void write_page(const std::filesystem::path& file, const std::string& page) {
  std::error_code failure;
  const auto place = std::filesystem::weakly_canonical(file, failure);
  const auto status = std::filesystem::status(place, failure);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw Error(ErrorKind::usage, "--html: " + file.string() + " is no file",
                "name the file that is to be written");
  }
  const std::filesystem::path fresh = place.string() + "." + std::to_string(getpid());
  std::filesystem::remove(fresh, failure);  // of a process of that number that was killed
  static_cast<void>(os::create_file(fresh, as_bytes(page), 0644));
  std::filesystem::rename(fresh, place, failure);
  if (failure) throw os::errno_error(failure.value(), "write " + file.string());
}

ExitCode run(const Options& options, Session& session) {
  const Instant now = moment_of(options, session);
  const auto open = open_vault(session, reading_roles());
  const vault::History history = vault::read_history(*open.vault);
  const DrillRecords records = drill_records(open.vault->id(), history, now);
  for (const std::string& item : records.unreadable) {
    session.warn("a drill is left out of the report: " + item);
  }
  const auto report = report::make_drill_report(records.facts, request_of(options, now));
  std::string text = drill_report_text(report, session.paint());
  Json document = drill_report_json(report);
  document["html"] = or_null(options.html);
  if (options.html) {
    write_page(*options.html, report::drill_page(report));
    text += "page " + *options.html + "\n";
  }
  session.print(text + problem_lines(history.problems, session.paint()), document);
  return exit_code_of(history.problems);
}

}  // namespace

Verb drill_report_verb() {
  return {
      {.name = "report",
       .summary = "Show what a drill said, on the terminal or as a page.",
       .synopsis = "[OPTION]... [NAME]",
       .details = "Reads the signed records of the vault alone. With --html the same is written "
                  "as one file, with charts of its last year, that prints on A4 and needs no "
                  "network. The exit code says whether the report could be made, not whether "
                  "the drill passed: that is `lifeboat drill gate`.",
       .examples = {{"lifeboat drill report weekly-restore", "its newest run"},
                    {"lifeboat drill report --html drill.html --since 365d",
                     "a page on the drill that ran last"}},
       .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                      ExitCode::unavailable, ExitCode::stale},
       .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER", "LIFEBOAT_WRITER",
                       "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER"}},
      prepare<Options>(declare, run)};
}

}  // namespace lifeboat::cli
