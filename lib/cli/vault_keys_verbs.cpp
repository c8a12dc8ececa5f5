#include "cli/vault_keys_verbs.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/snapshot_argument.h"
#include "cli/text_table.h"
#include "cli/vault_access.h"
#include "cli/vault_identity_verbs.h"
#include "os/file.h"
#include "vault/history.h"
#include "vault/new_vault.h"
#include "vault/sealed_identity.h"
#include "vault/trust_change.h"

namespace lifeboat::cli {
namespace {

const std::vector<std::string_view> kAdminVariables = {"LIFEBOAT_VAULT", "LIFEBOAT_ADMIN"};
const std::vector<std::string_view> kBothVariables = {"LIFEBOAT_VAULT", "LIFEBOAT_ADMIN",
                                                      "LIFEBOAT_IDENTITY"};
constexpr std::size_t kShownDigits = 8;

std::string short_key(const vault::KeyId& id) { return id.hex().substr(0, kShownDigits); }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

struct LsOptions {};

void declare_ls(OptionSet& set, LsOptions& /*options*/) { declare_vault_options(set); }

Json key_json(const vault::TrustedKey& key) {
  return {{"role", vault::name_of(key.role)},
          {"name", key.name},
          {"key", key.id.hex()},
          {"sources", key.sources},
          {"since", to_json(key.created)},
          {"void_after", key.void_after ? Json(key.void_after->seq) : Json()}};
}

ExitCode run_ls(const LsOptions& /*options*/, Session& session) {
  std::vector<config::Role> roles = reading_roles();
  roles.push_back(config::Role::admin);
  const auto open = open_vault(session, roles);
  const vault::Trust& trust = open.vault->trust();
  TextTable table({Align::left, Align::left, Align::left, Align::left, Align::left, Align::left});
  table.add({"role", "name", "key", "since", "sources", "void after"});
  Json keys = Json::array();
  for (const vault::TrustedKey& key : trust.keys) {
    table.add({std::string(vault::name_of(key.role)), key.name, short_key(key.id),
               to_minute(key.created), joined(key.sources),
               key.void_after ? "record " + std::to_string(key.void_after->seq) : ""});
    keys.push_back(key_json(key));
  }
  session.print(table.text(),
                {{"trust", trust.number}, {"generation", trust.generation}, {"keys", keys}});
  return ExitCode::done;
}

struct AddOptions {
  std::string role;
  std::string name;
  std::vector<std::string> sources;
  std::string keys = "./keys";
  std::optional<std::string> passphrase;
};

void declare_add(OptionSet& set, AddOptions& options) {
  set.argument("ROLE", options.role, Presence::required,
               "identity, writer, viewer, operator or pruner");
  set.value("name", options.name, "NAME", "of the key and its file (default: ROLE-2, ROLE-3, ...)");
  set.list("source", options.sources, "NAME", "a source a writer may add to (default: any)");
  set.value("keys", options.keys, "DIR", "where the .key file goes (default: ./keys)");
  set.value("passphrase", options.passphrase, "REF",
            "puts an identity under the one that env:NAME, file:PATH or cmd:COMMAND gives");
  declare_vault_options(set);
}

vault::Role role_named(const std::string& text) {
  for (const auto role : {vault::Role::identity, vault::Role::writer, vault::Role::viewer,
                          vault::Role::operator_, vault::Role::pruner, vault::Role::admin}) {
    if (vault::name_of(role) == text) return role;
  }
  throw Error(ErrorKind::usage, "no role is called " + text,
              "give identity, writer, viewer, operator or pruner");
}

/// It names a file too, and stands in tables.
void require_plain(const std::string& name) {
  const bool plain = name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789-_") == std::string::npos;
  if (plain && name.front() != '-' && name.size() <= 64) return;
  throw Error(ErrorKind::usage, "a key's name has letters, digits, - and _ only, at most 64");
}

std::string free_name(const vault::Trust& trust, const std::string& role) {
  const auto in_use = [&](const std::string& name) {
    return std::ranges::find(trust.keys, name, &vault::TrustedKey::name) != trust.keys.end();
  };
  for (int n = 2;; ++n) {
    std::string name = role + "-" + std::to_string(n);
    if (!in_use(name)) return name;
  }
}

vault::Capability admin_of(Session& session) {
  return vault::Capability::from_text(session.require_credential(config::Role::admin).reveal());
}

/// The text of the .key file, under the passphrase if there is one.
Secret file_text(const vault::Capability& key, const std::optional<Secret>& passphrase) {
  return passphrase ? vault::seal_identity(key, *passphrase) : key.to_text();
}

/// Writes the file, stores the trust record, and takes the file back if somebody else was first.
void publish_with_file(const vault::SignedTrust& signed_trust, const Secret& text,
                       const std::filesystem::path& file, store::ObjectStore& store) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  const std::string line = text.reveal() + "\n";
  if (os::create_file(file, as_bytes(line), 0600) == os::CreateResult::exists) {
    throw Error(ErrorKind::refused, file.string() + " is there already",
                "it may be the only key to something: give another --name or --keys");
  }
  try {
    vault::publish_trust(signed_trust, store);
  } catch (const Error& error) {
    // Only then is it certain that no trust record names this key.
    if (error.kind() == ErrorKind::busy) std::filesystem::remove(file, ignored);
    throw;
  }
}

ExitCode run_add(const AddOptions& options, Session& session) {
  const vault::Role role = role_named(options.role);
  if (options.passphrase && role != vault::Role::identity) {
    throw Error(ErrorKind::usage, "only an identity can be put under a passphrase",
                "leave out --passphrase, or add an identity");
  }
  const auto passphrase = passphrase_of(session, options.passphrase);
  const auto open = open_vault(session, {config::Role::identity});
  const vault::Vault& vault = *open.vault;
  const vault::Capability admin = admin_of(session);
  const std::string name =
      options.name.empty() ? free_name(vault.trust(), options.role) : options.name;
  require_plain(name);
  vault::Capability fresh = vault::new_capability(vault.state(), role);
  const auto signed_trust = vault::sign_trust(
      vault.state(),
      vault::plan_add(vault.state(), vault.keyring().generation_keys(),
                      {role, name, options.sources}, fresh, session.clock().now()),
      admin);
  fresh.trust_number = signed_trust.trust.number;
  fresh.trust_hash = signed_trust.trust.hash;
  session.mask(fresh.to_text());
  const auto file = std::filesystem::path(options.keys) / (name + ".key");
  publish_with_file(signed_trust, file_text(fresh, passphrase), file, *open.store);
  if (role == vault::Role::identity) {
    session.warn(
        "the new identity opens snapshots from now on; those taken before it opens once an older "
        "identity has run: lifeboat vault keys rewrap");
  }
  session.print("added " + options.role + " " + name + ", key " + short_key(fresh.key_id()) +
                    "\n  " + file.string() + "\n",
                {{"key", key_json(signed_trust.trust.keys.back())},
                 {"file", file.string()},
                 {"trust", signed_trust.trust.number}});
  return ExitCode::done;
}

struct RevokeOptions {
  std::string key;
  std::optional<std::string> after;
};

void declare_revoke(OptionSet& set, RevokeOptions& options) {
  set.argument("KEY", options.key, Presence::required, "a name, or the beginning of a key id");
  set.value("after", options.after, "SNAPSHOT",
            "the last one that counts (default: the newest there is)");
  declare_vault_options(set);
}

vault::TrustedKey::Cut cut_of(const vault::Vault& vault, const vault::TrustedKey& key,
                              const std::optional<vault::SnapshotWord>& after) {
  if (after) {
    const auto snapshot = vault::resolve_snapshot(vault, *after);
    if (snapshot.link.author == key.id) return {snapshot.link.seq, snapshot.id()};
    throw Error(ErrorKind::usage, "snapshot " + after->text + " was not taken by " + key.name,
                "name one that it took, as `lifeboat vault ls` shows them");
  }
  if (key.role == vault::Role::writer) {
    const auto head = vault.head_snapshot(key);
    return head ? vault::TrustedKey::Cut{head->link.seq, head->id()} : vault::TrustedKey::Cut{};
  }
  const auto head = vault.head_record(key);
  return head ? vault::TrustedKey::Cut{head->link.seq, head->link.id} : vault::TrustedKey::Cut{};
}

ExitCode run_revoke(const RevokeOptions& options, Session& session) {
  std::optional<vault::SnapshotWord> after;
  if (options.after) after = snapshot_word(session, *options.after);
  const auto open = open_vault(session, {config::Role::admin});
  const vault::Vault& vault = *open.vault;
  const vault::TrustedKey key = vault::find_key(vault.trust(), options.key);
  const auto cut = cut_of(vault, key, after);
  const vault::History history = vault::read_history(vault);
  const auto signed_trust = vault::sign_trust(
      vault.state(), vault::plan_revoke(vault.trust(), key.id, cut, session.clock().now()),
      vault.self());
  vault::publish_trust(signed_trust, *open.store);

  std::string text = "revoked " + std::string(vault::name_of(key.role)) + " " + key.name +
                     ", key " + short_key(key.id) + ", after its record " +
                     std::to_string(cut.seq) + "\n";
  Json void_snapshots = Json::array();
  for (const auto& snapshot : history.snapshots) {
    if (snapshot.link.author != key.id || snapshot.link.seq <= cut.seq) continue;
    text += "  void: snapshot " + vault::short_id(snapshot.id()) + " of " +
            to_minute(snapshot.link.finished) + "\n";
    void_snapshots.push_back(snapshot.id().hex());
  }
  if (void_snapshots.empty()) text += "  nothing that is stored becomes void\n";
  session.print(text, {{"key", key_json(vault::find_key(signed_trust.trust, key.id.hex()))},
                       {"void_snapshots", void_snapshots},
                       {"trust", signed_trust.trust.number}});
  return ExitCode::done;
}

struct RotateOptions {};

void declare_rotate(OptionSet& set, RotateOptions& /*options*/) { declare_vault_options(set); }

ExitCode run_rotate(const RotateOptions& /*options*/, Session& session) {
  const auto open = open_vault(session, {config::Role::admin});
  const vault::Vault& vault = *open.vault;
  const auto signed_trust = vault::sign_trust(
      vault.state(), vault::plan_rotate(vault.state(), seal::random_key(), session.clock().now()),
      vault.self());
  vault::publish_trust(signed_trust, *open.store);
  const std::string generation = std::to_string(signed_trust.trust.generation);
  session.print(
      "generation " + generation + " begins with the next snapshot; every key that is " +
          "not revoked goes on as it is\n",
      {{"generation", signed_trust.trust.generation}, {"trust", signed_trust.trust.number}});
  return ExitCode::done;
}

}  // namespace

