#ifndef LIFEBOAT_STORE_DIRECTORY_STORE_H_
#define LIFEBOAT_STORE_DIRECTORY_STORE_H_

#include <filesystem>
#include <mutex>
#include <set>

#include "os/unique_fd.h"
#include "store/object_store.h"

namespace lifeboat::store {

/// A directory whose files are the objects: g1/pack/ab/abcd… is the file of that name below `root`.
/// Folders (0700) and the root itself are created by put() when needed, files (0600) by
/// os::create_file(); both are durable when put() returns. A crash leaves at most a ".tmp-*" file,
/// which list() passes over, as it does everything whose name is no object's name.
///
/// Several processes may use one directory at once; nothing is locked. Holds no descriptor between
/// calls. list() keeps the names of one folder a level in memory; `visit` may use the store, and
/// may or may not see what is put meanwhile. An object cannot have the name of another's folder.
/// remove() is not made durable: after a power cut a removed object may stand again.
class DirectoryStore final : public ObjectStore {
 public:
  explicit DirectoryStore(const std::filesystem::path& root);

  [[nodiscard]] PutResult put(const ObjectKey& key, ByteView bytes) override;
  [[nodiscard]] std::optional<Bytes> get(const ObjectKey& key, std::uint64_t limit_bytes) override;
  [[nodiscard]] std::optional<Bytes> get_range(const ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) override;
  [[nodiscard]] std::optional<ObjectInfo> find(const ObjectKey& key) override;
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const ObjectInfo&)>& visit) override;
  void remove(const ObjectKey& key) override;
  [[nodiscard]] std::string describe() const override { return root_.string(); }

 private:
  [[nodiscard]] std::filesystem::path path_of(const ObjectKey& key) const;
  /// The object's file, or an empty descriptor if there is none.
  [[nodiscard]] os::UniqueFd open(const ObjectKey& key) const;
  void make_folder(const std::filesystem::path& folder);

  const std::filesystem::path root_;
  std::mutex mutex_;
  std::set<std::filesystem::path> durable_folders_;
};

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_DIRECTORY_STORE_H_
