#include "vault/mark.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "a mark";

void take_forgotten(const Field& field, std::vector<SnapshotId>& into) {
  for (WireReader reader = field.reader(); !reader.at_end();) {
    into.push_back({reader.get_array<32>()});
  }
}

Mark decode_public(ByteView bytes) {
  Mark mark;
  FieldsReader fields(bytes, kWhat, {8, 13});
  while (const auto field = fields.next()) {
    if (take_link_field(*field, mark.link) || mark.condemned.take(*field)) continue;
    if (field->number == 22) {
      take_forgotten(*field, mark.forgotten);
    } else {
      field->unknown();
    }
  }
  fields.require({1, 2, 3, 4, 5});
  return mark;
}

/// Whom the mark says to be of; nothing of that is verified yet.
const TrustedKey& announced_author(ByteView stored, const Trust& trust) {
  const auto author = announced_author_of(ObjectType::mark, stored);
  const TrustedKey* key = trust.find(author);
  if (key == nullptr || key->role != Role::pruner) {
    throw Error(ErrorKind::corrupt, "a mark is by nobody who may make one");
  }
  return *key;
}

}  // namespace

Bytes Mark::encode(const seal::SigningKey& pruner, const seal::SecretKey& record_key) {
  FieldsWriter fields;
  put_link(fields, link);
  put_times(fields, link);
  condemned.put(fields);
  if (!forgotten.empty()) {
    WireWriter ids;
    for (const SnapshotId& id : forgotten) ids.put_bytes(id.view());
    fields.critical(22, ids.bytes());
  }
  return encode_record(ObjectType::mark, link, fields.take(), {}, pruner, record_key);
}

Mark Mark::decode(ByteView stored, const VaultId& vault, const Trust& trust, Generation generation,
                  std::uint64_t number) {
  const TrustedKey& author = announced_author(stored, trust);
  const VerifiedRecord verified = verify_record(ObjectType::mark, stored, vault, author);
  Mark mark = decode_public(verified.public_fields);
  mark.link.generation = verified.generation;
  mark.link.id = verified.id;
  const auto elsewhere = [&](const auto& object) { return object.generation != generation; };
  if (mark.link.vault != vault || mark.link.author != author.id ||
      verified.generation != generation || mark.link.seq != number ||
      std::ranges::any_of(mark.condemned.objects, elsewhere) ||
      std::ranges::any_of(mark.condemned.sessions, elsewhere)) {
    throw Error(ErrorKind::corrupt, "a mark belongs to another place");
  }
  return mark;
}

}  // namespace lifeboat::vault
