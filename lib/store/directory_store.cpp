#include "store/directory_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "os/file.h"

namespace lifeboat::store {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

bool means_absent(int error_number) { return error_number == ENOENT || error_number == ENOTDIR; }

/// The object behind a file's status, or nothing if that file is gone or is none.
std::optional<ObjectInfo> info_of(const ObjectKey& key, const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (means_absent(errno)) return std::nullopt;
    throw os::errno_error(errno, "look at the file");
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const Instant modified(std::chrono::seconds(status.st_mtim.tv_sec) +
                         std::chrono::milliseconds(status.st_mtim.tv_nsec / 1'000'000));
  return ObjectInfo{key, static_cast<std::uint64_t>(status.st_size), modified};
}

fs::path without_last_slash(const fs::path& path) {
  const fs::path normal = path.empty() ? fs::path(".") : path.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

bool is_object_name(const std::string& file_name) {
  if (file_name.starts_with(".tmp-")) return false;
  return file_name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") ==
         std::string::npos;
}

/// One call of list(): goes through the folders in the order of the full names.
class Walk {
 public:
  Walk(const fs::path& root, std::string_view prefix, std::string_view after,
       const std::function<bool(const ObjectInfo&)>& visit)
      : root_(root), prefix_(prefix), after_(after), visit_(visit) {}

  /// `folder` is empty or ends in '/'. Returns false once `visit` has.
  bool go_through(const std::string& folder) {
    for (const std::string& entry : entries_of(folder)) {
      const std::string name = folder + entry;
      const bool go_on = entry.back() == '/' ? !wanted_folder(name) || go_through(name)
                                             : !wanted_file(name) || show(name);
      if (!go_on) return false;
    }
    return true;
  }

 private:
  /// Sorted. A folder's name carries its '/', so that it takes its place among the full names:
  /// "a-b", "a.b", "a/", "a0".
  std::vector<std::string> entries_of(const std::string& folder) const {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator at(root_ / folder, failure), end; !failure && at != end;
         at.increment(failure)) {
      std::string name = at->path().filename().string();
      if (!is_object_name(name)) continue;
      std::error_code gone;
      if (at->is_directory(gone)) name.push_back('/');
      names.push_back(std::move(name));
    }
    if (failure && !means_absent(failure.value())) {
      throw os::errno_error(failure.value(), "list " + (root_ / folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  [[nodiscard]] bool wanted_folder(std::string_view name) const {
    const bool may_match = name.starts_with(prefix_) || prefix_.starts_with(name);
    return may_match && (name > after_ || after_.starts_with(name));
  }

  [[nodiscard]] bool wanted_file(std::string_view name) const {
    return name.starts_with(prefix_) && name > after_;
  }

  [[nodiscard]] bool show(const std::string& name) const {
    const auto info = with_context(name, [&] { return info_of(ObjectKey(name), root_ / name); });
    return !info || visit_(*info);
  }

  const fs::path& root_;
  std::string_view prefix_;
  std::string_view after_;
  const std::function<bool(const ObjectInfo&)>& visit_;
};

}  // namespace

DirectoryStore::DirectoryStore(const fs::path& root) : root_(without_last_slash(root)) {}

fs::path DirectoryStore::path_of(const ObjectKey& key) const { return root_ / key.name(); }

os::UniqueFd DirectoryStore::open(const ObjectKey& key) const {
  os::UniqueFd fd(::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && !means_absent(errno)) throw os::errno_error(errno, "open the file");
  struct stat status {};
  if (fd && (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))) fd.reset();
  return fd;
}

void DirectoryStore::make_folder(const fs::path& folder) {
  if (durable_folders_.contains(folder)) return;
  struct stat status {};
  const bool below_root = folder.native().size() > root_.native().size();
  if (below_root || ::stat(folder.c_str(), &status) != 0) {
    const fs::path parent = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
    make_folder(parent);
    if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      throw os::errno_error(errno, "create " + folder.string());
    }
    // Also when it stood: whoever made it may not have come to this line yet.
    os::sync_directory(parent);
  }
  durable_folders_.insert(folder);
}

PutResult DirectoryStore::put(const ObjectKey& key, ByteView bytes) {
  // No context: what fails here names its path.
  const fs::path path = path_of(key);
  {
    const std::lock_guard lock(mutex_);
    make_folder(path.parent_path());
  }
  const auto result = os::create_file(path, bytes, kFileMode);
  return result == os::CreateResult::created ? PutResult::created : PutResult::exists;
}

std::optional<Bytes> DirectoryStore::get(const ObjectKey& key, std::uint64_t limit_bytes) {
  return with_context(key.name(), [&]() -> std::optional<Bytes> {
    const os::UniqueFd fd = open(key);
    if (!fd) return std::nullopt;
    // One byte more than allowed shows that it is too long.
    const std::uint64_t count = limit_bytes == UINT64_MAX ? limit_bytes : limit_bytes + 1;
    Bytes bytes = os::read_range(fd.get(), 0, count);
    if (bytes.size() > limit_bytes) {
      throw Error(ErrorKind::corrupt,
                  "longer than the " + std::to_string(limit_bytes) + " bytes allowed");
    }
    return bytes;
  });
}

std::optional<Bytes> DirectoryStore::get_range(const ObjectKey& key, std::uint64_t offset,
                                               std::uint64_t count) {
  return with_context(key.name(), [&]() -> std::optional<Bytes> {
    const os::UniqueFd fd = open(key);
    if (!fd) return std::nullopt;
    return os::read_range(fd.get(), offset, count);
  });
}

std::optional<ObjectInfo> DirectoryStore::find(const ObjectKey& key) {
  return with_context(key.name(), [&] { return info_of(key, path_of(key)); });
}

void DirectoryStore::list(std::string_view prefix, std::string_view after,
                          const std::function<bool(const ObjectInfo&)>& visit) {
  // Begins in the folder that the prefix names: nothing outside can match.
  const auto slash = prefix.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : prefix.substr(0, slash + 1));
  Walk(root_, prefix, after, visit).go_through(folder);
}

void DirectoryStore::remove(const ObjectKey& key) {
  with_context(key.name(), [&] {
    if (::unlink(path_of(key).c_str()) != 0 && !means_absent(errno)) {
      throw os::errno_error(errno, "remove the file");
    }
  });
}

}  // namespace lifeboat::store
