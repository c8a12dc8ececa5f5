#include "vault/session_writer.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/segment_rewrite.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kPackBytes = 16 * kMiB;
constexpr std::size_t kLeastPackBytes = 4 * kMiB;
constexpr std::size_t kAllPacksBytes = 80 * kMiB;
constexpr std::size_t kPacksOnTheirWay = 2;
/// The blob that fills a pack may be of 4 MiB, the padding takes up to an eighth.
constexpr std::size_t kBufferBytes = kPackBytes + kPackBytes / 8 + 4 * kMiB;
constexpr std::size_t kSegmentEntries = std::size_t{1} << 17U;

std::size_t pack_target(int lanes) {
  const auto open = static_cast<std::size_t>(std::max(lanes, 1)) + 1 + kPacksOnTheirWay;
  return std::clamp(kAllPacksBytes / open, kLeastPackBytes, kPackBytes);
}

WriterKeys own_writer_keys(const Vault& vault) {
  vault.require_role(Role::writer, "taking a snapshot");
  auto keys = vault.keyring().writer_keys(vault.generation(), vault.self_id());
  if (!keys) throw Error(ErrorKind::denied, "trust seals no key to this writer");
  return *keys;
}

IndexKeys own_index_keys(const Vault& vault) {
  auto keys = vault.keyring().index_keys(vault.generation(), vault.self_id());
  if (!keys) throw Error(ErrorKind::denied, "trust seals no index key to this writer");
  return *keys;
}

}  // namespace

struct SessionWriter::Lane::State {
  State(const BlobContext& context, ByteView header, Bytes buffer)
      : sealer(context), pack(ObjectType::data_pack, context, header, std::move(buffer)) {}
  BlobSealer sealer;
  PackBuilder pack;
};

SessionWriter::SessionWriter(const Vault& vault, const BaseIndex& base, Flushes& left,
                             const Clock& clock, int lanes)
    : vault_(vault),
      base_(base),
      left_(left),
      writer_keys_(own_writer_keys(vault)),
      index_keys_(own_index_keys(vault)),
      session_(start_session(vault.state(), vault.self_id(), clock.now())),
      header_hash_{seal::sha256(session_.stored)},
      context_{.vault = vault.id(),
               .generation = vault.generation(),
               .session = session_.header.id,
               .writer = vault.self_id()},
      pack_target_bytes_(pack_target(lanes)),
      meta_sealer_(context_),
      meta_(ObjectType::meta_pack, context_, session_.stored),
      flushes_(vault, index_keys_, ref(), clock) {
  const auto key = names::session(context_.generation, context_.session);
  if (vault.store().put(key, session_.stored) == store::PutResult::exists) {
    throw Error(ErrorKind::internal, "a session id was drawn twice");
  }
  stored_bytes_ += session_.stored.size();
  const auto info = vault.store().find(key);
  if (!info) throw Error(ErrorKind::unavailable, "the store lost what it just took: " + key.name());
  store_time_ = info->stored_at;
  uploader_ = std::jthread([this] { upload_loop(); });
}

SessionWriter::~SessionWriter() {
  outbox_.fail(std::make_exception_ptr(Error(ErrorKind::cancelled, "the session was abandoned")));
}

SessionRef SessionWriter::ref() const {
  return {.generation = context_.generation, .id = context_.session, .header_hash = header_hash_};
}

std::vector<SessionRef> SessionWriter::sessions() const {
  std::vector<SessionRef> all = left_.sessions();
  all.insert(all.begin(), ref());
  return all;
}

bool SessionWriter::claim(const BlobId& id) {
  if (base_.claim(id) || left_.claim(id)) return false;
  const std::lock_guard lock(known_mutex_);
  return known_.insert(id);
}

SessionWriter::Lane::Lane(SessionWriter& session) : session_(session) {
  {
    const std::lock_guard lock(session.lanes_mutex_);
    ++session.open_lanes_;
    if (!session.idle_lanes_.empty()) {
      state_ = std::move(session.idle_lanes_.back());
      session.idle_lanes_.pop_back();
    }
  }
  if (state_) return;
  state_ =
      std::make_unique<State>(session.context_, session.session_.stored, session.take_buffer());
}

SessionWriter::Lane::~Lane() {
  const std::lock_guard lock(session_.lanes_mutex_);
  --session_.open_lanes_;
  session_.idle_lanes_.push_back(std::move(state_));
}

BlobId SessionWriter::Lane::store_chunk(ByteView plaintext) {
  const BlobId id = chunk_id(session_.writer_keys_, plaintext);
  if (session_.claim(id)) store(BlobKind::chunk, id, plaintext);
  return id;
}

BlobId SessionWriter::Lane::store_bundle(ByteView plaintext) {
  const BlobId id = private_id(session_.session_.keys, BlobKind::bundle, plaintext);
  if (session_.claim(id)) store(BlobKind::bundle, id, plaintext);
  return id;
}

void SessionWriter::Lane::store(BlobKind kind, const BlobId& id, ByteView plaintext) {
  const BlobPlace place = state_->sealer.seal(
      session_.session_.keys, kind, id, session_.nonces_.next(), plaintext, state_->pack.tail());
  state_->pack.added(id, place);
  if (state_->pack.size_bytes() >= session_.pack_target_bytes_) {
    session_.send(state_->pack.finish(session_.index_keys_, session_.take_buffer()));
  }
}

