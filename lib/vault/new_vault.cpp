#include "vault/new_vault.h"

#include <array>

#include "base/error.h"
#include "os/file.h"
#include "seal/sha256.h"
#include "vault/keyring.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

constexpr std::array kRoles = {Role::admin,  Role::identity,  Role::writer,
                               Role::viewer, Role::operator_, Role::pruner};
constexpr std::uint32_t kFloorCount = 3;
constexpr std::chrono::seconds kFloorAge = std::chrono::hours(7 * 24);
constexpr std::chrono::seconds kMaxRun = std::chrono::hours(24);

TrustedKey trusted(const Capability& capability, const NewVaultRequest& request, Instant now) {
  const seal::SigningKey signing = capability.signing_key();
  return {.id = key_id_of(signing.public_key),
          .role = capability.role,
          .name = std::string(name_of(capability.role)),
          .signing_key = signing.public_key,
          .box_key = capability.box_key().public_key,
          .sources =
              capability.role == Role::writer ? request.writer_sources : std::vector<std::string>{},
          .void_after = {},
          .created = now};
}

[[noreturn]] void refuse_present(const store::ObjectStore& store) {
  throw Error(ErrorKind::refused, "there is a vault at " + store.describe() + " already",
              "choose another place; an existing vault is never overwritten");
}

}  // namespace

NewVault plan_vault(const NewVaultRequest& request, Instant now) {
  NewVault vault;
  for (const Role role : kRoles) {
    Capability capability;
    capability.role = role;
    capability.seed = seal::random_key();
    vault.capabilities.push_back(std::move(capability));
  }
  const seal::SigningKey root = vault.capabilities.front().signing_key();

  Format& format = vault.state.format;
  format = {.vault = {seal::random_array<16>()},
            .hashed_names = request.hashed_names,
            .root_key = root.public_key,
            .created = now};
  vault.format_object = format.encode();

  Trust& trust = vault.state.trust;
  trust.number = 1;
  trust.format_hash.bytes = seal::sha256(vault.format_object);
  trust.created = now;
  trust.generation = 1;
  trust.floor_count = kFloorCount;
  trust.floor_age = kFloorAge;
  trust.max_run = kMaxRun;
  const seal::SecretKey generation_key = seal::random_key();
  for (const Capability& capability : vault.capabilities) {
    trust.keys.push_back(trusted(capability, request, now));
    for (SealedKey& sealed :
         Keyring::seal_for(format.vault, 1, generation_key, trust.keys.back())) {
      trust.sealed.push_back(std::move(sealed));
    }
  }
  vault.trust_object = trust.encode(format.vault, root);

  for (Capability& capability : vault.capabilities) {
    capability.vault = format.vault;
    capability.root_fingerprint = seal::hash({root.public_key});
    capability.trust_number = 1;
    capability.trust_hash = trust.hash;
  }
  return vault;
}

void require_no_vault(store::ObjectStore& store) {
  if (store.find(names::format())) refuse_present(store);
}

void publish(const NewVault& vault, store::ObjectStore& store) {
  require_no_vault(store);
  // A trust record without `format` is what a broken-off creation leaves: not a vault of anyone.
  if (store.put(names::trust(1), vault.trust_object) == store::PutResult::exists) {
    throw Error(ErrorKind::refused, store.describe() + " holds the beginning of another vault",
                "remove what is in it, or choose another place");
  }
  if (store.put(names::format(), vault.format_object) == store::PutResult::exists) {
    refuse_present(store);
  }
}

std::vector<std::filesystem::path> write_key_files(const std::vector<Capability>& capabilities,
                                                   const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (error) throw os::errno_error(error.value(), "make " + directory.string());
  std::vector<std::filesystem::path> paths;
  for (const Capability& capability : capabilities) {
    paths.push_back(directory / (std::string(name_of(capability.role)) + ".key"));
    if (std::filesystem::exists(paths.back())) {
      throw Error(ErrorKind::refused, paths.back().string() + " is there already",
                  "it may be the only key to another vault: choose another directory");
    }
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string line = capabilities[i].to_text().reveal() + "\n";
    if (os::create_file(paths[i], as_bytes(line), 0600) == os::CreateResult::exists) {
      throw Error(ErrorKind::refused, paths[i].string() + " is there already");
    }
  }
  return paths;
}

}  // namespace lifeboat::vault
