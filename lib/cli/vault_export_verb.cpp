#include "cli/vault_export_verb.h"

#include "base/units.h"
#include "cli/option_groups.h"
#include "cli/snapshot_argument.h"
#include "cli/text_table.h"
#include "cli/vault_access.h"
#include "export/export.h"
#include "vault/history.h"

namespace lifeboat::cli {
namespace {

struct ExportOptions {
  std::string snapshot;
  std::string directory;
};

void declare_export(OptionSet& set, ExportOptions& options) {
  declare_snapshot_argument(set, options.snapshot);
  set.argument("DIRECTORY", options.directory, Presence::required,
               "where the files go: it must not exist yet");
  set.value("source", set.flags().sources, "NAME", "only this one of the snapshot's sources");
  declare_vault_options(set);
}

std::string export_text(const exporting::Report& report, const Paint& paint) {
  std::string text =
      "exported " + vault::short_id(report.snapshot) + " into " + report.directory.string() + "\n";
  TextTable table({Align::left, Align::left, Align::right, Align::right}, 2);
  for (const exporting::ExportedSource& source : report.sources) {
    table.add({source.folder + "/", source.kind, std::to_string(source.files) + " files",
               human_bytes(source.bytes)});
  }
  return text + table.text() + paint.attention("in the clear") +
         ": whoever reads these files reads the data\n";
}

Json export_json(const exporting::Report& report) {
  Json sources = Json::array();
  for (const exporting::ExportedSource& source : report.sources) {
    sources.push_back({{"name", source.name},
                       {"kind", source.kind},
                       {"folder", source.folder},
                       {"files", source.files},
                       {"written_bytes", source.bytes}});
  }
  return {{"snapshot", report.snapshot.hex()},
          {"at", to_json(report.at)},
          {"directory", report.directory.string()},
          {"sources", sources}};
}

ExitCode run_export(const ExportOptions& options, Session& session) {
  const auto word = snapshot_word(session, options.snapshot);
  const auto source = source_in(word, session.settings());
  const auto open = open_vault(session, {config::Role::identity});
  const auto record = find_snapshot(session, *open.vault, word);
  const auto report = exporting::export_snapshot(*open.vault, record, source, options.directory,
                                                 session.observer(), session.stop());
  session.print(export_text(report, session.paint()), export_json(report));
  return ExitCode::done;
}

}  // namespace

Verb vault_export_verb() {
  return {{.name = "export",
           .summary = "Write a snapshot as files that other tools read.",
           .synopsis = "[OPTION]... SNAPSHOT DIRECTORY",
           .details = "COPY text and an archive for psql and pg_restore, commands for redis-cli, "
                      "JSON, a README for each source and a script that loads it. The data lies "
                      "there in the clear; the directory is for its owner alone.",
           .examples = {{"lifeboat vault export latest ./export", "everything"},
                        {"lifeboat vault export latest:shop-db ./shop", "one source"}},
           .exit_codes = {ExitCode::findings, ExitCode::not_found, ExitCode::denied,
                          ExitCode::unavailable, ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY"}},
          prepare<ExportOptions>(declare_export, run_export)};
}

}  // namespace lifeboat::cli
