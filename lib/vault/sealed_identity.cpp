#include "vault/sealed_identity.h"

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault {
namespace {

constexpr std::string_view kIdentityPrefix = "lifeboat-identity-1";
constexpr std::size_t kHeadBytes = 16 + 4 + 4 + 32;
constexpr std::size_t kNonceBytes = 24;
constexpr std::size_t kPayloadBytes = 124;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kBytes =
    kHeadBytes + kNonceBytes + kPayloadBytes + seal::kTagBytes + kChecksumBytes;
constexpr ByteArray<1> kZero{};

Bytes checksum(ByteView before) {
  const seal::Hash full = seal::hash(
      {as_bytes("lifeboat/v1/capability"), kZero, as_bytes("sealed-identity"), kZero, before});
  return {full.begin(), full.begin() + kChecksumBytes};
}

Bytes additional_data(ByteView head) {
  WireWriter data;
  data.put_bytes(as_bytes("lifeboat/v1/sealed-identity")).put_bytes(kZero).put_bytes(head);
  return {data.bytes().begin(), data.bytes().end()};
}

/// Argon2id's 64 bytes: the first half encrypts, the second one tells a wrong passphrase.
struct Stretched {
  Stretched(const Secret& passphrase, const seal::PassphraseSalt& salt,
            const seal::StretchCost& cost)
      : whole(seal::stretch(passphrase, salt, cost)),
        key(std::span<const std::uint8_t, 32>(whole.reveal().data(), 32)) {}
  [[nodiscard]] ByteView commitment() const { return ByteView(whole.reveal()).subspan(32); }
  seal::SecretArray<64> whole;
  seal::SecretKey key;
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::usage, "not an identity under a passphrase: " + why,
              "give the whole line of the file that `lifeboat vault keys wrap` wrote");
}

/// All the bytes, once the checksum fits.
Bytes decoded(std::string_view text) {
  text = trim(text);
  if (!is_sealed_identity(text)) refuse("it begins with something else");
  text.remove_prefix(kSealedIdentityPrefix.size());
  if (text.size() != (kBytes * 8 + 4) / 5) refuse("it is cut off or too long");
  Bytes bytes;
  try {
    bytes = from_base32(text);
  } catch (const Error&) {
    refuse("it holds characters that no credential has");
  }
  const ByteView before = ByteView(bytes).first(kBytes - kChecksumBytes);
  if (!std::ranges::equal(checksum(before), ByteView(bytes).subspan(before.size()))) {
    refuse("its checksum is wrong, so it was mistyped");
  }
  return bytes;
}

}  // namespace

bool is_sealed_identity(std::string_view text) noexcept {
  return trim(text).starts_with(kSealedIdentityPrefix);
}

Secret seal_identity(const Capability& identity, const Secret& passphrase,
                     const seal::StretchCost& cost) {
  if (identity.role != Role::identity) {
    throw Error(ErrorKind::usage,
                "a passphrase protects an identity, and this is the key of role " +
                    std::string(name_of(identity.role)));
  }
  if (passphrase.empty()) throw Error(ErrorKind::usage, "the passphrase is empty");
  const auto salt = seal::random_array<16>();
  const Stretched stretched(passphrase, salt, cost);
  WireWriter head;
  head.put_bytes(salt).put(cost.operations).put(cost.memory_kib);
  head.put_bytes(stretched.commitment());
  Bytes all(head.bytes().begin(), head.bytes().end());
  const Bytes additional = additional_data(all);
  const auto nonce = seal::random_array<kNonceBytes>();
  append(all, nonce);
  const Secret text = identity.to_text();
  Bytes payload = from_base32(std::string_view(text.reveal()).substr(kIdentityPrefix.size()));
  seal::aead_seal(stretched.key, nonce, additional, payload, all);
  seal::wipe(payload);
  append(all, checksum(all));
  return Secret(std::string(kSealedIdentityPrefix) + to_base32(all));
}

void check_sealed_identity(std::string_view text) { static_cast<void>(decoded(text)); }

Capability open_sealed_identity(std::string_view text, const Secret& passphrase) {
  const Bytes bytes = decoded(text);
  const ByteView head = ByteView(bytes).first(kHeadBytes);
  WireReader reader(bytes, "identity under a passphrase");
  const auto salt = reader.get_array<16>();
  seal::StretchCost cost;
  cost.operations = reader.get<std::uint32_t>();
  cost.memory_kib = reader.get<std::uint32_t>();
  const auto commitment = reader.get_array<32>();
  const auto nonce = reader.get_array<kNonceBytes>();
  const Stretched stretched(passphrase, salt, cost);
  // A key that opens two ciphertexts can be made; one with two commitments cannot.
  if (!seal::equal_in_constant_time(stretched.commitment(), commitment)) {
    throw Error(ErrorKind::denied, "the passphrase is not the one of this identity");
  }
  auto payload = seal::aead_open(
      stretched.key, nonce, additional_data(head),
      ByteView(bytes).subspan(kHeadBytes + kNonceBytes, kPayloadBytes + seal::kTagBytes));
  if (!payload) throw Error(ErrorKind::corrupt, "the identity under the passphrase is damaged");
  const Secret inner(std::string(kIdentityPrefix) + to_base32(*payload));
  seal::wipe(*payload);
  return Capability::from_text(inner.reveal());
}

}  // namespace lifeboat::vault
