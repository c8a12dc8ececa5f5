#ifndef LIFEBOAT_TESTS_MODEL_MODEL_STORES_H_
#define LIFEBOAT_TESTS_MODEL_MODEL_STORES_H_

#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "model/turns.h"
#include "store/object_store.h"

namespace lifeboat::model {

/// A store that tells the time of a clock instead of its own: what is stored in a directory or a
/// bucket takes days in a moment. `below` and `clock` must outlive it.
class ClockedStore final : public store::ObjectStore {
 public:
  ClockedStore(store::ObjectStore& below, const Clock& clock) : below_(below), clock_(clock) {}

  [[nodiscard]] store::PutResult put(const store::ObjectKey& key, ByteView bytes) override;
  [[nodiscard]] std::optional<Bytes> get(const store::ObjectKey& key,
                                         std::uint64_t limit_bytes) override {
    return below_.get(key, limit_bytes);
  }
  [[nodiscard]] std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override {
    return below_.get_range(key, offset, count);
  }
  [[nodiscard]] std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override;
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const store::ObjectInfo&)>& visit) override;
  void remove(const store::ObjectKey& key) override { below_.remove(key); }
  [[nodiscard]] std::string describe() const override { return below_.describe(); }

 private:
  [[nodiscard]] store::ObjectInfo with_time(store::ObjectInfo info);

  store::ObjectStore& below_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Instant> stored_at_;
};

/// The store as one actor sees it: each call waits for its turn, and may be its last.
class TurnStore final : public store::ObjectStore {
 public:
  TurnStore(store::ObjectStore& below, Turns::Actor& actor) : below_(below), actor_(actor) {}

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
  /// Waits, does it, and tells of it as its fate wants.
  template <typename Step>
  auto take(const std::string& name, Step&& step);

  store::ObjectStore& below_;
  Turns::Actor& actor_;
};

}  // namespace lifeboat::model

#endif  // LIFEBOAT_TESTS_MODEL_MODEL_STORES_H_
