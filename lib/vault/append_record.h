#ifndef LIFEBOAT_VAULT_APPEND_RECORD_H_
#define LIFEBOAT_VAULT_APPEND_RECORD_H_

#include <functional>
#include <string_view>

#include "base/clock.h"
#include "vault/vault.h"

/// Adds to the record chain of this capability's own: docs/format/vault.md §12.
namespace lifeboat::vault {

/// Puts a record behind the chain's head, with the newest head of every other chain: a listing and
/// a read for each, and two requests. `make` encodes it; it is asked again if somebody else with
/// the same credential was faster. Returns its link. Throws denied without a record key, and what
/// append_to_chain() throws.
Link append_record(const Vault& vault, Instant started, Instant finished,
                   const std::function<Bytes(Link& link, const seal::SecretKey& record_key)>& make);

/// The same for a record that has a JSON body alone. Throws denied if this role may make none of
/// that kind.
Link append_json_record(const Vault& vault, RecordKind kind, std::string_view body, Instant started,
                        Instant finished);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_APPEND_RECORD_H_
