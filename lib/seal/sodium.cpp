#include "seal/sodium.h"

#include <sodium.h>

#include "base/error.h"

namespace lifeboat::seal {
namespace {

static_assert(crypto_generichash_BYTES == 32 && crypto_generichash_KEYBYTES == 32);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24);
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == kTagBytes);
static_assert(crypto_shorthash_siphashx24_BYTES == 16 &&
              crypto_shorthash_siphashx24_KEYBYTES == 16);
static_assert(crypto_sign_SECRETKEYBYTES == 64 && crypto_box_SECRETKEYBYTES == 32);
static_assert(crypto_kdf_CONTEXTBYTES == 8);

void check(int code, const char* doing) {
  if (code != 0) throw Error(ErrorKind::internal, std::string(doing) + " failed in libsodium");
}

void hash_into(MutableByteView out, ByteView key, std::initializer_list<ByteView> parts) {
  crypto_generichash_state state;
  check(crypto_generichash_init(&state, key.data(), key.size(), out.size()), "hashing");
  for (const ByteView part : parts) {
    check(crypto_generichash_update(&state, part.data(), part.size()), "hashing");
  }
  check(crypto_generichash_final(&state, out.data(), out.size()), "hashing");
}

}  // namespace

void wipe(MutableByteView bytes) noexcept { sodium_memzero(bytes.data(), bytes.size()); }

void initialize() {
  if (sodium_init() < 0) throw Error(ErrorKind::internal, "libsodium cannot be initialized");
}

void fill_random(MutableByteView bytes) { randombytes_buf(bytes.data(), bytes.size()); }

SecretKey random_key() {
  SecretKey key;
  fill_random(key.writable());
  return key;
}

Hash hash(std::initializer_list<ByteView> parts) {
  Hash out;
  hash_into(out, {}, parts);
  return out;
}

Hash keyed_hash(const SecretKey& key, std::initializer_list<ByteView> parts) {
  Hash out;
  hash_into(out, key.reveal(), parts);
  return out;
}

SecretKey derive(const SecretKey& key, std::initializer_list<ByteView> parts) {
  SecretKey out;
  hash_into(out.writable(), key.reveal(), parts);
  return out;
}

SecretKey subkey(const SecretKey& key, std::uint64_t number, std::string_view context) {
  if (context.size() != crypto_kdf_CONTEXTBYTES) {
    throw Error(ErrorKind::internal, "a key derivation context has 8 characters");
  }
  SecretKey out;
  check(crypto_kdf_derive_from_key(out.writable().data(), 32, number, context.data(),
                                   key.reveal().data()),
        "deriving a key");
  return out;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

RowHash short_hash(const SecretArray<16>& key, ByteView message) {
  RowHash out;
  check(
      crypto_shorthash_siphashx24(out.data(), message.data(), message.size(), key.reveal().data()),
      "hashing a row");
  return out;
}

void aead_seal(const SecretKey& key, const Nonce& nonce, ByteView additional, ByteView plaintext,
               Bytes& to) {
  const std::size_t start = to.size();
  to.resize(start + plaintext.size() + kTagBytes);
  check(crypto_aead_xchacha20poly1305_ietf_encrypt(
            to.data() + start, nullptr, plaintext.data(), plaintext.size(), additional.data(),
            additional.size(), nullptr, nonce.data(), key.reveal().data()),
        "encrypting");
}

std::optional<Bytes> aead_open(const SecretKey& key, const Nonce& nonce, ByteView additional,
                               ByteView sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  Bytes plaintext(sealed.size() - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plaintext.data(), nullptr, nullptr, sealed.data(), sealed.size(), additional.data(),
          additional.size(), nonce.data(), key.reveal().data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

void aead_seal_in_place(const SecretKey& key, const Nonce& nonce, ByteView additional, Bytes& bytes,
                        std::size_t from) {
  const std::size_t plain_bytes = bytes.size() - from;
  bytes.resize(bytes.size() + kTagBytes);
  check(crypto_aead_xchacha20poly1305_ietf_encrypt(
            bytes.data() + from, nullptr, bytes.data() + from, plain_bytes, additional.data(),
            additional.size(), nullptr, nonce.data(), key.reveal().data()),
        "encrypting");
}

std::optional<ByteView> aead_open_in_place(const SecretKey& key, const Nonce& nonce,
                                           ByteView additional, MutableByteView sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          sealed.data(), nullptr, nullptr, sealed.data(), sealed.size(), additional.data(),
          additional.size(), nonce.data(), key.reveal().data()) != 0) {
    return std::nullopt;
  }
  return sealed.first(sealed.size() - kTagBytes);
}

SigningKey signing_key_from(const SecretKey& seed) {
  SigningKey key;
  check(crypto_sign_seed_keypair(key.public_key.data(), key.secret.writable().data(),
                                 seed.reveal().data()),
        "deriving a signing key");
  return key;
}

ByteArray<64> sign(const SigningKey& key, ByteView message) {
  ByteArray<64> signature;
  check(crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                             key.secret.reveal().data()),
        "signing");
  return signature;
}

bool signature_fits(const ByteArray<32>& public_key, ByteView message,
                    const ByteArray<64>& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     public_key.data()) == 0;
}

BoxKey box_key_from(const SecretKey& seed) {
  BoxKey key;
  check(crypto_box_seed_keypair(key.public_key.data(), key.secret.writable().data(),
                                seed.reveal().data()),
        "deriving a box key");
  return key;
}

Bytes box_seal(const ByteArray<32>& public_key, ByteView plaintext) {
  Bytes sealed(plaintext.size() + crypto_box_SEALBYTES);
  check(crypto_box_seal(sealed.data(), plaintext.data(), plaintext.size(), public_key.data()),
        "sealing to a reader");
  return sealed;
}

std::optional<Bytes> box_open(const BoxKey& key, ByteView sealed) {
  if (sealed.size() < crypto_box_SEALBYTES) return std::nullopt;
  Bytes plaintext(sealed.size() - crypto_box_SEALBYTES);
  if (crypto_box_seal_open(plaintext.data(), sealed.data(), sealed.size(), key.public_key.data(),
                           key.secret.reveal().data()) != 0) {
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace lifeboat::seal
