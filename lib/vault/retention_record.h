#ifndef LIFEBOAT_VAULT_RETENTION_RECORD_H_
#define LIFEBOAT_VAULT_RETENTION_RECORD_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "vault/keep_policy.h"
#include "vault/types.h"

/// The JSON bodies of pins and forget records: docs/format/vault.md §17.1.
namespace lifeboat::vault {

/// What a pin says: that a snapshot is kept, or that it need no longer be.
struct PinBody {
  SnapshotId snapshot;
  bool release = false;
  std::string reason;  ///< for people; empty only in a release
};

/// Why a snapshot was given up.
enum class ForgetRule : std::uint8_t {
  hand,     ///< a person named it
  unkept,   ///< complete, and no rule of the policy keeps it
  partial,  ///< partial, and older than `within`
};

/// "hand", "unkept", "partial".
[[nodiscard]] std::string_view name_of(ForgetRule rule) noexcept;

/// What a forget record says.
struct ForgetBody {
  struct Entry {
    SnapshotId snapshot;
    ForgetRule rule = ForgetRule::hand;
  };
  Instant store_time;  ///< by the store's clock, when it was decided
  KeepPolicy policy;   ///< empty if it was done by hand
  std::vector<Entry> snapshots;
};

/// JSON texts.
[[nodiscard]] std::string encode_pin(const PinBody& body);
[[nodiscard]] std::string encode_forget(const ForgetBody& body);

/// Throw corrupt if it is no such body. What a later version adds is ignored.
[[nodiscard]] PinBody decode_pin(std::string_view json);
[[nodiscard]] ForgetBody decode_forget(std::string_view json);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_RETENTION_RECORD_H_
