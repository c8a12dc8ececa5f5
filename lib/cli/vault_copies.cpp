#include "cli/vault_copies.h"

#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "cli/object_lock.h"
#include "cli/option_groups.h"
#include "cli/text_table.h"
#include "cli/vault_access.h"
#include "cli/vault_report.h"

namespace lifeboat::cli {
namespace {

std::string report_text(const vault::CopyReport& report) {
  return plural(report.snapshots, "snapshot") + ", " + plural(report.objects, "object") + " (" +
         human_bytes(report.bytes) + ")";
}

CopyOutcome update_copy(Session& session, const vault::Vault& vault, const std::string& url) {
  CopyOutcome outcome{.url = url, .report = {}, .failure = {}, .late = false};
  try {
    require_fitting_lock(session, url, vault);
    const auto store = open_store(session, url, {}, StoreUse::copy);
    if (vault.has_hashed_names()) write_without_condition(*store);
    outcome.report = vault::copy_vault(vault, *store, vault::CopyScope::own_snapshots,
                                       session.observer(), session.stop());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    outcome.failure = error;
    return outcome;
  }
  const auto& allowed = session.settings().max_behind;
  const auto& since = outcome.report.behind_since;
  outcome.late = outcome.report.behind > 0 &&
                 (!allowed || !since || session.clock().now() - *since > *allowed);
  return outcome;
}

struct CopyOptions {
  std::string from;
  std::string to;
};

void declare_copy(OptionSet& set, CopyOptions& options) {
  set.argument("FROM", options.from, Presence::required, "the vault that is copied");
  set.argument("TO", options.to, Presence::required,
               "an empty directory or bucket, or an earlier copy of the same vault");
}

ExitCode run_copy(const CopyOptions& options, Session& session) {
  const config::Settings& settings = session.settings();
  const bool back =
      std::ranges::find(settings.copies.value, options.from) != settings.copies.value.end();
  const bool home = options.to == settings.vault.value;
  const auto open = open_vault_at(session, options.from, reading_roles(),
                                  back ? StoreUse::copy : StoreUse::vault);
  const auto to = open_store(session, options.to, {}, home ? StoreUse::vault : StoreUse::copy);
  if (open.vault->has_hashed_names()) {
    write_without_condition(*to);
  } else {
    require_creates_once(*to, "copy to a store that heeds If-None-Match (docs/object-stores.md)");
  }
  const auto report = vault::copy_vault(*open.vault, *to, vault::CopyScope::everything,
                                        session.observer(), session.stop());
  session.print(copy_text(report, session.paint()), copy_json(report));
  return exit_code_of(report.problems);
}

}  // namespace

std::vector<CopyOutcome> update_copies(Session& session, const vault::Vault& vault) {
  std::vector<CopyOutcome> outcomes;
  for (const std::string& url : session.settings().copies.value) {
    outcomes.push_back(update_copy(session, vault, url));
  }
  return outcomes;
}

bool is_finding(const std::vector<CopyOutcome>& copies) {
  return std::ranges::any_of(copies,
                             [](const CopyOutcome& copy) { return copy.failure || copy.late; });
}

std::string copies_text(const std::vector<CopyOutcome>& copies, const Paint& paint) {
  std::string text;
  for (const CopyOutcome& copy : copies) {
    if (copy.failure) {
      text += paint.danger("NOT COPIED") + "  to " + copy.url + ": " +
              wrap(copy.failure->message(), kColumns - 2, 2) + "\n";
      if (!copy.failure->hint().empty()) {
        text += "  hint: " + wrap(copy.failure->hint(), kColumns - 8, 8) + "\n";
      }
      continue;
    }
    text += "copied to " + copy.url + ": " + report_text(copy.report) + "\n";
    if (copy.report.behind > 0) {
      text += paint.attention("behind") + "  by " + plural(copy.report.behind, "snapshot") + "\n";
    }
    text += problem_lines(copy.report.problems, paint);
  }
  return text;
}

Json copies_json(const std::vector<CopyOutcome>& copies) {
  Json list = Json::array();
  for (const CopyOutcome& copy : copies) {
    const bool known = !copy.failure;
    list.push_back({{"vault", copy.url},
                    {"snapshots", copy.report.snapshots},
                    {"objects", copy.report.objects},
                    {"bytes", copy.report.bytes},
                    {"behind", known ? Json(copy.report.behind) : Json()},
                    {"late", copy.failure.has_value() || copy.late},
                    {"problems", problems_json(copy.report.problems)},
                    {"failure", known ? Json() : Json(copy.failure->message())}});
  }
  return list;
}

std::string copy_text(const vault::CopyReport& report, const Paint& paint) {
  std::string text =
      "copied " + report_text(report) + "; " + plural(report.already, "object") + " were there\n";
  if (report.behind > 0) {
    text += paint.attention("behind") + "  by " + plural(report.behind, "snapshot") + "\n";
  }
  return text + problem_lines(report.problems, paint);
}

Json copy_json(const vault::CopyReport& report) {
  return {{"snapshots", report.snapshots},
          {"objects", report.objects},
          {"bytes", report.bytes},
          {"already", report.already},
          {"behind", report.behind},
          {"behind_since", report.behind_since ? to_json(*report.behind_since) : Json()},
          {"problems", problems_json(report.problems)}};
}

Verb vault_copy_verb() {
  return {
      {.name = "copy",
       .summary = "Copy a vault, whole, into another place.",
       .synopsis = "[OPTION]... FROM TO",
       .details = "Decrypts nothing: any credential of the vault will do. What is there already "
                  "is left as it is; run it again, and it copies what is new, or goes on where "
                  "it broke off. The copy is a vault with the same keys. With [vault] copy in "
                  "lifeboat.toml every snapshot is copied as soon as it is taken.",
       .examples = {{"lifeboat vault copy ./vault 's3://acme-dr-2/shop?region=eu-west-1'",
                     "into a bucket"},
                    {"lifeboat vault copy s3://acme-dr-2/shop ./vault",
                     "back, when the first one is lost"}},
       .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                      ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
       .environment = {"LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER", "LIFEBOAT_WRITER",
                       "AWS_ACCESS_KEY_ID", "LIFEBOAT_COPY_AWS_ACCESS_KEY_ID"}},
      prepare<CopyOptions>(declare_copy, run_copy)};
}

}  // namespace lifeboat::cli
