#include "doctor/vault_checks.h"

#include "base/error.h"
#include "base/units.h"
#include "seal/sodium.h"
#include "vault/object_names.h"
#include "vault/trust.h"

namespace lifeboat::doctor {
namespace {

using store::ObjectKey;
using store::PutResult;

constexpr std::chrono::minutes kMostApart{10};

/// A fresh object that nobody else names, gone again when this goes.
class Probe {
 public:
  explicit Probe(store::ObjectStore& store)
      : store_(store), key_("probe/" + to_hex(seal::random_array<16>())) {}
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() {
    try {
      store_.remove(key_);
    } catch (const Error&) {
      // A store that refuses deletion keeps the probe; readers of a vault pass over it.
    }
  }
  [[nodiscard]] const ObjectKey& key() const noexcept { return key_; }

 private:
  store::ObjectStore& store_;
  ObjectKey key_;
};

constexpr std::uint64_t kMostFormatBytes = 4096;

/// Nothing may be written into a place that holds no vault.
std::optional<vault::Format> format_in(store::ObjectStore& store) {
  const auto stored = store.get(vault::names::format(), kMostFormatBytes);
  if (!stored) return std::nullopt;
  return vault::Format::decode(*stored);
}

Finding check_opens(const VaultReach& reach) {
  if (reach.url.empty()) {
    return {Level::attention, "no vault is named", "set LIFEBOAT_VAULT, or [vault] url"};
  }
  return {Level::ok, reach.describe_vault(), ""};
}

Finding check_creates_once(const VaultReach& reach) {
  if (reach.url.empty()) return {Level::ok, "not looked at: no vault is named", ""};
  const auto store = reach.open_store();
  const auto format = format_in(*store);
  if (!format) return {Level::ok, "not looked at: there is no vault", ""};
  const Probe probe(*store);
  try {
    static_cast<void>(store->put(probe.key(), as_bytes("first")));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    return {Level::attention, "this machine may not write to it",
            "it can restore from here, but take no snapshot and record no proof"};
  }
  if (format->hashed_names) {
    return {Level::ok,
            "not needed: names are hashed, two runs at once fork a chain and lose nothing", ""};
  }
  const bool kept = store->put(probe.key(), as_bytes("second")) == PutResult::exists &&
                    store->get(probe.key(), kKiB) == Bytes{'f', 'i', 'r', 's', 't'};
  if (kept) return {Level::ok, "a name that is taken is left alone", ""};
  return {Level::danger, "the store overwrites objects",
          "snapshots could replace each other: use another store"};
}

Finding check_clock(const VaultReach& reach, const Clock& clock) {
  if (reach.url.empty()) return {Level::ok, "not looked at: no vault is named", ""};
  const auto store = reach.open_store();
  if (!format_in(*store)) return {Level::ok, "not looked at: there is no vault", ""};
  const Probe probe(*store);
  try {
    static_cast<void>(store->put(probe.key(), as_bytes("what time is it")));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    return {Level::ok, "not looked at: this machine may not write to it", ""};
  }
  const auto info = store->find(probe.key());
  if (!info) return {Level::danger, "the store lost an object at once", "use another store"};
  const auto apart = std::chrono::abs(info->stored_at - clock.now());
  const std::string what =
      human_duration(std::chrono::duration_cast<std::chrono::milliseconds>(apart)) +
      " apart from this machine's";
  if (apart <= kMostApart) return {Level::ok, what, ""};
  return {Level::danger, what, "set the clock: times of snapshots and proofs would be wrong"};
}

Finding check_protection(const VaultReach& reach) {
  if (reach.url.empty()) return {Level::ok, "not looked at: no vault is named", ""};
  const auto store = reach.open_store();
  if (!format_in(*store)) return {Level::ok, "not looked at: there is no vault", ""};
  if (reach.refuses_changes(*store)) return {Level::ok, "PROTECTED", ""};
  return {Level::attention, "UNPROTECTED: whoever may add to it may also delete from it",
          "keep the vault where the machine that takes snapshots can only add"};
}

Finding check_lock(const VaultReach& reach) {
  if (reach.url.empty()) return {Level::ok, "not looked at: no vault is named", ""};
  const auto store = reach.open_store();
  if (!format_in(*store)) return {Level::ok, "not looked at: there is no vault", ""};
  const LockState lock = reach.object_lock(*store);
  if (!lock.objection.empty()) {
    return {Level::danger, lock.objection, "set lock-days in the vault's URL, or [keep], anew"};
  }
  const std::string bucket = !lock.bucket   ? "it cannot be told whether the bucket locks objects"
                             : *lock.bucket ? "the bucket can lock objects"
                                            : "the bucket locks no objects";
  if (lock.wanted.empty()) return {Level::ok, "off: " + bucket, ""};
  if (lock.bucket.value_or(true)) return {Level::ok, lock.wanted + ", " + bucket, ""};
  return {Level::danger, lock.wanted + ", but " + bucket,
          "make a bucket with Object Lock, or take lock and lock-days out of the vault's URL"};
}

/// "yes", or how it was refused; what else goes wrong is told by the check as a whole.
template <typename Work>
bool allowed(Work&& work) {
  try {
    work();
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::denied) throw;
    return false;
  }
}

Finding check_rights(const VaultReach& reach) {
  if (reach.url.empty()) return {Level::ok, "not looked at: no vault is named", ""};
  const auto store = reach.open_store();
  if (!format_in(*store)) return {Level::ok, "not looked at: there is no vault", ""};
  const ObjectKey key("probe/" + to_hex(seal::random_array<16>()));
  const bool lists = allowed([&] { store->list("probe/", "", [](const auto&) { return false; }); });
  const bool puts = allowed([&] { static_cast<void>(store->put(key, as_bytes("may I"))); });
  const bool gets = allowed([&] { static_cast<void>(store->get(key, kKiB)); });
  const bool deletes = allowed([&] { store->remove(key); });
  std::string may;
  std::string may_not;
  for (const auto& [right, name] : {std::pair(lists, "list"), std::pair(gets, "get"),
                                    std::pair(puts, "put"), std::pair(deletes, "delete")}) {
    std::string& text = right ? may : may_not;
    text += (text.empty() ? "" : ", ") + std::string(name);
  }
  std::string what = "may " + (may.empty() ? std::string("nothing") : may);
  if (!may_not.empty()) what += "; may not " + may_not;
  if (lists && gets) return {Level::ok, what, ""};
  return {Level::danger, what,
          "every role lists and gets: lifeboat vault policy ROLE prints what it needs"};
}

}  // namespace

std::vector<Check> vault_checks(const VaultReach& reach) {
  return {
      {"vault", "the vault", [reach](const Surroundings&) { return check_opens(reach); }},
      {"vault-create-once", "creating objects once",
       [reach](const Surroundings&) { return check_creates_once(reach); }},
      {"vault-clock", "the vault's clock",
       [reach](const Surroundings& around) { return check_clock(reach, around.clock); }},
      {"vault-protection", "protection from deletion",
       [reach](const Surroundings&) { return check_protection(reach); }},
      {"vault-lock", "object lock", [reach](const Surroundings&) { return check_lock(reach); }},
      {"vault-rights", "rights in the store",
       [reach](const Surroundings&) { return check_rights(reach); }},
  };
}

}  // namespace lifeboat::doctor
