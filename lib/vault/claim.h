#ifndef LIFEBOAT_VAULT_CLAIM_H_
#define LIFEBOAT_VAULT_CLAIM_H_

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/clock.h"
#include "vault/record_frame.h"
#include "vault/vault.h"

/// Claims: who has taken up what was due. docs/format/vault.md §14. A claim is created only if
/// nobody was faster: that is the whole of the coordination.
namespace lifeboat::vault {

/// What is claimed: the first three segments of its name.
struct Claimed {
  std::string kind;  ///< "snapshot", "drill", "hand": a drill that a person started
  std::string name;  ///< as claim_name_of() gives it
  std::string due;   ///< "20261123t0115z"
  friend auto operator<=>(const Claimed&, const Claimed&) = default;
};

/// A source's or drill's name as objects may have it; one with capitals gets a hash behind it.
[[nodiscard]] std::string claim_name_of(const std::string& name);

/// What the store shows of one due time.
struct ClaimState {
  std::uint64_t attempts = 0;  ///< 1 = taken up once
  bool ended = false;
};

struct ClaimListing {
  std::map<Claimed, ClaimState> claims;
  std::optional<Instant> newest_stored;  ///< by the store's clock
};

/// All claims, by one listing of the store (a page for each 1,000). Names alone; nothing is read.
[[nodiscard]] ClaimListing list_claims(const Vault& vault);

/// Clocks that differ by more are wrong: what is due, and what has lapsed, goes by them.
inline constexpr std::chrono::minutes kMostClockError{5};

/// Throws Error(refused) if something was stored at a time that has yet to come by this clock.
void require_right_clock(const ClaimListing& listing, Instant now);

inline constexpr std::chrono::hours kLongestClaim{48};

/// Creates the claim of that attempt (1, 2, ...), which lapses at `expires`, or the one that says
/// that the matter has ended. False if somebody was faster.
[[nodiscard]] bool put_claim(const Vault& vault, const Claimed& claimed, std::uint64_t attempt,
                             Instant now, Instant expires);
[[nodiscard]] bool put_end(const Vault& vault, const Claimed& claimed, Instant now);

/// When that attempt lapses. One that is forged, of a role that may make none of that kind, or of
/// more than kLongestClaim lapsed at once: the beginning of time. One read.
[[nodiscard]] Instant expiry_of(const Vault& vault, const Claimed& claimed, std::uint64_t attempt);

/// When the store says that this claim was stored, or nothing if there is none. One request.
[[nodiscard]] std::optional<Instant> stored_at(const Vault& vault, const Claimed& claimed,
                                               std::uint64_t attempt);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_CLAIM_H_
