#include "doctor/configuration_checks.h"

#include "base/error.h"
#include "config/config.h"
#include "config/credential.h"
#include "config/secret_reference.h"

namespace lifeboat::doctor {
namespace {

Finding check_file(const Surroundings& surroundings) {
  if (!surroundings.config_file) {
    return {Level::ok, "no configuration file, the environment alone is used", ""};
  }
  const config::Config config = config::load_config(*surroundings.config_file);
  const std::size_t count = config.sources.size();
  return {Level::ok,
          config.file + ": " + std::to_string(count) + (count == 1 ? " source" : " sources"), ""};
}

/// Commands (cmd:) are not run: a check must have no side effects.
bool can_be_resolved(const std::string& reference, const Surroundings& surroundings) {
  if (reference.empty() || config::form_of(reference) == config::ReferenceForm::command) {
    return true;
  }
  try {
    static_cast<void>(config::resolve_secret(reference, surroundings.environment));
  } catch (const Error&) {
    return false;
  }
  return true;
}

struct Reference {
  std::string text;
  std::string owner;
};

std::vector<Reference> references_of(const config::Config& config) {
  std::vector<Reference> references;
  for (const config::SourceSection& source : config.sources) {
    for (const std::string& text : {source.url, source.token}) {
      if (!text.empty()) references.push_back({text, source.name});
    }
  }
  for (const config::SinkSection& sink : config.notify.sinks) {
    for (const std::string& text : {sink.url, sink.key, sink.secret}) {
      if (!text.empty()) references.push_back({text, "notify." + sink.name});
    }
  }
  return references;
}

Finding check_references(const Surroundings& surroundings) {
  if (!surroundings.config_file) return {Level::ok, "none", ""};
  const config::Config config = config::load_config(*surroundings.config_file);
  const auto references = references_of(config);
  std::string missing;
  for (const Reference& reference : references) {
    if (can_be_resolved(reference.text, surroundings)) continue;
    missing +=
        (missing.empty() ? "" : ", ") + config::shown(reference.text) + " of " + reference.owner;
  }
  if (missing.empty()) {
    return {Level::ok, std::to_string(references.size()) + " can be resolved", ""};
  }
  return {Level::danger, "not set or not readable: " + missing,
          "set what the configuration refers to"};
}

Finding check_credentials(const Surroundings& surroundings) {
  std::string found;
  for (const config::Role role : config::kRoles) {
    const auto credential = config::find_credential(surroundings.environment, role);
    if (!credential) continue;
    found += (found.empty() ? "" : ", ") + std::string(config::name_of(role)) + " (" +
             credential->origin + ")";
  }
  if (!found.empty()) return {Level::ok, found, ""};
  return {Level::attention, "none in the environment",
          "set LIFEBOAT_WRITER to take snapshots, LIFEBOAT_IDENTITY to restore and verify"};
}

Finding check_separation(const Surroundings& surroundings) {
  const auto holds = [&](config::Role role) {
    const std::string variable = config::variable_of(role);
    return surroundings.environment.has(variable) ||
           surroundings.environment.has(variable + "_FILE");
  };
  if (holds(config::Role::admin)) {
    return {Level::danger, "the admin credential is in this environment",
            "keep it offline: it decides who is trusted"};
  }
  if (holds(config::Role::writer) && holds(config::Role::identity)) {
    return {Level::danger, "writer and identity are in one environment",
            "whoever takes this machine can read every snapshot: verify and drill from another"};
  }
  return {Level::ok, "no credential here breaks another's promise", ""};
}

}  // namespace

std::vector<Check> configuration_checks() {
  return {{"config-file", "configuration", check_file},
          {"config-references", "secrets referred to", check_references},
          {"credentials", "credentials", check_credentials},
          {"separation", "separation", check_separation}};
}

}  // namespace lifeboat::doctor
