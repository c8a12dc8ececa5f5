#ifndef LIFEBOAT_OS_FILE_H_
#define LIFEBOAT_OS_FILE_H_

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "os/unique_fd.h"

namespace lifeboat::os {

/// Turns an errno into an Error with the kind that fits: ENOENT not_found, EACCES, EPERM and EROFS
/// denied, ENOSPC and EDQUOT unavailable with a hint about space, everything else internal.
[[nodiscard]] Error errno_error(int error_number, const std::string& doing);

/// Opens an existing file for reading. Throws not_found, denied.
[[nodiscard]] UniqueFd open_for_reading(const std::filesystem::path& path);

/// Reads a whole file of at most `limit_bytes` bytes. Throws not_found, denied, corrupt (longer).
[[nodiscard]] Bytes read_file(const std::filesystem::path& path, std::uint64_t limit_bytes);

/// Reads up to `count` bytes from `offset`; fewer only at the end of the file.
[[nodiscard]] Bytes read_range(int fd, std::uint64_t offset, std::uint64_t count);

void write_all(int fd, ByteView bytes);
void sync(int fd);
/// Makes the names in a directory durable.
void sync_directory(const std::filesystem::path& directory);

enum class CreateResult { created, exists };

/// Creates `path` with these bytes and mode if no such file exists, all or nothing, durably:
/// temporary name in the same folder, fsync, link (which never replaces), fsync of the folder.
/// A crash leaves at most a file whose name starts with ".tmp-". The folder must exist.
/// Throws denied, unavailable (no space: the temporary file is removed).
[[nodiscard]] CreateResult create_file(const std::filesystem::path& path, ByteView bytes,
                                       unsigned mode);

/// Last modification, by the file system's clock.
[[nodiscard]] Instant modified_at(const std::filesystem::path& path);

/// Bytes that an unprivileged process may still write to the file system of `path`.
[[nodiscard]] std::uint64_t free_bytes(const std::filesystem::path& path);

/// A directory of one's own (mode 0700) under `parent`, removed with all it holds at the end.
class TempDir {
 public:
  explicit TempDir(const std::filesystem::path& parent, const std::string& prefix);
  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempDir& operator=(TempDir&&) = delete;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace lifeboat::os

#endif  // LIFEBOAT_OS_FILE_H_
