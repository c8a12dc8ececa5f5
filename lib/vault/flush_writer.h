#ifndef LIFEBOAT_VAULT_FLUSH_WRITER_H_
#define LIFEBOAT_VAULT_FLUSH_WRITER_H_

#include <atomic>

#include "base/clock.h"
#include "vault/index.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// Writes down, while a session is not committed, what a later run of the same writer need not
/// store again: docs/format/vault.md §10.1. One thread at a time, but for kept_bytes().
/// Memory: the index entries of 64 MiB. `vault` and `clock` must outlive it.
class FlushWriter {
 public:
  FlushWriter(const Vault& vault, const IndexKeys& keys, const SessionRef& session,
              const Clock& clock);

  /// Whether a later run could use anything of this pack.
  [[nodiscard]] static bool is_worth_keeping(const Pack& pack);

  /// Takes note of a pack that is durable in the store.
  void stored(const Pack& pack);
  /// Whether 64 MiB or 60 s have passed since the last flush, with something new to tell.
  [[nodiscard]] bool is_due() const;
  /// Stores a segment for what came since the last one, if anything; returns its stored length.
  /// After an Error all of that is still to be flushed.
  std::uint64_t flush();

  /// Stored bytes of the blobs that flushes hold so far. Thread-safe.
  [[nodiscard]] std::uint64_t kept_bytes() const noexcept { return kept_bytes_; }

 private:
  const Vault& vault_;
  const Clock& clock_;
  IndexKeys keys_;
  FlushMark next_;
  IndexSegmentBuilder pending_;
  std::uint64_t pack_bytes_ = 0;     ///< of the packs since the last flush
  std::uint64_t pending_bytes_ = 0;  ///< of the blobs in pending_
  Instant flushed_at_;
  std::atomic<std::uint64_t> kept_bytes_{0};
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_FLUSH_WRITER_H_