BlobId SessionWriter::store_private(BlobKind kind, ByteView plaintext) {
  const BlobId id = private_id(session_.keys, kind, plaintext);
  if (!claim(id)) return id;
  const std::lock_guard lock(meta_mutex_);
  meta_.added(id,
              meta_sealer_.seal(session_.keys, kind, id, nonces_.next(), plaintext, meta_.tail()));
  seal_meta_if_full();
  return id;
}

BlobId SessionWriter::store_list(ByteView plaintext) {
  const BlobId id = list_id(index_keys_, plaintext);
  if (!claim(id)) return id;
  const std::lock_guard lock(meta_mutex_);
  meta_.added(id, meta_sealer_.seal_list(index_keys_, id, plaintext, meta_.tail()));
  seal_meta_if_full();
  return id;
}

void SessionWriter::seal_meta_if_full() {
  if (meta_.size_bytes() >= pack_target_bytes_) send(meta_.finish(index_keys_, take_buffer()));
}

Bytes SessionWriter::take_buffer() {
  const std::lock_guard lock(buffers_mutex_);
  Bytes buffer;
  if (buffers_.empty()) {
    buffer.reserve(kBufferBytes);
  } else {
    buffer = std::move(buffers_.back());
    buffers_.pop_back();
  }
  return buffer;
}

void SessionWriter::give_back(Bytes buffer) {
  const std::lock_guard lock(buffers_mutex_);
  buffers_.push_back(std::move(buffer));
}

void SessionWriter::send(Pack pack) { outbox_.push(std::move(pack)); }

void SessionWriter::upload_loop() {
  try {
    while (auto pack = outbox_.pop()) {
      upload(*pack);
      give_back(std::move(pack->bytes));
    }
  } catch (...) {
    outbox_.fail(std::current_exception());
  }
}

void SessionWriter::upload(const Pack& pack) {
  const auto key = names::pack(pack.type, context_.generation, pack.hash);
  // A name that is a hash of the bytes needs no comparison when it exists.
  static_cast<void>(vault_.store().put(key, pack.bytes));
  stored_bytes_ += pack.bytes.size();
  index_.add(context_.session, pack);
  flushes_.stored(pack);
  if (flushes_.is_due()) stored_bytes_ += flushes_.flush();
  if (index_.size() >= kSegmentEntries) store_segment();
}

void SessionWriter::store_segment() {
  const Bytes stored =
      index_.encode(vault_.id(), context_.generation, 0, vault_.self().signing_key(), index_keys_);
  segments_.push_back(vault::store_segment(vault_, context_.generation, stored));
  stored_bytes_ += stored.size();
  index_ = {};
}

void SessionWriter::lane_ended() {
  std::unique_ptr<Lane::State> lane;
  {
    const std::lock_guard lock(lanes_mutex_);
    if (idle_lanes_.empty()) return;
    lane = std::move(idle_lanes_.back());
    idle_lanes_.pop_back();
  }
  if (!lane->pack.empty()) send(lane->pack.finish(index_keys_));
}

std::vector<SegmentRef> SessionWriter::finish() {
  // Its pack would be missing from the store, and a record would name it.
  if (open_lanes_ != 0) throw Error(ErrorKind::internal, "a range is still being written");
  while (!idle_lanes_.empty()) lane_ended();
  if (!meta_.empty()) send(meta_.finish(index_keys_));
  outbox_.close();
  uploader_.join();
  // Rethrows what ended the upload thread; a pipe that ran dry says nothing.
  static_cast<void>(outbox_.pop());
  left_.add_claimed(index_, [this] {
    if (index_.size() >= kSegmentEntries) store_segment();
  });
  if (!index_.empty()) store_segment();
  // What follows is the merge of the index, which needs the memory.
  buffers_ = {};
  known_ = {};
  return segments_;
}

SessionWriter::Kept SessionWriter::suspend() noexcept {
  Kept kept;
  const auto trying = [&](auto&& work) {
    try {
      work();
    } catch (const std::exception& error) {
      if (kept.failure.empty()) kept.failure = error.what();
    }
  };
  outbox_.close();
  if (uploader_.joinable()) uploader_.join();
  trying([&] { keep_open_packs(); });
  // Even if a pack could not be stored: what came before it is in the store.
  trying([&] { stored_bytes_ += flushes_.flush(); });
  kept.bytes = flushes_.kept_bytes() + left_.claimed_bytes();
  return kept;
}

void SessionWriter::keep_open_packs() {
  const std::lock_guard lock(lanes_mutex_);
  for (const auto& lane : idle_lanes_) {
    if (!lane->pack.empty()) keep(lane->pack.finish(index_keys_));
  }
  idle_lanes_.clear();
  const std::lock_guard meta_lock(meta_mutex_);
  if (!meta_.empty()) keep(meta_.finish(index_keys_));
}

void SessionWriter::keep(Pack pack) {
  if (FlushWriter::is_worth_keeping(pack)) upload(pack);
}

}  // namespace lifeboat::vault
