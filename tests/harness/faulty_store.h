#ifndef LIFEBOAT_TESTS_HARNESS_FAULTY_STORE_H_
#define LIFEBOAT_TESTS_HARNESS_FAULTY_STORE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"
#include "store/object_store.h"

namespace lifeboat::harness {

enum class StoreOperation { put, get, get_range, find, list, remove };

/// An ObjectStore that goes wrong as told; everything else it passes on to `below`, which must
/// outlive it. Thread-safe; operations are counted from 1 in the order in which they begin.
class FaultyStore final : public store::ObjectStore {
 public:
  /// Called on the operation's own thread, with the object's name or the list's prefix. May throw,
  /// or end the process: "before" stands for a crash that left nothing of this operation, "after"
  /// for one whose answer was lost.
  using Callback = std::function<void(StoreOperation, const std::string& name)>;

  explicit FaultyStore(store::ObjectStore& below) : below_(below) {}

  /// Operations that have begun.
  [[nodiscard]] std::uint64_t operations() const;
  /// Operation number `nth` throws `error` and does nothing.
  void fail_at(std::uint64_t nth, Error error);
  /// Every put() that would create an object throws unavailable, as a full disk does.
  void set_full(bool full);
  /// get() and get_range() show this object as if it ended after `size_bytes` bytes.
  void truncate(const store::ObjectKey& key, std::uint64_t size_bytes);
  /// get() and get_range() show this object with one bit of the byte at `offset` turned over.
  void flip(const store::ObjectKey& key, std::uint64_t offset);
  void call_before(Callback callback);
  void call_after(Callback callback);

  [[nodiscard]] store::PutResult put(const store::ObjectKey& key, ByteView bytes) override;
  [[nodiscard]] std::optional<Bytes> get(const store::ObjectKey& key,
                                         std::uint64_t limit_bytes) override;
  [[nodiscard]] std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override;
  [[nodiscard]] std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override;
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const store::ObjectInfo&)>& visit) override;
  void remove(const store::ObjectKey& key) override;
  [[nodiscard]] std::string describe() const override { return below_.describe(); }

 private:
  struct Damage {
    std::optional<std::uint64_t> size_bytes;
    std::optional<std::uint64_t> flipped_at;
  };

  void begin(StoreOperation operation, const std::string& name);
  void end(StoreOperation operation, const std::string& name);
  [[nodiscard]] Damage damage_of(const store::ObjectKey& key) const;

  store::ObjectStore& below_;
  mutable std::mutex mutex_;
  std::uint64_t operations_ = 0;
  std::map<std::uint64_t, Error> failures_;
  std::map<store::ObjectKey, Damage> damaged_;
  Callback before_;
  Callback after_;
  bool full_ = false;
};

}  // namespace lifeboat::harness

#endif  // LIFEBOAT_TESTS_HARNESS_FAULTY_STORE_H_
