#ifndef LIFEBOAT_STORE_S3_STORE_H_
#define LIFEBOAT_STORE_S3_STORE_H_

#include <atomic>
#include <optional>

#include "store/object_store.h"
#include "store/s3_client.h"

namespace lifeboat::store {

/// What a store makes of `If-None-Match: *` on a PUT.
enum class ConditionalCreate {
  heeded,   ///< a name that is taken is left alone
  ignored,  ///< the object is replaced
  unknown   ///< it answers 501, and would put the object without
};

/// A bucket, or what lies below a prefix of one, of Amazon S3 or a store that speaks its protocol
/// (docs/object-stores.md). One request a call: put() is a PUT with `If-None-Match: *`, find() a
/// HEAD, list() one GET for every thousand names.
///
/// An answer may be lost after the store has acted. put() tries again then, and if the name turns
/// out to be taken, reads the object: the same bytes are taken for its own, and `created` is
/// returned. get() and list() hold what one answer holds in memory.
///
/// Beyond ObjectStore: every call stops with Error(cancelled) when `stop` is requested, and throws
/// what S3Client::send() throws. put() throws refused if the store cannot create conditionally,
/// unless look_before_creating() was called.
class S3Store final : public ObjectStore {
 public:
  /// `clock` must outlive the store: it gives the time that requests are signed for.
  S3Store(S3Settings settings, const Clock& clock, std::stop_token stop);

  [[nodiscard]] PutResult put(const ObjectKey& key, ByteView bytes) override;
  [[nodiscard]] std::optional<Bytes> get(const ObjectKey& key, std::uint64_t limit_bytes) override;
  [[nodiscard]] std::optional<Bytes> get_range(const ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override;
  [[nodiscard]] std::optional<ObjectInfo> find(const ObjectKey& key) override;
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const ObjectInfo&)>& visit) override;
  void remove(const ObjectKey& key) override;
  [[nodiscard]] std::string describe() const override;

  /// From now on put() looks for the name with a HEAD first, and sends the PUT without a condition
  /// to a store that knows none. Two writers at one time may then replace each other's object: for
  /// vaults whose names are hashed (docs/format/vault.md §2.1), where that changes nothing.
  void look_before_creating() noexcept { looks_first_ = true; }

  /// Puts that object twice, and removes it where it may. Throws what send() throws.
  [[nodiscard]] ConditionalCreate try_conditional_create(const ObjectKey& probe);

  /// Whether the bucket lets objects be locked (Object Lock). Nothing if this credential may not
  /// ask, or the store does not know the question.
  [[nodiscard]] std::optional<bool> has_object_lock();

  /// Whether this credential is refused both the deletion and the replacing of an object. Tries it
  /// on the object "probe/protection", which stays if the answer is yes. Throws denied if it may
  /// not even create that.
  [[nodiscard]] bool refuses_changes();

 private:
  [[nodiscard]] S3Answer send_put(const ObjectKey& key, ByteView bytes, bool conditional);

  S3Client client_;
  std::atomic<bool> looks_first_{false};
  std::atomic<bool> knows_conditions_{true};
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_S3_STORE_H_
