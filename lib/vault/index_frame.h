#ifndef LIFEBOAT_VAULT_INDEX_FRAME_H_
#define LIFEBOAT_VAULT_INDEX_FRAME_H_

#include <optional>

#include "base/bytes.h"
#include "seal/sodium.h"
#include "vault/keyring.h"
#include "vault/types.h"

/// The stored object around an index segment's plaintext: docs/format/vault.md §10. A segment may
/// take 80 MiB, so it is sealed, signed and opened where it lies.
namespace lifeboat::vault {

/// What makes a segment a flush of a session that is not committed: §10.1.
struct FlushMark {
  SessionId session;
  std::uint32_t ordinal = 0;
  ObjectHash header_hash;
};

/// The first bytes of a stored segment, enough for its public fields.
inline constexpr std::uint64_t kSegmentFrontBytes = 512;
/// The mark and the writer of a segment, from its first bytes alone, unverified. Nothing if it is
/// no flush or no segment.
struct FlushFront {
  KeyId writer;
  FlushMark mark;
};
[[nodiscard]] std::optional<FlushFront> read_flush_front(ByteView first_bytes);

/// A segment that is being written: its plaintext is appended, then finish() makes the object of
/// it.
class SegmentFrame {
 public:
  /// `most_plain_bytes` = an upper bound of the plaintext, reserved at once. `writer` and `keys`
  /// must outlive this.
  SegmentFrame(const VaultId& vault, Generation generation, std::uint8_t level,
               const seal::SigningKey& writer, const IndexKeys& keys, std::size_t most_plain_bytes,
               const std::optional<FlushMark>& flush = {});

  template <typename Integer>
  SegmentFrame& put(Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
    return *this;
  }
  SegmentFrame& put_bytes(ByteView bytes) {
    append(bytes_, bytes);
    return *this;
  }
  /// Where the next byte of plaintext goes, for overwrite().
  [[nodiscard]] std::size_t position() const noexcept { return bytes_.size(); }
  void overwrite(std::size_t position, std::uint32_t value);

  /// The stored form. Call once.
  [[nodiscard]] Bytes finish();

 private:
  VaultId vault_;
  Generation generation_;
  const seal::SigningKey& writer_;
  const IndexKeys& keys_;
  Bytes public_fields_;
  seal::Nonce nonce_{};
  std::size_t prefix_bytes_ = 0;  // what is signed in front of the object
  std::size_t plain_at_ = 0;
  Bytes bytes_;
};

/// A stored segment whose signature and seal fit.
struct OpenedSegment {
  Generation generation = 0;
  std::uint8_t level = 0;
  std::optional<FlushMark> flush;  ///< set if it is one
  Bytes bytes;  ///< the whole object, with the plaintext where the ciphertext was
  std::size_t plain_at = 0;
  std::size_t plain_bytes = 0;
};
/// Throws corrupt. Memory: twice the object while its signature is verified.
[[nodiscard]] OpenedSegment open_segment(Bytes stored, const VaultId& vault,
                                         const ByteArray<32>& writer_key, const IndexKeys& keys);

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_INDEX_FRAME_H_
