#ifndef LIFEBOAT_VAULT_SESSION_WRITER_H_
#define LIFEBOAT_VAULT_SESSION_WRITER_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "stream/bounded_pipe.h"
#include "vault/base_index.h"
#include "vault/blob.h"
#include "vault/blob_id_set.h"
#include "vault/flush_writer.h"
#include "vault/flushes.h"
#include "vault/index.h"
#include "vault/pack.h"
#include "vault/vault.h"

namespace lifeboat::vault {

/// One process that writes: stores the session header, then takes blobs from several threads, packs
/// them, uploads packs on a thread of its own, and collects their index.
///
/// Memory: one open pack for each Lane and one for lists and documents, two packs on their way, and
/// the index entries of the session (stored as segments every 2^17), and 18 to 37 bytes for each
/// blob it stores. A pack is 16 MiB, less with many lanes: all of them together stay within 80 MiB.
///
/// What is durable in the store is flushed as it goes (docs/format/vault.md §10.1), so that a run
/// which comes after this one broke off need not store it again.
class SessionWriter {
 public:
  /// Stores the session header. `base` tells which blobs the vault holds already, `left` what runs
  /// that broke off left in it; all of these must outlive this. `lanes` = how many lanes will be
  /// open at once.
  SessionWriter(const Vault& vault, const BaseIndex& base, Flushes& left, const Clock& clock,
                int lanes);
  /// Abandons what is not uploaded or flushed; a crash leaves the same.
  ~SessionWriter();
  SessionWriter(const SessionWriter&) = delete;
  SessionWriter& operator=(const SessionWriter&) = delete;

  /// A data pack and the buffers that one thread at a time fills. Given back by destruction.
  class Lane {
   public:
    explicit Lane(SessionWriter& session);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// A chunk: stored unless the vault has it. Returns its id.
    BlobId store_chunk(ByteView plaintext);
    BlobId store_bundle(ByteView plaintext);

   private:
    friend class SessionWriter;
    struct State;
    void store(BlobKind kind, const BlobId& id, ByteView plaintext);
    SessionWriter& session_;
    std::unique_ptr<State> state_;
  };

  /// Documents, facts and lists; thread-safe.
  BlobId store_private(BlobKind kind, ByteView plaintext);
  BlobId store_list(ByteView plaintext);

  /// One lane fewer will be open from now on: the pack of an idle one is sent. Thread-safe.
  void lane_ended();

  /// Uploads what is left and writes the index segments. Throws internal if a lane is open. Call
  /// once, last.
  [[nodiscard]] std::vector<SegmentRef> finish();

  /// What a run that can't commit leaves for the next one.
  struct Kept {
    std::uint64_t bytes = 0;  ///< the stored bytes of blobs that will not be stored again
    std::string failure;      ///< why not everything was kept, or empty
  };
  /// Uploads what packs hold, as long as that works, and flushes. Blocks for as long as 80 MiB
  /// need. No lane may be open. Call once, last, instead of or after a finish() that threw.
  [[nodiscard]] Kept suspend() noexcept;

  [[nodiscard]] SessionRef ref() const;
  /// Of this session, and of those whose blobs it uses again.
  [[nodiscard]] std::vector<SessionRef> sessions() const;
  /// Stored bytes of the blobs that earlier runs left and that this one uses.
  [[nodiscard]] std::uint64_t resumed_bytes() const { return left_.claimed_bytes(); }
  [[nodiscard]] const WriterKeys& writer_keys() const noexcept { return writer_keys_; }
  /// What this session added to the store, headers and index included.
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }
  /// When the store says the session header was stored.
  [[nodiscard]] Instant store_time() const noexcept { return store_time_; }

 private:
  /// Whether this blob must be stored now; marks it as known.
  [[nodiscard]] bool claim(const BlobId& id);
  void upload_loop();
  void upload(const Pack& pack);
  [[nodiscard]] Bytes take_buffer();
  void give_back(Bytes buffer);
  void store_segment();
  void keep_open_packs();
  void keep(Pack pack);
  void send(Pack pack);
  void seal_meta_if_full();

  const Vault& vault_;
  const BaseIndex& base_;
  Flushes& left_;
  WriterKeys writer_keys_;
  IndexKeys index_keys_;
  NewSession session_;
  ObjectHash header_hash_;
  Instant store_time_;
  BlobContext context_;
  std::size_t pack_target_bytes_;

  NonceCounter nonces_;
  std::atomic<std::uint64_t> stored_bytes_{0};

  std::mutex known_mutex_;
  BlobIdSet known_;

  std::mutex lanes_mutex_;
  std::vector<std::unique_ptr<Lane::State>> idle_lanes_;
  int open_lanes_ = 0;

  std::mutex buffers_mutex_;
  std::vector<Bytes> buffers_;  ///< of packs that are stored; a fresh one costs as much as hashing

  std::mutex meta_mutex_;
  BlobSealer meta_sealer_;
  PackBuilder meta_;

  stream::BoundedPipe<Pack> outbox_{1};
  IndexSegmentBuilder index_;         // the upload thread's alone until it is joined
  std::vector<SegmentRef> segments_;  // likewise
  FlushWriter flushes_;               // likewise
  std::jthread uploader_;
};

}  // namespace lifeboat::vault

#endif  // LIFEBOAT_VAULT_SESSION_WRITER_H_
