#include "vault/capability.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/wire.h"

namespace lifeboat::vault {
namespace {

constexpr std::string_view kPrefix = "lifeboat-";
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kPayloadBytes = 16 + 32 + 4 + 32 + 32;
constexpr ByteArray<1> kZero{};

constexpr std::array kRoles = {Role::admin,  Role::identity,  Role::writer,
                               Role::viewer, Role::operator_, Role::pruner};

ByteArray<kChecksumBytes> checksum(Role role, ByteView payload) {
  const seal::Hash full = seal::hash(
      {as_bytes("lifeboat/v1/capability"), kZero, as_bytes(name_of(role)), kZero, payload});
  ByteArray<kChecksumBytes> front;
  std::copy_n(full.begin(), front.size(), front.begin());
  return front;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::usage, "not a lifeboat credential: " + why,
              "give the whole line of a .key file that `lifeboat vault create` wrote");
}

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : kRoles) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Role role) noexcept {
  switch (role) {
    case Role::admin:
      return "admin";
    case Role::identity:
      return "identity";
    case Role::writer:
      return "writer";
    case Role::viewer:
      return "viewer";
    case Role::operator_:
      return "operator";
    case Role::pruner:
      return "pruner";
  }
  return "unknown";
}

KeyId key_id_of(const ByteArray<32>& signing_public_key) {
  const seal::Hash full = seal::hash({signing_public_key});
  KeyId id;
  std::copy_n(full.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

seal::SigningKey Capability::signing_key() const {
  return seal::signing_key_from(seal::subkey(seed, 1, "LBcapabl"));
}

seal::BoxKey Capability::box_key() const {
  return seal::box_key_from(seal::subkey(seed, 2, "LBcapabl"));
}

KeyId Capability::key_id() const { return key_id_of(signing_key().public_key); }

Secret Capability::to_text() const {
  WireWriter payload;
  payload.put_bytes(vault.bytes)
      .put_bytes(root_fingerprint)
      .put(trust_number)
      .put_bytes(trust_hash.bytes)
      .put_bytes(seed.reveal());
  const auto sum = checksum(role, payload.bytes());
  payload.put_bytes(sum);
  return Secret(std::string(kPrefix) + std::string(name_of(role)) + "-1" +
                to_base32(payload.bytes()));
}

Capability Capability::from_text(std::string_view text) {
  text = trim(text);
  if (!text.starts_with(kPrefix)) refuse("it does not begin with \"lifeboat-\"");
  text.remove_prefix(kPrefix.size());
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) refuse("it is cut off");
  const std::optional<Role> role = role_named(text.substr(0, dash));
  if (!role) refuse("its role is unknown");
  text.remove_prefix(dash + 1);
  if (text.empty() || text.front() != '1') refuse("it is of a version this program does not know");
  text.remove_prefix(1);

  constexpr std::size_t kBits = (kPayloadBytes + kChecksumBytes) * 8;
  if (text.size() != (kBits + 4) / 5) refuse("it is cut off or too long");
  Bytes bytes;
  try {
    bytes = from_base32(text);
  } catch (const Error&) {
    refuse("it holds characters that no credential has");
  }
  const ByteView payload = ByteView(bytes).first(kPayloadBytes);
  if (!std::ranges::equal(checksum(*role, payload), ByteView(bytes).subspan(kPayloadBytes))) {
    refuse("its checksum is wrong, so it was mistyped");
  }
  WireReader reader(payload, "credential");
  Capability capability;
  capability.role = *role;
  capability.vault.bytes = reader.get_array<16>();
  capability.root_fingerprint = reader.get_array<32>();
  capability.trust_number = reader.get<std::uint32_t>();
  capability.trust_hash.bytes = reader.get_array<32>();
  capability.seed = seal::SecretKey(reader.get_array<32>());
  seal::wipe(bytes);
  return capability;
}

}  // namespace lifeboat::vault
