#include "cli/vault_sheet_verb.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "cli/vault_access.h"
#include "config/secret_reference.h"
#include "os/file.h"
#include "seal/sodium.h"
#include "vault/recovery_sheet.h"
#include "vault/sealed_identity.h"

namespace lifeboat::cli {
namespace {

constexpr std::size_t kMostBytes = 64U << 10U;

struct SheetOptions {
  std::optional<std::string> read;
};

void declare_sheet(OptionSet& set, SheetOptions& options) {
  set.value("read", options.read, "FILE",
            "turns typed lines back into the credential (-: from stdin)");
  declare_vault_options(set);
}

std::string from_stdin() {
  std::string text;
  std::array<char, 4096> part;
  while (text.size() <= kMostBytes) {
    const ssize_t got = ::read(STDIN_FILENO, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw os::errno_error(errno, "read stdin");
    if (got == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  throw Error(ErrorKind::usage, "stdin is longer than any sheet");
}

ExitCode read_back(const std::string& file, Session& session) {
  std::string typed =
      file == "-" ? from_stdin() : std::string(as_text(os::read_file(file, kMostBytes)));
  const Secret credential = vault::read_sheet(typed);
  seal::wipe({reinterpret_cast<std::uint8_t*>(typed.data()), typed.size()});
  session.print(credential.reveal(), {{"credential", credential.reveal()}});
  return ExitCode::done;
}

std::string place_of(const std::string& url) {
  if (url.find("://") != std::string::npos) return config::mask_passwords(url);
  return std::filesystem::absolute(url).lexically_normal().string();
}

std::string how_to_restore(const std::string& place, bool sealed) {
  std::string text =
      "To restore: type the line that begins with lifeboat- and the numbered lines\n"
      "into a file sheet.txt, then\n\n"
      "  (umask 077; lifeboat vault keys sheet --read sheet.txt > identity.key)\n"
      "  export LIFEBOAT_VAULT='" +
      place + "' LIFEBOAT_IDENTITY_FILE=identity.key\n";
  if (sealed) text += "  export LIFEBOAT_PASSPHRASE_FILE=passphrase.txt\n";
  return text + "  lifeboat vault ls\n  lifeboat restore latest --postgres env:NEW_DATABASE_URL\n";
}

ExitCode run_sheet(const SheetOptions& options, Session& session) {
  seal::initialize();
  if (options.read) return read_back(*options.read, session);
  const auto open = open_vault(session, {config::Role::identity});
  const Secret credential = session.require_credential(config::Role::identity);
  const vault::Capability& self = open.vault->self();
  const bool sealed = vault::is_sealed_identity(credential.reveal());
  const std::string place = place_of(session.vault_url());
  const std::string vault_id = to_hex(self.vault.bytes);
  const std::string root = to_hex(self.root_fingerprint);
  const Secret lines = vault::sheet_lines(credential.reveal());
  session.print("Recovery sheet: whoever holds it can read the vault" +
                    std::string(sealed ? ", given the passphrase" : "") + "\n\nvault     " + place +
                    "\nvault id  " + vault_id + "\nroot      " + root.substr(0, 32) +
                    "\n          " + root.substr(32) + "\nkey       " + self.key_id().hex() +
                    "\nprinted   " + to_minute(session.clock().now()) + "\n\n" + lines.reveal() +
                    "\nOnly a to z and 2 to 7 occur. The last word of a line checks it.\n\n" +
                    how_to_restore(place, sealed),
                {{"vault", place},
                 {"vault_id", vault_id},
                 {"root", root},
                 {"key", self.key_id().hex()},
                 {"under_passphrase", sealed},
                 {"sheet", lines.reveal()}});
  return ExitCode::done;
}

}  // namespace

Verb vault_sheet_verb() {
  return {{.name = "keys sheet",
           .summary = "Print the identity for paper, or read it back.",
           .synopsis = "[OPTION]...",
           .details = "The sheet holds the credential itself, under its passphrase if it has one. "
                      "With --read the credential goes to stdout, and a line that was mistyped is "
                      "named.",
           .examples = {{"lifeboat vault keys sheet | lpr", "onto paper"},
                        {"lifeboat vault keys sheet --read sheet.txt > identity.key", "and back"}},
           .exit_codes = {ExitCode::not_found, ExitCode::denied, ExitCode::unavailable,
                          ExitCode::stale, ExitCode::refused},
           .environment = {"LIFEBOAT_VAULT", "LIFEBOAT_IDENTITY"}},
          prepare<SheetOptions>(declare_sheet, run_sheet)};
}

}  // namespace lifeboat::cli
