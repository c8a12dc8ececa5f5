#ifndef LIFEBOAT_STORE_MEMORY_STORE_H_
#define LIFEBOAT_STORE_MEMORY_STORE_H_

#include <map>
#include <mutex>
#include <string>

#include "store/object_store.h"

namespace lifeboat::store {

/// Objects in this process's memory, for tests and rehearsals. Keeps every object whole, so its
/// memory is that of all objects together. `clock` gives stored_at and must outlive the store.
class MemoryStore final : public ObjectStore {
 public:
  explicit MemoryStore(const Clock& clock) : clock_(clock) {}

  [[nodiscard]] PutResult put(const ObjectKey& key, ByteView bytes) override;
  [[nodiscard]] std::optional<Bytes> get(const ObjectKey& key, std::uint64_t limit_bytes) override;
  [[nodiscard]] std::optional<Bytes> get_range(const ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override;
  [[nodiscard]] std::optional<ObjectInfo> find(const ObjectKey& key) override;
  /// Visits the objects that stood when it was called; `visit` may use the store.
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const ObjectInfo&)>& visit) override;
  void remove(const ObjectKey& key) override;
  [[nodiscard]] std::string describe() const override { return "memory"; }

 private:
  struct Object {
    Bytes bytes;
    Instant stored_at;
  };

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Object, std::less<>> objects_;
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_MEMORY_STORE_H_
