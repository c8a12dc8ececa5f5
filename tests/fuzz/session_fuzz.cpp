// Session headers, and the opening of their keys: docs/format/vault.md §6.
#include "fuzz/fixed_keys.h"
#include "vault/fields.h"
#include "vault/session.h"

using namespace lifeboat;

namespace {

Bytes sealed_to(const vault::Capability& reader, const vault::SessionHeader& header,
                const seal::SecretKey& session_key) {
  const Bytes generation = vault::wire(header.generation);
  Bytes plaintext;
  append(plaintext, session_key.reveal());
  append(plaintext, vault::SessionKeys::from(session_key).commitment.reveal());
  append(plaintext,
         seal::hash({as_bytes("lifeboat/v1/session"), ByteArray<1>{}, header.vault.view(),
                     generation, header.id.view(), header.writer.view()}));
  return vault::FieldsWriter()
      .critical(1, reader.key_id().view())
      .critical(2, seal::box_seal(reader.box_key().public_key, plaintext))
      .take();
}

Bytes with_mac(ByteView body, const seal::SecretKey& session_key) {
  Bytes stored = fuzz::framed(vault::ObjectType::session, body, {});
  append(stored, seal::keyed_hash(vault::SessionKeys::from(session_key).header_mac, {stored}));
  return stored;
}

/// The fields of a header get a last recipient, who can open it, and the MAC that fits.
void open_completed(ByteView body) {
  const vault::Capability reader = fuzz::fixed_capability(vault::Role::identity);
  const seal::SecretKey session_key = fuzz::fixed_key(6);
  const auto header = vault::SessionHeader::decode(with_mac(body, session_key));
  Bytes completed(body.begin(), body.end());
  append(completed,
         vault::FieldsWriter().critical(6, sealed_to(reader, header, session_key)).take());
  static_cast<void>(vault::open_session(with_mac(completed, session_key), reader));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const bool complete = take_wrapping(input) == fuzz::Wrapping::complete;
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    if (complete) {
      open_completed(input.rest());
    } else {
      static_cast<void>(
          vault::open_session(input.rest(), fuzz::fixed_capability(vault::Role::identity)));
    }
  });
  return 0;
}
