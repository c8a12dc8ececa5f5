#include "cli/vault_create_verb.h"

#include "base/error.h"
#include "cli/object_lock.h"
#include "cli/vault_access.h"
#include "cli/vault_report.h"
#include "seal/sodium.h"
#include "vault/new_vault.h"

namespace lifeboat::cli {
namespace {

constexpr std::string_view kOtherNames =
    "use a store that heeds If-None-Match, or let a fork of two runs be told instead of prevented: "
    "lifeboat vault create --naming hashed (docs/object-stores.md)";

struct CreateOptions {
  std::string url;
  std::string keys;
  std::vector<std::string> writer_sources;
  std::string naming;
};

void declare_create(OptionSet& set, CreateOptions& options) {
  set.argument("VAULT", options.url, Presence::required,
               "where the vault will be: a directory, or s3://BUCKET/PREFIX?region=REGION");
  set.value("keys", options.keys, "DIR", "where the .key files go (default: ./keys)");
  set.list("writer-source", options.writer_sources, "NAME",
           "a source the writer may add to (default: any)");
  set.value("naming", options.naming, "MODE",
            "conditional: the store creates a name only once; hashed: for a store that does not; "
            "auto (the default): conditional, or refused");
  options.keys = "./keys";
  options.naming = "auto";
}

bool wants_hashed_names(const std::string& naming) {
  if (naming == "hashed") return true;
  if (naming == "auto" || naming == "conditional") return false;
  throw Error(ErrorKind::usage, "--naming is conditional, hashed or auto", "leave it out for auto");
}

ExitCode run_create(const CreateOptions& options, Session& session) {
  seal::initialize();
  vault::NewVaultRequest request;
  request.hashed_names = wants_hashed_names(options.naming);
  if (!options.writer_sources.empty()) request.writer_sources = options.writer_sources;
  const auto store = open_store(session, options.url);
  vault::require_no_vault(*store);
  require_lockable(session, options.url, *store);
  if (request.hashed_names) {
    write_without_condition(*store);
  } else {
    require_creates_once(*store, kOtherNames);
  }
  const vault::NewVault fresh = vault::plan_vault(request, session.clock().now());
  for (const auto& capability : fresh.capabilities) session.mask(capability.to_text());
  // Keys first: a vault whose keys were lost on the way would be one nobody can ever open.
  const auto files = vault::write_key_files(fresh.capabilities, options.keys);
  vault::publish(fresh, *store);
  const CreatedVault created{.url = options.url,
                             .id = fresh.state.format.vault,
                             .capabilities = fresh.capabilities,
                             .key_files = files,
                             .protection = protection_of(*store),
                             .hashed_names = request.hashed_names};
  session.print(created_vault_text(created), created_vault_json(created));
  return ExitCode::done;
}

}  // namespace

Verb vault_create_verb() {
  return {
      {.name = "create",
       .summary = "Make an empty vault and the keys to it.",
       .synopsis = "[OPTION]... VAULT",
       .details =
           "Writes admin.key, identity.key, writer.key, viewer.key, operator.key and pruner.key "
           "and says what each is for. An existing vault or key is never overwritten.",
       .examples = {{"lifeboat vault create ./vault --keys ./keys", "a vault in a directory"},
                    {"lifeboat vault create 's3://acme-dr/shop?region=eu-central-1'",
                     "one in a bucket"},
                    {"lifeboat vault create /mnt/dr --keys . --writer-source shop-db",
                     "a writer for one source only"}},
       .exit_codes = {ExitCode::not_found, ExitCode::denied, ExitCode::unavailable,
                      ExitCode::refused},
       .environment = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
       .config_use = ConfigUse::on_demand},
      prepare<CreateOptions>(declare_create, run_create)};
}

}  // namespace lifeboat::cli
