#include "store/memory_store.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace lifeboat::store {

PutResult MemoryStore::put(const ObjectKey& key, ByteView bytes) {
  const std::lock_guard lock(mutex_);
  const bool created =
      objects_.try_emplace(key.name(), Object{Bytes(bytes.begin(), bytes.end()), clock_.now()})
          .second;
  return created ? PutResult::created : PutResult::exists;
}

std::optional<Bytes> MemoryStore::get(const ObjectKey& key, std::uint64_t limit_bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key.name());
  if (found == objects_.end()) return std::nullopt;
  if (found->second.bytes.size() > limit_bytes) {
    throw Error(ErrorKind::corrupt,
                key.name() + ": longer than the " + std::to_string(limit_bytes) + " bytes allowed");
  }
  return found->second.bytes;
}

std::optional<Bytes> MemoryStore::get_range(const ObjectKey& key, std::uint64_t offset,
                                            std::uint64_t count) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key.name());
  if (found == objects_.end()) return std::nullopt;
  const ByteView all(found->second.bytes);
  if (offset >= all.size()) return Bytes{};
  const ByteView part = all.subspan(offset, std::min<std::uint64_t>(count, all.size() - offset));
  return Bytes(part.begin(), part.end());
}

std::optional<ObjectInfo> MemoryStore::find(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find(key.name());
  if (found == objects_.end()) return std::nullopt;
  return ObjectInfo{key, found->second.bytes.size(), found->second.stored_at};
}

void MemoryStore::list(std::string_view prefix, std::string_view after,
                       const std::function<bool(const ObjectInfo&)>& visit) {
  std::vector<ObjectInfo> listed;
  {
    const std::lock_guard lock(mutex_);
    auto at = after < prefix ? objects_.lower_bound(prefix) : objects_.upper_bound(after);
    for (; at != objects_.end() && at->first.starts_with(prefix); ++at) {
      listed.push_back({ObjectKey(at->first), at->second.bytes.size(), at->second.stored_at});
    }
  }
  for (const ObjectInfo& info : listed) {
    if (!visit(info)) return;
  }
}

void MemoryStore::remove(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  objects_.erase(key.name());
}

}  // namespace lifeboat::store
