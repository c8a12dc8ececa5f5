#include "vault/keyring.h"

#include <algorithm>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault {
namespace {

constexpr ByteArray<1> kZero{};

seal::SecretKey derive_for(const seal::SecretKey& from, std::string_view label,
                           const VaultId& vault, Generation generation) {
  const Bytes number = WireWriter().put(generation).take();
  return seal::derive(from, {as_bytes(label), kZero, vault.view(), number});
}

seal::SecretKey derive_for(const seal::SecretKey& from, std::string_view label,
                           const VaultId& vault, Generation generation, const KeyId& key) {
  const Bytes number = WireWriter().put(generation).take();
  return seal::derive(from, {as_bytes(label), kZero, vault.view(), number, key.view()});
}

/// All keys of one generation that K_gen leads to.
struct Schedule {
  const VaultId& vault;
  Generation generation;

  [[nodiscard]] seal::SecretKey writer(const seal::SecretKey& gen, const KeyId& id) const {
    return derive_for(gen, "lifeboat/v1/writer", vault, generation, id);
  }
  [[nodiscard]] seal::SecretKey index_root(const seal::SecretKey& gen) const {
    return derive_for(gen, "lifeboat/v1/index-root", vault, generation);
  }
  [[nodiscard]] seal::SecretKey index_writer(const seal::SecretKey& root, const KeyId& id) const {
    return derive_for(root, "lifeboat/v1/index", vault, generation, id);
  }
  [[nodiscard]] seal::SecretKey record_root(const seal::SecretKey& gen) const {
    return derive_for(gen, "lifeboat/v1/record-root", vault, generation);
  }
  [[nodiscard]] seal::SecretKey record_author(const seal::SecretKey& root, const KeyId& id) const {
    return derive_for(root, "lifeboat/v1/record", vault, generation, id);
  }
};

seal::Hash context_of(const VaultId& vault, Generation generation, SealedKind kind,
                      const KeyId& recipient) {
  const Bytes place = WireWriter().put(generation).put(static_cast<std::uint8_t>(kind)).take();
  return seal::hash(
      {as_bytes("lifeboat/v1/sealed-key"), kZero, vault.view(), place, recipient.view()});
}

SealedKey seal_one(const VaultId& vault, Generation generation, SealedKind kind,
                   const seal::SecretKey& key, const TrustedKey& recipient) {
  Bytes plaintext;
  append(plaintext, key.reveal());
  append(plaintext, context_of(vault, generation, kind, recipient.id));
  SealedKey sealed{.generation = generation,
                   .kind = kind,
                   .recipient = recipient.id,
                   .box = seal::box_seal(recipient.box_key, plaintext)};
  seal::wipe(plaintext);
  return sealed;
}

}  // namespace

Keyring::Keyring(const VaultId& vault, const Trust& trust, const Capability& capability)
    : vault_(vault), self_(capability.key_id()) {
  const seal::BoxKey box_key = capability.box_key();
  for (const SealedKey& sealed : trust.sealed) {
    if (sealed.recipient != self_) continue;
    auto plaintext = seal::box_open(box_key, sealed.box);
    if (!plaintext || plaintext->size() != 64 ||
        !seal::equal_in_constant_time(
            ByteView(*plaintext).last(32),
            context_of(vault, sealed.generation, sealed.kind, sealed.recipient))) {
      throw Error(ErrorKind::corrupt, "a key sealed to this credential does not open");
    }
    keys_.insert_or_assign(
        {sealed.generation, sealed.kind},
        seal::SecretKey(std::span<const std::uint8_t, 32>(plaintext->data(), 32)));
    seal::wipe(*plaintext);
  }
}

std::optional<seal::SecretKey> Keyring::held(Generation generation, SealedKind kind) const {
  const auto at = keys_.find({generation, kind});
  if (at == keys_.end()) return std::nullopt;
  return at->second;
}

std::optional<WriterKeys> Keyring::writer_keys(Generation generation, const KeyId& writer) const {
  std::optional<seal::SecretKey> key;
  if (const auto gen = held(generation, SealedKind::generation)) {
    key = Schedule{vault_, generation}.writer(*gen, writer);
  } else if (writer == self_) {
    key = held(generation, SealedKind::writer);
  }
  if (!key) return std::nullopt;
  const seal::SecretKey row = seal::subkey(*key, 2, "LBwriter");
  return WriterKeys{
      .chunk_id = seal::subkey(*key, 1, "LBwriter"),
      .row = seal::SecretArray<16>(std::span<const std::uint8_t, 16>(row.reveal().data(), 16))};
}

std::optional<IndexKeys> Keyring::index_keys(Generation generation, const KeyId& writer) const {
  const Schedule schedule{vault_, generation};
  std::optional<seal::SecretKey> key;
  if (const auto gen = held(generation, SealedKind::generation)) {
    key = schedule.index_writer(schedule.index_root(*gen), writer);
  } else if (const auto root = held(generation, SealedKind::index_root)) {
    key = schedule.index_writer(*root, writer);
  } else if (writer == self_) {
    key = held(generation, SealedKind::index_writer);
  }
  if (!key) return std::nullopt;
  return IndexKeys{.list_id = seal::subkey(*key, 1, "LBindex_"),
                   .aead = seal::subkey(*key, 2, "LBindex_")};
}

std::optional<seal::SecretKey> Keyring::record_key(Generation generation,
                                                   const KeyId& author) const {
  const Schedule schedule{vault_, generation};
  std::optional<seal::SecretKey> key;
  if (const auto gen = held(generation, SealedKind::generation)) {
    key = schedule.record_author(schedule.record_root(*gen), author);
  } else if (const auto root = held(generation, SealedKind::record_root)) {
    key = schedule.record_author(*root, author);
  } else if (author == self_) {
    key = held(generation, SealedKind::record_author);
  }
  if (!key) return std::nullopt;
  return seal::subkey(*key, 1, "LBrecord");
}

std::map<Generation, seal::SecretKey> Keyring::generation_keys() const {
  std::map<Generation, seal::SecretKey> held_keys;
  for (const auto& [place, key] : keys_) {
    if (place.second == SealedKind::generation) held_keys.insert_or_assign(place.first, key);
  }
  return held_keys;
}

std::vector<SealedKey> Keyring::seal_for(const VaultId& vault, Generation generation,
                                         const seal::SecretKey& generation_key,
                                         const TrustedKey& recipient) {
  const Schedule schedule{vault, generation};
  const seal::SecretKey index_root = schedule.index_root(generation_key);
  const seal::SecretKey record_root = schedule.record_root(generation_key);
  const auto one = [&](SealedKind kind, const seal::SecretKey& key) {
    return seal_one(vault, generation, kind, key, recipient);
  };
  switch (recipient.role) {
    case Role::identity:
      return {one(SealedKind::generation, generation_key)};
    case Role::writer:
      return {one(SealedKind::writer, schedule.writer(generation_key, recipient.id)),
              one(SealedKind::index_writer, schedule.index_writer(index_root, recipient.id)),
              one(SealedKind::record_author, schedule.record_author(record_root, recipient.id))};
    case Role::viewer:
    case Role::operator_:
      return {one(SealedKind::record_root, record_root)};
    case Role::pruner:
      return {one(SealedKind::index_root, index_root), one(SealedKind::record_root, record_root)};
    case Role::admin:
      return {};
  }
  return {};
}

}  // namespace lifeboat::vault
