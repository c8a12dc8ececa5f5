// Trust records, and the keys that they seal: docs/format/vault.md §5.
#include "fuzz/fixed_keys.h"
#include "vault/keyring.h"
#include "vault/signing.h"
#include "vault/trust.h"

using namespace lifeboat;

namespace {

Bytes stored_form(fuzz::Input input) {
  const auto wrapping = take_wrapping(input);
  if (wrapping == fuzz::Wrapping::none) return {input.rest().begin(), input.rest().end()};
  Bytes content(input.rest().begin(), input.rest().end());
  if (wrapping == fuzz::Wrapping::complete) {
    content = fuzz::framed(vault::ObjectType::trust, input.rest(), {});
  }
  return vault::signed_object(fuzz::fixed_signing_key(), "lifeboat/v1/trust", fuzz::fixed_vault(),
                              std::move(content));
}

/// As somebody to whom the first of the sealed keys is addressed would open them.
void open_keys(vault::Trust trust) {
  const vault::Capability self = fuzz::fixed_capability(vault::Role::identity);
  for (vault::SealedKey& sealed : trust.sealed) {
    if (sealed.recipient == trust.sealed.front().recipient) sealed.recipient = self.key_id();
  }
  const vault::Keyring keyring(fuzz::fixed_vault(), trust, self);
  static_cast<void>(keyring.index_keys(trust.generation, self.key_id()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stored = stored_form({data, size});
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    vault::Trust trust =
        vault::Trust::decode(stored, fuzz::fixed_vault(), fuzz::fixed_signing_key().public_key);
    const Bytes written = trust.encode(fuzz::fixed_vault(), fuzz::fixed_signing_key());
    const vault::Trust again =
        vault::Trust::decode(written, fuzz::fixed_vault(), fuzz::fixed_signing_key().public_key);
    fuzz::require(again.keys.size() == trust.keys.size() &&
                      again.sealed.size() == trust.sealed.size() &&
                      again.floor_age == trust.floor_age && again.max_run == trust.max_run,
                  "a trust record is not the same after it was written again");
    open_keys(trust);
  });
  return 0;
}
