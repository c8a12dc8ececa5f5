#ifndef LIFEBOAT_VAULT_FLUSHES_H_
#define LIFEBOAT_VAULT_FLUSHES_H_

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "vault/condemned.h"
#include "vault/index.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// What earlier runs of this writer stored and never committed, as their flushes tell
/// (docs/format/vault.md §10.1), and what of it the present run uses. A flush that can't be trusted
/// is passed over with a warning.
///
/// Memory: 77 bytes an entry, at most 2^20 of them; of more the youngest flushes are used.
/// Thread-safe after construction; `vault` must outlive it.
class Flushes {
 public:
  /// Lists the index segments of the current generation once; reads the first bytes of those that
  /// are young enough, and the flushes among them whole. `head` is the writer's newest record. What
  /// is condemned is passed over. Throws what the store throws.
  Flushes(const Vault& vault, const std::optional<SnapshotRecord>& head,
          const Condemned& condemned = {});

  /// Whether such a blob lies in the store; if so, it counts as used from now on. Asks the store
  /// once for each pack. Throws what the store throws.
  [[nodiscard]] bool claim(const BlobId& id);

  /// Adds the used entries to the index of the run that uses them. Calls `full` after each flush.
  template <typename AfterEach>
  void add_claimed(IndexSegmentBuilder& to, AfterEach&& after_each) const {
    const std::lock_guard lock(mutex_);
    for (const Flush& flush : flushes_) {
      if (flush.claimed == 0) continue;
      to.add(flush.segment, flush.chosen);
      after_each();
    }
  }

  /// The sessions of the used entries, each once.
  [[nodiscard]] std::vector<SessionRef> sessions() const;
  /// Stored bytes of the used blobs.
  [[nodiscard]] std::uint64_t claimed_bytes() const;
  /// Why a flush or a pack was passed over; each is told once.
  [[nodiscard]] std::vector<std::string> take_warnings();

 private:
  enum class PackState : std::uint8_t { unknown, there, unusable };
  struct Flush {
    SessionRef session;
    IndexSegment segment;
    std::vector<PackState> packs;
    std::vector<bool> chosen;  ///< of the entries
    std::size_t claimed = 0;
  };
  /// An entry under the first bytes of its id.
  struct Place {
    std::uint64_t id_prefix = 0;
    std::uint32_t flush = 0;
    std::uint32_t entry = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  void load(const SegmentRef& ref, const FlushMark& expected, const Condemned& condemned);
  [[nodiscard]] bool is_usable(Flush& flush, const IndexSegment::Entry& entry);

  const Vault& vault_;
  mutable std::mutex mutex_;
  std::vector<Flush> flushes_;
  std::vector<Place> places_;  ///< in order
  std::uint64_t claimed_bytes_ = 0;
  std::vector<std::string> warnings_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_FLUSHES_H_
