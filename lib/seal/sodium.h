#ifndef LIFEBOAT_SEAL_SODIUM_H_
#define LIFEBOAT_SEAL_SODIUM_H_

#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "seal/secret_key.h"

/// libsodium's primitives with the sizes that the vault format uses (docs/format/vault.md §1).
/// All functions are thread-safe once initialize() has returned.
namespace lifeboat::seal {

using Hash = ByteArray<32>;
using Nonce = ByteArray<24>;
using RowHash = ByteArray<16>;

inline constexpr std::size_t kTagBytes = 16;

/// Once, before anything else here. Throws Error(internal) if libsodium refuses to start.
void initialize();

void fill_random(MutableByteView bytes);
template <std::size_t N>
[[nodiscard]] ByteArray<N> random_array() {
  ByteArray<N> bytes;
  fill_random(bytes);
  return bytes;
}
[[nodiscard]] SecretKey random_key();

/// BLAKE2b-256 of the parts, one behind the other.
[[nodiscard]] Hash hash(std::initializer_list<ByteView> parts);
/// The same, keyed.
[[nodiscard]] Hash keyed_hash(const SecretKey& key, std::initializer_list<ByteView> parts);
/// keyed_hash() as a new key.
[[nodiscard]] SecretKey derive(const SecretKey& key, std::initializer_list<ByteView> parts);
/// crypto_kdf_derive_from_key; `context` is 8 characters.
[[nodiscard]] SecretKey subkey(const SecretKey& key, std::uint64_t number,
                               std::string_view context);

[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b);

/// SipHash-2-4 with 16 bytes of output.
[[nodiscard]] RowHash short_hash(const SecretArray<16>& key, ByteView message);

/// XChaCha20-Poly1305: appends plaintext.size() + kTagBytes bytes to `to`.
void aead_seal(const SecretKey& key, const Nonce& nonce, ByteView additional, ByteView plaintext,
               Bytes& to);
/// Nothing if the tag does not fit.
[[nodiscard]] std::optional<Bytes> aead_open(const SecretKey& key, const Nonce& nonce,
                                             ByteView additional, ByteView sealed);

/// The same where the bytes lie: what stands from `from` on becomes kTagBytes longer.
void aead_seal_in_place(const SecretKey& key, const Nonce& nonce, ByteView additional, Bytes& bytes,
                        std::size_t from);
/// The front of `sealed`, now plaintext; nothing if the tag does not fit.
[[nodiscard]] std::optional<ByteView> aead_open_in_place(const SecretKey& key, const Nonce& nonce,
                                                         ByteView additional,
                                                         MutableByteView sealed);

struct SigningKey {
  ByteArray<32> public_key{};
  SecretArray<64> secret;
};
[[nodiscard]] SigningKey signing_key_from(const SecretKey& seed);
[[nodiscard]] ByteArray<64> sign(const SigningKey& key, ByteView message);
[[nodiscard]] bool signature_fits(const ByteArray<32>& public_key, ByteView message,
                                  const ByteArray<64>& signature);

struct BoxKey {
  ByteArray<32> public_key{};
  SecretKey secret;
};
[[nodiscard]] BoxKey box_key_from(const SecretKey& seed);
/// crypto_box_seal: only the holder of the secret key can open it; it does not say who sealed it.
[[nodiscard]] Bytes box_seal(const ByteArray<32>& public_key, ByteView plaintext);
[[nodiscard]] std::optional<Bytes> box_open(const BoxKey& key, ByteView sealed);

}  // namespace lifeboat::seal

#endif  // LIFEBOAT_SEAL_SODIUM_H_
