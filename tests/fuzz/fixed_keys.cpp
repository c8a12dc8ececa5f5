#include "fuzz/fixed_keys.h"

#include <algorithm>

#include "base/wire.h"
#include "vault/object_header.h"

namespace lifeboat::fuzz {
namespace {

ByteArray<16> id_bytes() {
  ByteArray<16> bytes{};
  std::ranges::copy(as_bytes(kIdText), bytes.begin());
  return bytes;
}

}  // namespace

vault::VaultId fixed_vault() { return {id_bytes()}; }
vault::KeyId fixed_author() { return {id_bytes()}; }

seal::SecretKey fixed_key(std::uint8_t byte) {
  ByteArray<32> bytes;
  bytes.fill(byte);
  return seal::SecretKey(bytes);
}

const seal::SigningKey& fixed_signing_key() {
  static const seal::SigningKey key = seal::signing_key_from(fixed_key(1));
  return key;
}

vault::TrustedKey fixed_trusted_key(vault::Role role) {
  vault::TrustedKey key;
  key.id = fixed_author();
  key.role = role;
  key.signing_key = fixed_signing_key().public_key;
  key.sources = {"*"};
  return key;
}

vault::Capability fixed_capability(vault::Role role) {
  vault::Capability capability;
  capability.role = role;
  capability.vault = fixed_vault();
  capability.trust_number = 1;
  capability.seed = fixed_key(2);
  return capability;
}

vault::IndexKeys fixed_index_keys() { return {.list_id = fixed_key(3), .aead = fixed_key(4)}; }

vault::WriterKeys fixed_writer_keys() {
  return {.chunk_id = fixed_key(5), .row = seal::SecretArray<16>(ByteArray<16>{})};
}

Wrapping take_wrapping(Input& input) {
  switch (input.byte() % 3) {
    case 0:
      return Wrapping::none;
    case 1:
      return Wrapping::signed_;
    default:
      return Wrapping::complete;
  }
}

Bytes framed(vault::ObjectType type, ByteView first, ByteView second) {
  WireWriter writer;
  put_object_header(writer, type, 1);
  writer.put(static_cast<std::uint32_t>(first.size())).put_bytes(first);
  writer.put_bytes(second);
  return writer.take();
}

}  // namespace lifeboat::fuzz
