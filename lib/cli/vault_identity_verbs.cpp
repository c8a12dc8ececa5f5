#include "cli/vault_identity_verbs.h"

#include <filesystem>

#include "base/error.h"
#include "cli/vault_sheet_verb.h"
#include "config/secret_reference.h"
#include "os/file.h"
#include "seal/sodium.h"
#include "vault/sealed_identity.h"

namespace lifeboat::cli {
namespace {

constexpr std::uint64_t kMostBytes = 64ULL << 10U;

struct WrapOptions {
  std::string file;
  std::string to;
  std::optional<std::string> passphrase;
};

void declare_wrap(OptionSet& set, WrapOptions& options) {
  set.argument("FILE", options.file, Presence::required, "an identity's .key file");
  set.value("passphrase", options.passphrase, "REF",
            "where the passphrase is: env:NAME, file:PATH or cmd:COMMAND");
  set.value("to", options.to, "NEWFILE", "where the identity under the passphrase goes");
}

vault::Capability capability_in(const std::string& file) {
  const Bytes bytes = os::read_file(file, kMostBytes);
  if (vault::is_sealed_identity(as_text(bytes))) {
    throw Error(ErrorKind::usage, file + " is under a passphrase already",
                "wrap the .key file that `lifeboat vault create` or `keys add` wrote");
  }
  return with_context(file, [&] { return vault::Capability::from_text(as_text(bytes)); });
}

ExitCode run_wrap(const WrapOptions& options, Session& session) {
  seal::initialize();
  const auto passphrase = passphrase_of(session, options.passphrase);
  if (!passphrase || options.to.empty()) {
    throw Error(ErrorKind::usage, "give both --passphrase REF and --to NEWFILE");
  }
  const vault::Capability identity = capability_in(options.file);
  session.mask(identity.to_text());
  const std::string line = vault::seal_identity(identity, *passphrase).reveal() + "\n";
  if (os::create_file(options.to, as_bytes(line), 0600) == os::CreateResult::exists) {
    throw Error(ErrorKind::refused, options.to + " is there already",
                "it may be the only key to something: give another --to");
  }
  const std::string key = identity.key_id().hex();
  session.print("wrapped identity, key " + key.substr(0, 8) + "\n  " + options.to +
                    "\n  it opens with the passphrase alone; " + options.file +
                    " still opens without\n",
                {{"key", key}, {"file", options.to}});
  return ExitCode::done;
}

}  // namespace

std::optional<Secret> passphrase_of(Session& session, const std::optional<std::string>& reference) {
  if (!reference) return std::nullopt;
  if (config::form_of(*reference) == config::ReferenceForm::literal) {
    session.mask(Secret(*reference));
    throw Error(ErrorKind::usage,
                "a passphrase on the command line can be read by every user of this machine (ps)",
                "say where it is: --passphrase env:NAME, file:PATH or cmd:COMMAND");
  }
  return session.secret(*reference);
}

std::vector<Verb> vault_identity_verbs() {
  return {
      {{.name = "keys wrap",
        .summary = "Put an identity under a passphrase, into a new file.",
        .synopsis = "[OPTION]... FILE",
        .details = "The new file is used like the old one, with LIFEBOAT_PASSPHRASE or "
                   "LIFEBOAT_PASSPHRASE_FILE set too. FILE stays as it is. Each use takes about a "
                   "second and 256 MiB of memory.",
        .examples = {{"lifeboat vault keys wrap identity.key --passphrase file:pass "
                      "--to sealed.key",
                      "a passphrase in a file"},
                     {"lifeboat vault keys wrap identity.key --passphrase 'cmd:pass show' "
                      "--to s.key",
                      "from a password manager"}},
        .exit_codes = {ExitCode::not_found, ExitCode::unavailable, ExitCode::refused},
        .environment = {}},
       prepare<WrapOptions>(declare_wrap, run_wrap)},
      vault_sheet_verb(),
  };
}

}  // namespace lifeboat::cli
