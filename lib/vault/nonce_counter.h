#ifndef LIFEBOAT_VAULT_NONCE_COUNTER_H_
#define LIFEBOAT_VAULT_NONCE_COUNTER_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/error.h"

namespace lifeboat::vault {

/// The right to seal one blob under one counter of a session (docs/format/vault.md §7). Only a
/// NonceCounter makes one, it can't be copied, and sealing spends it: no counter serves twice.
class NonceTicket {
 public:
  NonceTicket(NonceTicket&& other) noexcept : value_(std::exchange(other.value_, std::nullopt)) {}
  NonceTicket& operator=(NonceTicket&&) = delete;
  ~NonceTicket() = default;

  /// The counter. Throws internal the second time.
  [[nodiscard]] std::uint64_t spend() {
    if (!value_) throw Error(ErrorKind::internal, "a nonce was about to be used twice");
    return *std::exchange(value_, std::nullopt);
  }

 private:
  friend class NonceCounter;
  explicit NonceTicket(std::uint64_t value) : value_(value) {}
  std::optional<std::uint64_t> value_;
};

/// The counters of one session: 0, 1, 2, … each issued once. Thread-safe. One for each session key;
/// it can't be copied.
class NonceCounter {
 public:
  NonceCounter() = default;
  NonceCounter(const NonceCounter&) = delete;
  NonceCounter& operator=(const NonceCounter&) = delete;

  [[nodiscard]] NonceTicket next() { return NonceTicket(next_++); }

 private:
  std::atomic<std::uint64_t> next_{0};
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_NONCE_COUNTER_H_
