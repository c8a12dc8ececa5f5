#include "cli/object_lock.h"

#include "base/error.h"
#include "cli/vault_access.h"
#include "config/s3_access.h"
#include "store/s3_store.h"
#include "vault/lock_length.h"

namespace lifeboat::cli {
namespace {

std::optional<config::S3Location> locked_location(Session& session, const std::string& url) {
  if (!config::is_s3_url(url)) return std::nullopt;
  auto location = config::parse_s3_url(url, session.environment());
  if (location.lock == config::LockMode::none) return std::nullopt;
  return location;
}

std::optional<std::string> objection_of(Session& session, const config::S3Location& location,
                                        const vault::Trust& trust) {
  return vault::lock_objection(location.lock_for, trust, session.settings().keep.value.within);
}

}  // namespace

void require_fitting_lock(Session& session, const std::string& url, const vault::Vault& vault) {
  const auto location = locked_location(session, url);
  if (!location) return;
  const auto objection = objection_of(session, *location, vault.trust());
  if (!objection) return;
  throw Error(ErrorKind::refused, *objection,
              "set lock-days in the vault's URL, or within in [keep], so that they fit "
              "(docs/object-stores.md)");
}

void require_lockable(Session& session, const std::string& url, store::ObjectStore& store) {
  auto* const bucket = dynamic_cast<store::S3Store*>(&store);
  if (bucket == nullptr || !locked_location(session, url)) return;
  if (bucket->has_object_lock().value_or(true)) return;
  throw Error(ErrorKind::refused, store.describe() + ": the bucket locks no objects",
              "make a bucket with Object Lock, or leave lock and lock-days out of the vault's URL");
}

doctor::LockState lock_state(Session& session, store::ObjectStore& store) {
  doctor::LockState state;
  if (auto* const bucket = dynamic_cast<store::S3Store*>(&store)) {
    state.bucket = bucket->has_object_lock();
  } else {
    state.bucket = false;
  }
  const auto location = locked_location(session, session.settings().vault.value);
  if (!location) return state;
  const bool hard = location->lock == config::LockMode::compliance;
  state.wanted = std::string(hard ? "compliance" : "governance") + " for " +
                 std::to_string(location->lock_for / std::chrono::hours(24)) + " days";
  try {
    const auto open = open_vault(session, reading_roles());
    state.objection = objection_of(session, *location, open.vault->trust()).value_or("");
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;  // another check tells of that
  }
  return state;
}

}  // namespace lifeboat::cli
