#ifndef LIFEBOAT_TESTS_FUZZ_FIXED_KEYS_H_
#define LIFEBOAT_TESTS_FUZZ_FIXED_KEYS_H_

#include <string_view>

#include "fuzz/target.h"
#include "seal/sodium.h"
#include "vault/keyring.h"
#include "vault/trust.h"
#include "vault/types.h"

/// Keys that everybody knows. Nearly all that a vault stores is signed or sealed, and a fuzzer
/// guesses no signature: the targets sign and seal the input themselves, so that it reaches the
/// parser behind. This is what a writer gone bad can do, too.
namespace lifeboat::fuzz {

/// "lifeboat fuzzing", the bytes of both ids; make_corpus.py writes them into its records.
inline constexpr std::string_view kIdText = "lifeboat fuzzing";
[[nodiscard]] vault::VaultId fixed_vault();
[[nodiscard]] vault::KeyId fixed_author();

/// 32 equal bytes.
[[nodiscard]] seal::SecretKey fixed_key(std::uint8_t byte);
[[nodiscard]] const seal::SigningKey& fixed_signing_key();
/// fixed_author(), with the key above; a writer may write for every source.
[[nodiscard]] vault::TrustedKey fixed_trusted_key(vault::Role role);
[[nodiscard]] vault::Capability fixed_capability(vault::Role role);
[[nodiscard]] vault::IndexKeys fixed_index_keys();
[[nodiscard]] vault::WriterKeys fixed_writer_keys();

/// How much of an object the target itself makes around the input: its first byte says it.
enum class Wrapping {
  none,      ///< the input is the object as stored
  signed_,   ///< the input is all of it but the signature
  complete,  ///< the input is the fields inside
};
[[nodiscard]] Wrapping take_wrapping(Input& input);

/// The object header, a byte string with its length in front, and another.
[[nodiscard]] Bytes framed(vault::ObjectType type, ByteView first, ByteView second);

}  // namespace lifeboat::fuzz

#endif  // LIFEBOAT_TESTS_FUZZ_FIXED_KEYS_H_
