#include "cli/store_policy.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/option_groups.h"

namespace lifeboat::cli {
namespace {

using vault::Role;

/// Below the vault's prefix; docs/format/vault.md §2.
std::vector<std::string_view> created_by(Role role) {
  switch (role) {
    case Role::writer:
      return {"g*/session/*", "g*/pack/*",        "g*/meta/*", "g*/index/*",
              "snapshot/*",   "claim/snapshot/*", "probe/*"};
    case Role::identity:
      return {"g*/session/*", "record/*", "claim/drill/*", "claim/hand/*", "probe/*"};
    case Role::operator_:
      return {"record/*", "run/*", "claim/drill/*", "claim/hand/*", "probe/*"};
    case Role::pruner:
      return {"g*/mark/*", "record/*", "probe/*"};
    case Role::admin:
      return {"format", "trust/*", "probe/*"};
    case Role::viewer:
      break;
  }
  return {};
}

Json below(const std::string& vault, const std::vector<std::string_view>& names) {
  Json list = Json::array();
  for (const std::string_view name : names) list.push_back(vault + std::string(name));
  return list;
}

struct PolicyOptions {
  std::string role;
};

void declare_policy(OptionSet& set, PolicyOptions& options) {
  set.argument("ROLE", options.role, Presence::required,
               "writer, identity, viewer, operator, pruner or admin");
  set.value("vault", set.flags().vault, "URL", "the vault: s3://BUCKET/PREFIX?region=REGION");
}

Role role_of(const std::string& name) {
  constexpr std::array kRoles = {Role::writer,    Role::identity, Role::viewer,
                                 Role::operator_, Role::pruner,   Role::admin};
  for (const Role role : kRoles) {
    if (vault::name_of(role) == name) return role;
  }
  throw Error(ErrorKind::usage, "\"" + name + "\" is no role",
              "writer, identity, viewer, operator, pruner or admin");
}

ExitCode run_policy(const PolicyOptions& options, Session& session) {
  const Role role = role_of(options.role);
  const std::string url = session.vault_url();
  if (!config::is_s3_url(url)) {
    throw Error(ErrorKind::usage, "the vault is a directory, which knows no policies",
                "give its folders to another user than the one who takes snapshots");
  }
  const Json policy = store_policy(config::parse_s3_url(url, session.environment()), role);
  session.print(policy.dump(2), {{"role", options.role}, {"policy", policy}});
  return ExitCode::done;
}

}  // namespace

Json store_policy(const config::S3Location& location, vault::Role role) {
  const std::string bucket = "arn:aws:s3:::" + location.bucket;
  const std::string vault = bucket + "/" + location.prefix;
  // Without a condition on the prefix: else the store answers 403 for what is not there.
  Json statements = Json::array();
  statements.push_back({{"Effect", "Allow"}, {"Action", "s3:ListBucket"}, {"Resource", bucket}});
  statements.push_back(
      {{"Effect", "Allow"}, {"Action", "s3:GetObject"}, {"Resource", vault + "*"}});
  if (const auto names = created_by(role); !names.empty()) {
    statements.push_back({{"Effect", "Allow"},
                          {"Action", "s3:PutObject"},
                          {"Resource", below(vault, names)},
                          {"Condition", {{"Null", {{"s3:if-none-match", "false"}}}}}});
    if (location.lock != config::LockMode::none) {
      statements.push_back({{"Effect", "Allow"},
                            {"Action", "s3:PutObjectRetention"},
                            {"Resource", below(vault, names)}});
    }
  }
  if (role == Role::pruner) {
    statements.push_back(
        {{"Effect", "Allow"}, {"Action", "s3:DeleteObject"}, {"Resource", vault + "*"}});
    statements.push_back({{"Effect", "Deny"},
                          {"Action", "s3:DeleteObject"},
                          {"Resource", below(vault, {"format", "trust/*"})}});
  }
  return {{"Version", "2012-10-17"}, {"Statement", statements}};
}

Verb vault_policy_verb() {
  return {
      {.name = "policy",
       .summary = "Print what a role's store credential may do, as a policy.",
       .synopsis = "[OPTION]... ROLE",
       .details = "For AWS IAM and stores that read its policies. The writer's neither deletes "
                  "nor replaces. Nothing is asked of the store, and nothing is set there.",
       .examples = {{"lifeboat vault policy writer > writer-policy.json", "for the dyno"},
                    {"lifeboat vault policy pruner --vault 's3://acme-dr/shop?region=eu-central-1'",
                     "of a vault that is named here"}},
       .exit_codes = {},
       .environment = {"LIFEBOAT_VAULT"}},
      prepare<PolicyOptions>(declare_policy, run_policy)};
}

}  // namespace lifeboat::cli
