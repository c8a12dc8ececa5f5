#include "vault/append_record.h"

#include "base/error.h"
#include "vault/chain_end.h"
#include "vault/witness.h"

namespace lifeboat::vault {

Link append_record(const Vault& vault, Instant started, Instant finished,
                   const std::function<Bytes(Link&, const seal::SecretKey&)>& make) {
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id());
  if (!key) {
    throw Error(ErrorKind::denied, "the " + std::string(name_of(vault.self().role)) +
                                       " credential holds no key for records");
  }
  const auto seen = read_other_heads(vault, ObjectType::record);
  Link link;
  append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
    link = link_behind(vault, end, seen, started, finished);
    return make(link, *key);
  });
  return link;
}

Link append_json_record(const Vault& vault, RecordKind kind, std::string_view body, Instant started,
                        Instant finished) {
  if (!may_author(vault.self().role, kind)) {
    throw Error(ErrorKind::denied, "the " + std::string(name_of(vault.self().role)) +
                                       " credential may make no record of this kind");
  }
  return append_record(vault, started, finished,
                       [&](Link& link, const seal::SecretKey& record_key) {
                         return encode_other_record(link, {}, json_record_fields(kind, body),
                                                    vault.self().signing_key(), record_key);
                       });
}

}  // namespace lifeboat::vault