std::vector<Verb> vault_keys_verbs() {
  return {
      {{.name = "keys ls",
        .summary = "List the keys: who may do what.",
        .synopsis = "[OPTION]...",
        .examples = {{"lifeboat vault keys ls", "with any credential"},
                     {"lifeboat vault keys ls --json | jq '.keys[].name'", "their names"}},
        .exit_codes = {ExitCode::not_found, ExitCode::denied, ExitCode::stale},
        .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY", "LIFEBOAT_VIEWER", "LIFEBOAT_WRITER",
                        "LIFEBOAT_OPERATOR", "LIFEBOAT_PRUNER", "LIFEBOAT_ADMIN"}},
       prepare<LsOptions>(declare_ls, run_ls)},
      {{.name = "keys add",
        .summary = "Make another key, and its .key file.",
        .synopsis = "[OPTION]... ROLE",
        .details = "All other keys go on as they are. A file is never overwritten.",
        .examples = {{"lifeboat vault keys add writer --name web-2", "for a second machine"},
                     {"lifeboat vault keys add writer --source shop-db", "for one source only"}},
        .exit_codes = {ExitCode::busy, ExitCode::denied, ExitCode::stale, ExitCode::refused},
        .environment = kBothVariables},
       prepare<AddOptions>(declare_add, run_add)},
      {{.name = "keys revoke",
        .summary = "Revoke a key: what it signs later is void.",
        .synopsis = "[OPTION]... KEY",
        .details = "Says which snapshots become void. Never the admin, nor the last identity. "
                   "Revoking cannot take back what somebody has read.",
        .examples = {{"lifeboat vault keys revoke writer", "from now on"},
                     {"lifeboat vault keys revoke web-2 --after 7f3a91c2",
                      "after the last good one"}},
        .exit_codes = {ExitCode::not_found, ExitCode::busy, ExitCode::denied, ExitCode::stale,
                       ExitCode::refused},
        .environment = kAdminVariables},
       prepare<RevokeOptions>(declare_revoke, run_revoke)},
      {{.name = "rotate",
        .summary = "Start a new generation of keys; deploy nothing again.",
        .synopsis = "[OPTION]...",
        .details = "What a revoked key had been given opens nothing of the new generation.",
        .examples = {{"lifeboat vault rotate", "after revoking a key"},
                     {"lifeboat vault rotate --json", "and print the generation"}},
        .exit_codes = {ExitCode::busy, ExitCode::denied, ExitCode::stale},
        .environment = kAdminVariables},
       prepare<RotateOptions>(declare_rotate, run_rotate)},
  };
}

}  // namespace lifeboat::cli
