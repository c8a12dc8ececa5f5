#include "harness/faulty_store.h"

#include <algorithm>
#include <utility>

namespace lifeboat::harness {

using store::ObjectInfo;
using store::ObjectKey;
using store::PutResult;

std::uint64_t FaultyStore::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void FaultyStore::fail_at(std::uint64_t nth, Error error) {
  const std::lock_guard lock(mutex_);
  failures_.insert_or_assign(nth, std::move(error));
}

void FaultyStore::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

void FaultyStore::truncate(const ObjectKey& key, std::uint64_t size_bytes) {
  const std::lock_guard lock(mutex_);
  damaged_[key].size_bytes = size_bytes;
}

void FaultyStore::flip(const ObjectKey& key, std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  damaged_[key].flipped_at = offset;
}

void FaultyStore::call_before(Callback callback) {
  const std::lock_guard lock(mutex_);
  before_ = std::move(callback);
}

void FaultyStore::call_after(Callback callback) {
  const std::lock_guard lock(mutex_);
  after_ = std::move(callback);
}

void FaultyStore::begin(StoreOperation operation, const std::string& name) {
  Callback callback;
  std::optional<Error> failure;
  {
    const std::lock_guard lock(mutex_);
    ++operations_;
    callback = before_;
    const auto found = failures_.find(operations_);
    if (found != failures_.end()) failure = found->second;
  }
  if (callback) callback(operation, name);
  if (failure) throw Error(*failure).add_context(name);
}

void FaultyStore::end(StoreOperation operation, const std::string& name) {
  Callback callback;
  {
    const std::lock_guard lock(mutex_);
    callback = after_;
  }
  if (callback) callback(operation, name);
}

FaultyStore::Damage FaultyStore::damage_of(const ObjectKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = damaged_.find(key);
  return found == damaged_.end() ? Damage{} : found->second;
}

PutResult FaultyStore::put(const ObjectKey& key, ByteView bytes) {
  begin(StoreOperation::put, key.name());
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    full = full_;
  }
  if (full && !below_.find(key)) {
    throw Error(ErrorKind::unavailable, key.name() + ": write: no space left on device",
                "free some space and run the same command again");
  }
  const PutResult result = below_.put(key, bytes);
  end(StoreOperation::put, key.name());
  return result;
}

std::optional<Bytes> FaultyStore::get(const ObjectKey& key, std::uint64_t limit_bytes) {
  begin(StoreOperation::get, key.name());
  auto bytes = below_.get(key, limit_bytes);
  const Damage damage = damage_of(key);
  if (bytes && damage.size_bytes)
    bytes->resize(std::min<std::uint64_t>(bytes->size(), *damage.size_bytes));
  if (bytes && damage.flipped_at && *damage.flipped_at < bytes->size()) {
    (*bytes)[*damage.flipped_at] ^= 1U;
  }
  end(StoreOperation::get, key.name());
  return bytes;
}

std::optional<Bytes> FaultyStore::get_range(const ObjectKey& key, std::uint64_t offset,
                                            std::uint64_t count) {
  begin(StoreOperation::get_range, key.name());
  const Damage damage = damage_of(key);
  if (damage.size_bytes) {
    count = offset >= *damage.size_bytes ? 0 : std::min(count, *damage.size_bytes - offset);
  }
  auto bytes = below_.get_range(key, offset, count);
  if (bytes && damage.flipped_at && *damage.flipped_at >= offset &&
      *damage.flipped_at - offset < bytes->size()) {
    (*bytes)[*damage.flipped_at - offset] ^= 1U;
  }
  end(StoreOperation::get_range, key.name());
  return bytes;
}

std::optional<ObjectInfo> FaultyStore::find(const ObjectKey& key) {
  begin(StoreOperation::find, key.name());
  auto info = below_.find(key);
  end(StoreOperation::find, key.name());
  return info;
}

void FaultyStore::list(std::string_view prefix, std::string_view after,
                       const std::function<bool(const ObjectInfo&)>& visit) {
  begin(StoreOperation::list, std::string(prefix));
  below_.list(prefix, after, visit);
  end(StoreOperation::list, std::string(prefix));
}

void FaultyStore::remove(const ObjectKey& key) {
  begin(StoreOperation::remove, key.name());
  below_.remove(key);
  end(StoreOperation::remove, key.name());
}

}  // namespace lifeboat::harness
