#ifndef LIFEBOAT_CLI_VAULT_ACCESS_H_
#define LIFEBOAT_CLI_VAULT_ACCESS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/freshness.h"
#include "cli/session.h"
#include "store/object_store.h"
#include "vault/vault.h"

namespace lifeboat::cli {

/// Whether the store itself refuses to overwrite and delete what a writer has stored.
enum class Protection { protected_, unprotected };

/// Which credential of the environment opens a bucket: AWS_... and the like, or first
/// LIFEBOAT_COPY_AWS_..., because a copy lies with another provider.
enum class StoreUse { vault, copy };

/// What requests to a bucket do once a stop is requested. What ends cleanly after a stop still has
/// something to write.
enum class OnStop { give_up, go_on };

/// The store that a vault's path or URL names; one in a bucket with the credential of the
/// environment, at `limit_rate` bytes a second at the most, and warns if it is an add-on of this
/// app. Nothing is sent yet. Lives no longer than the session. Throws Error(usage) on a scheme that
/// this program does not know, and what config::parse_s3_url() and config::find_s3_credentials()
/// throw.
[[nodiscard]] std::unique_ptr<store::ObjectStore> open_store(
    Session& session, const std::string& url, std::optional<std::uint64_t> limit_rate = {},
    StoreUse use = StoreUse::vault, OnStop on_stop = OnStop::give_up);

/// A directory obeys whoever may write it: unprotected. A bucket is asked (S3Store::
/// refuses_changes()); one that lets us try nothing counts as unprotected.
[[nodiscard]] Protection protection_of(store::ObjectStore& store);

/// Throws Error(refused) with that hint if the store replaces an object whose name is taken, or
/// knows no condition: no vault may be made there whose names are not hashed. Leaves nothing
/// behind, where it may delete. A directory is known to do right.
void require_creates_once(store::ObjectStore& store, std::string_view hint);

/// For a vault whose names are hashed: a bucket is written to whether or not it creates
/// conditionally (S3Store::look_before_creating()). Nothing else is changed.
void write_without_condition(store::ObjectStore& store);

/// The store at the session's vault, made ready for the naming mode that the vault has, if there
/// is one. One GET.
[[nodiscard]] std::unique_ptr<store::ObjectStore> open_store_of_vault(Session& session,
                                                                      const std::string& url);
[[nodiscard]] std::string_view name_of(Protection protection) noexcept;

/// Tells the place of the session's vault from that of its copies, whatever is typed to name it: a
/// directory's absolute path, or bucket, prefix and endpoint. No secret, no setting.
[[nodiscard]] std::string place_of_vault(Session& session);

/// An open vault and the store it stands on.
struct OpenVault {
  std::unique_ptr<store::ObjectStore> store;
  std::unique_ptr<vault::Vault> vault;
  Freshness freshness{};
};

/// Opens the session's vault with the first of these roles whose credential is set, and asks every
/// witness of its freshness. Throws Error(denied) naming the variables if none is, and what
/// vault::Vault and require_fresh() throw.
[[nodiscard]] OpenVault open_vault(Session& session, const std::vector<config::Role>& roles,
                                   OnStop on_stop = OnStop::give_up);

/// The same with a vault that an argument names.
[[nodiscard]] OpenVault open_vault_at(Session& session, const std::string& url,
                                      const std::vector<config::Role>& roles,
                                      StoreUse use = StoreUse::vault,
                                      OnStop on_stop = OnStop::give_up);

/// The capability that a credential holds. One under a passphrase is opened with the session's,
/// which takes the time and memory of seal::stretch(). Throws Error(denied) naming the variables if
/// there is no passphrase, or if it is another one.
[[nodiscard]] vault::Capability capability_of(Session& session, const Secret& credential);

/// Every role that can read records, the one that sees most first.
[[nodiscard]] const std::vector<config::Role>& reading_roles();

/// Whether this environment keeps writer and identity apart.
[[nodiscard]] bool has_separation(Session& session);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_VAULT_ACCESS_H_
