#include "vault/trust_change.h"

#include <algorithm>

#include "base/error.h"
#include "vault/keyring.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kLeastPrefix = 4;

Trust successor_of(const Trust& trust, Instant at) {
  Trust next = trust;
  next.number = trust.number + 1;
  next.previous = trust.hash;
  next.created = at;
  next.hash = {};
  return next;
}

void seal_to(Trust& trust, const VaultId& vault, Generation generation, const seal::SecretKey& key,
             const TrustedKey& recipient) {
  for (SealedKey& sealed : Keyring::seal_for(vault, generation, key, recipient)) {
    trust.sealed.push_back(std::move(sealed));
  }
}

void require_addable(const Trust& trust, const NewKey& key) {
  if (key.role == Role::admin) {
    throw Error(ErrorKind::usage, "a vault has one admin, made with it",
                "add an identity, a writer, a viewer, an operator or a pruner");
  }
  if (key.role != Role::writer && !key.sources.empty()) {
    throw Error(ErrorKind::usage, "only a writer has sources",
                "leave --source away, or add a writer");
  }
  if (std::ranges::find(trust.keys, key.name, &TrustedKey::name) != trust.keys.end()) {
    throw Error(ErrorKind::refused, "there is a key named " + key.name + " already",
                "give another --name");
  }
}

void require_revocable(const Trust& trust, const TrustedKey& key, const TrustedKey::Cut& cut) {
  if (key.role == Role::admin) {
    throw Error(ErrorKind::refused, "the admin's key is the root of this vault's trust",
                "if it was stolen, make a new vault and take snapshots there");
  }
  if (key.void_after) {
    if (cut.seq < key.void_after->seq) return;
    throw Error(
        ErrorKind::refused,
        key.name + " is revoked already, after record " + std::to_string(key.void_after->seq),
        "a cut-off can only be moved back: name an earlier snapshot with --after");
  }
  const auto holds = std::ranges::count_if(trust.keys, [](const TrustedKey& other) {
    return other.role == Role::identity && !other.void_after;
  });
  if (key.role == Role::identity && holds == 1) {
    throw Error(ErrorKind::refused, key.name + " is the last identity: nobody could restore",
                "add another first: lifeboat vault keys add identity");
  }
}

}  // namespace

Capability new_capability(const TrustState& state, Role role) {
  Capability capability;
  capability.role = role;
  capability.vault = state.format.vault;
  capability.root_fingerprint = seal::hash({state.format.root_key});
  capability.seed = seal::random_key();
  return capability;
}

Trust plan_add(const TrustState& state, const GenerationKeys& keys, const NewKey& key,
               const Capability& capability, Instant at) {
  require_addable(state.trust, key);
  Trust next = successor_of(state.trust, at);
  TrustedKey added{.id = capability.key_id(),
                   .role = key.role,
                   .name = key.name,
                   .signing_key = capability.signing_key().public_key,
                   .box_key = capability.box_key().public_key,
                   .sources = key.sources,
                   .void_after = {},
                   .created = at};
  if (key.role == Role::writer && added.sources.empty()) added.sources = {"*"};
  for (Generation generation = 1; generation <= next.generation; ++generation) {
    const auto held = keys.find(generation);
    if (held == keys.end()) {
      throw Error(ErrorKind::denied,
                  "this identity holds no key to generation " + std::to_string(generation));
    }
    seal_to(next, state.format.vault, generation, held->second, added);
  }
  next.keys.push_back(std::move(added));
  return next;
}

Trust plan_revoke(const Trust& trust, const KeyId& id, const TrustedKey::Cut& cut, Instant at) {
  Trust next = successor_of(trust, at);
  const auto key = std::ranges::find(next.keys, id, &TrustedKey::id);
  if (key == next.keys.end()) {
    throw Error(ErrorKind::not_found, "trust lists no key " + id.hex());
  }
  require_revocable(trust, *key, cut);
  key->void_after = cut;
  return next;
}

Trust plan_rotate(const TrustState& state, const seal::SecretKey& fresh, Instant at) {
  Trust next = successor_of(state.trust, at);
  ++next.generation;
  for (const TrustedKey& key : next.keys) {
    if (!key.void_after) seal_to(next, state.format.vault, next.generation, fresh, key);
  }
  return next;
}

const TrustedKey& find_key(const Trust& trust, const std::string& text) {
  const auto named = std::ranges::find(trust.keys, text, &TrustedKey::name);
  if (named != trust.keys.end()) return *named;
  const TrustedKey* found = nullptr;
  for (const TrustedKey& key : trust.keys) {
    if (text.size() < kLeastPrefix || !key.id.hex().starts_with(text)) continue;
    if (found != nullptr) {
      throw Error(ErrorKind::usage, text + " fits two keys", "give more digits of the key id");
    }
    found = &key;
  }
  if (found == nullptr) {
    throw Error(ErrorKind::not_found, "no key of this vault has the name or key id " + text,
                "`lifeboat vault keys ls` shows them");
  }
  return *found;
}

SignedTrust sign_trust(const TrustState& state, Trust trust, const Capability& admin) {
  const seal::SigningKey root = admin.signing_key();
  if (admin.role != Role::admin || root.public_key != state.format.root_key) {
    throw Error(ErrorKind::denied, "changing trust needs the admin credential of this vault");
  }
  SignedTrust result;
  result.trust = std::move(trust);
  result.stored = result.trust.encode(state.format.vault, root);
  return result;
}

void publish_trust(const SignedTrust& signed_trust, store::ObjectStore& store) {
  const auto key = names::trust(signed_trust.trust.number);
  if (store.put(key, signed_trust.stored) == store::PutResult::created) return;
  constexpr std::uint64_t kMaxTrustBytes = 16 * 1024 * 1024;
  if (store.get(key, kMaxTrustBytes) == signed_trust.stored) return;
  throw Error(ErrorKind::busy, "somebody else changed the keys of this vault at the same time",
              "look at `lifeboat vault keys ls`, then run this again");
}

}  // namespace lifeboat::vault
