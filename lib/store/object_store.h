#ifndef LIFEBOAT_STORE_OBJECT_STORE_H_
#define LIFEBOAT_STORE_OBJECT_STORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace lifeboat::store {

/// The name of an object: path segments of [a-z0-9._-] joined by '/', no empty, "." or ".."
/// segment.
class ObjectKey {
 public:
  /// Throws Error(internal) on a name of another form.
  explicit ObjectKey(std::string name);
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  friend auto operator<=>(const ObjectKey&, const ObjectKey&) = default;

 private:
  std::string name_;
};

struct ObjectInfo {
  ObjectKey key;
  std::uint64_t size_bytes = 0;
  Instant stored_at;  ///< by the store's own clock
};

/// What put() found. `exists` = an object of that name was there before; it was left as it is and
/// may or may not hold the same bytes.
enum class PutResult { created, exists };

/// A flat set of immutable named objects, created only if absent: the one thing that writers share.
/// Every call blocks, is thread-safe, and throws Error (unavailable, denied, internal) with the
/// object's name as context. tests/contract/object_store_contract.h states what each store must do.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  /// Durable when it returns. All or nothing.
  [[nodiscard]] virtual PutResult put(const ObjectKey& key, ByteView bytes) = 0;

  /// The whole object, or nothing if there is none. Throws corrupt if it is longer than the limit.
  [[nodiscard]] virtual std::optional<Bytes> get(const ObjectKey& key,
                                                 std::uint64_t limit_bytes) = 0;

  /// `count` bytes from `offset`; fewer if the object ends before. Nothing if there is no such
  /// object.
  [[nodiscard]] virtual std::optional<Bytes> get_range(const ObjectKey& key, std::uint64_t offset,
                                                       std::uint64_t count) = 0;

  [[nodiscard]] virtual std::optional<ObjectInfo> find(const ObjectKey& key) = 0;

  /// Calls `visit` for every object whose name starts with `prefix`, in bytewise order of names,
  /// from the first name > `after` (empty = from the start), until it returns false.
  virtual void list(std::string_view prefix, std::string_view after,
                    const std::function<bool(const ObjectInfo&)>& visit) = 0;

  /// Removes an object; no error if there is none.
  virtual void remove(const ObjectKey& key) = 0;

  /// For people and messages: the path or URL, without secrets.
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_OBJECT_STORE_H_
