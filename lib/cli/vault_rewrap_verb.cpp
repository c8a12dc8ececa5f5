#include "cli/vault_rewrap_verb.h"

#include "cli/vault_access.h"
#include "cli/vault_report.h"
#include "vault/rewrap.h"

namespace lifeboat::cli {
namespace {

struct RewrapOptions {};

void declare_rewrap(OptionSet& set, RewrapOptions& /*options*/) { declare_vault_options(set); }

ExitCode run_rewrap(const RewrapOptions& /*options*/, Session& session) {
  const auto open = open_vault(session, {config::Role::identity});
  const auto report = vault::rewrap_sessions(*open.vault, session.observer(), session.stop());
  session.print(rewrap_text(report, session.paint()), rewrap_json(report));
  return exit_code_of(report.problems);
}

}  // namespace

Verb vault_rewrap_verb() {
  return {{.name = "keys rewrap",
           .summary = "Let identities that were added read what is older.",
           .synopsis = "[OPTION]...",
           .details = "Seals every session again to all identities that are not revoked, with one "
                      "that reads it. Nothing that is stored changes. If it is broken off, run it "
                      "again: it goes on where it was.",
           .examples = {{"lifeboat vault keys rewrap", "after `keys add identity`"},
                        {"lifeboat vault keys rewrap --json | jq .sealed_again", "how many"}},
           .exit_codes = {ExitCode::findings, ExitCode::denied, ExitCode::unavailable,
                          ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY"}},
          prepare<RewrapOptions>(declare_rewrap, run_rewrap)};
}

}  // namespace lifeboat::cli
