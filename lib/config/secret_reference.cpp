#include "config/secret_reference.h"

#include <optional>
#include <utility>

#include "base/error.h"
#include "os/file.h"
#include "os/subprocess.h"

namespace lifeboat::config {
namespace {

constexpr std::uint64_t kMostBytes = 64ULL << 10U;

/// What follows "env:", "file:" or "cmd:". A URL such as file:///x has no business here, so "//"
/// does not make it a literal.
std::string_view after_prefix(std::string_view reference) {
  return reference.substr(reference.find(':') + 1);
}

std::string without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return std::string(text);
}

Secret from_environment(std::string_view name, const Environment& environment) {
  auto value = environment.find(name);
  if (value) return Secret(std::move(*value));
  throw Error(ErrorKind::usage,
              "the environment variable " + std::string(name) + " is not set, or empty",
              "export " + std::string(name) +
                  ", or name another source of the secret: " + "env:NAME, file:PATH, cmd:COMMAND");
}

Secret from_file(const std::string& path) {
  try {
    const Bytes bytes = os::read_file(path, kMostBytes);
    Secret secret(without_line_end(as_text(bytes)));
    if (!secret.empty()) return secret;
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, "read the secret's file: " + error.message(),
                "check the path, and that this user may read it");
  }
  throw Error(ErrorKind::usage, "the secret's file " + path + " is empty");
}

Secret from_command(const std::string& command, const Environment& environment,
                    std::stop_token stop) {
  os::Command shell;
  shell.program = "/bin/sh";
  shell.arguments = {"-c", command};
  shell.environment = environment.variables();
  const os::Outcome outcome = os::run(shell, {}, std::move(stop), kMostBytes);
  if (!outcome.status.ok()) {
    throw Error(ErrorKind::usage,
                "the command of a cmd: reference failed: " + outcome.status.describe(),
                "run it by hand to see what it says");
  }
  Secret secret(without_line_end(as_text(outcome.out)));
  if (!secret.empty()) return secret;
  throw Error(ErrorKind::usage, "the command of a cmd: reference printed nothing");
}

}  // namespace

ReferenceForm form_of(std::string_view reference) noexcept {
  if (reference.starts_with("env:")) return ReferenceForm::environment;
  if (reference.starts_with("file:")) return ReferenceForm::file;
  if (reference.starts_with("cmd:")) return ReferenceForm::command;
  return ReferenceForm::literal;
}

Secret resolve_secret(std::string_view reference, const Environment& environment,
                      std::stop_token stop) {
  switch (form_of(reference)) {
    case ReferenceForm::environment:
      return from_environment(after_prefix(reference), environment);
    case ReferenceForm::file:
      return from_file(std::string(after_prefix(reference)));
    case ReferenceForm::command:
      return from_command(std::string(after_prefix(reference)), environment, std::move(stop));
    case ReferenceForm::literal:
      break;
  }
  return Secret(std::string(reference));
}

bool holds_password(std::string_view reference) {
  return form_of(reference) == ReferenceForm::literal && mask_passwords(reference) != reference;
}

std::string shown(std::string_view reference) { return mask_passwords(reference); }

}  // namespace lifeboat::config
