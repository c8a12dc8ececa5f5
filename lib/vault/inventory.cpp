#include "vault/inventory.h"

#include <algorithm>

#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::array<std::string_view, kStoredKinds> kNames = {
    "data_packs", "list_packs", "index",  "sessions", "snapshot_records", "records", "rolls",
    "trust",      "marks",      "claims", "journals", "probes",           "unknown"};

StoredKind kind_of(ObjectType type) {
  switch (type) {
    case ObjectType::format:
    case ObjectType::trust:
      return StoredKind::trust;
    case ObjectType::session:
      return StoredKind::sessions;
    case ObjectType::data_pack:
      return StoredKind::data_packs;
    case ObjectType::meta_pack:
      return StoredKind::list_packs;
    case ObjectType::index_segment:
      return StoredKind::index;
    case ObjectType::snapshot:
      return StoredKind::snapshot_records;
    case ObjectType::record:
      return StoredKind::records;
    case ObjectType::mark:
      return StoredKind::marks;
    case ObjectType::run:
      return StoredKind::journals;
    case ObjectType::claim:
      return StoredKind::claims;
    case ObjectType::roll:
      return StoredKind::rolls;
  }
  return StoredKind::unknown;
}

/// Probes and journals have names that object_names.h does not parse.
StoredKind kind_of_other(std::string_view name) {
  if (name.starts_with("probe/")) return StoredKind::probes;
  if (name.starts_with("run/")) return StoredKind::journals;
  return StoredKind::unknown;
}

bool was_swept(const names::Parsed& name, const Swept& swept) {
  switch (name.type) {
    case ObjectType::data_pack:
    case ObjectType::meta_pack:
    case ObjectType::index_segment:
      return swept.removed(ObjectRef{name.generation, name.type, name.hash});
    case ObjectType::session:
      return swept.removed(SessionName{name.generation, name.session});
    case ObjectType::snapshot:
      return swept.tombstone(name.author, name.number) != nullptr;
    case ObjectType::format:
    case ObjectType::trust:
    case ObjectType::record:
    case ObjectType::mark:
    case ObjectType::run:
    case ObjectType::claim:
    case ObjectType::roll:
      break;
  }
  return false;
}

}  // namespace

std::string_view name_of(StoredKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

Tally Inventory::packs() const {
  Tally both = of(StoredKind::data_packs);
  both.add(of(StoredKind::list_packs));
  return both;
}

Tally Inventory::whole() const {
  Tally all;
  for (const Tally& kind : kinds) all.add(kind);
  return all;
}

Inventory take_inventory(const Vault& vault, const Swept& swept, std::uint64_t least_pack_bytes) {
  Inventory inventory;
  vault.store().list("", "", [&](const store::ObjectInfo& info) {
    const auto parsed = vault.parse_name(info.key.name());
    const StoredKind kind = parsed ? kind_of(parsed->type) : kind_of_other(info.key.name());
    inventory.kinds.at(static_cast<std::size_t>(kind)).add(info.size_bytes);
    if (kind == StoredKind::data_packs || kind == StoredKind::list_packs) {
      inventory.padded_pack_bytes += std::max(info.size_bytes, least_pack_bytes);
    }
    if (parsed && was_swept(*parsed, swept)) inventory.swept.add(info.size_bytes);
    return true;
  });
  return inventory;
}

}  // namespace lifeboat::vault
