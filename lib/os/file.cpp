#include "os/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace lifeboat::os {
namespace {

std::string lower_case_reason(int error_number) {
  std::string text = std::generic_category().message(error_number);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::uint64_t size_of(int fd, const std::string& doing) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw errno_error(errno, doing);
  return static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
}

/// Unique among the processes of this machine and, by the start value, among machines that share a
/// file system; O_EXCL settles what is left.
std::string temporary_name() {
  static const auto start = std::chrono::steady_clock::now().time_since_epoch().count();
  static std::atomic<unsigned> counter{0};
  return ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(start) + "-" +
         std::to_string(counter.fetch_add(1));
}

/// A file that is unlinked again unless it was renamed away.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& directory, unsigned mode)
      : path_(directory / temporary_name()),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                   static_cast<mode_t>(mode))) {
    if (!fd_) throw errno_error(errno, "create a file in " + directory.string());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) static_cast<void>(::unlink(path_.c_str()));
  }

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Gives the file its lasting name unless that name is taken.
  CreateResult publish(const std::filesystem::path& as) {
    if (::link(path_.c_str(), as.c_str()) == 0) return CreateResult::created;
    if (errno == EEXIST) return CreateResult::exists;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK && errno != ENOSYS) {
      throw errno_error(errno, "create " + as.string());
    }
    // A file system without hard links: rename, told never to replace.
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, as.c_str(), RENAME_NOREPLACE) == 0) {
      path_.clear();
      return CreateResult::created;
    }
    if (errno == EEXIST) return CreateResult::exists;
    throw errno_error(errno, "create " + as.string());
  }

 private:
  std::filesystem::path path_;
  UniqueFd fd_;
};

}  // namespace

Error errno_error(int error_number, const std::string& doing) {
  const std::string message = doing + ": " + lower_case_reason(error_number);
  switch (error_number) {
    case ENOENT:
      return {ErrorKind::not_found, message, "check the path"};
    case EACCES:
    case EPERM:
      return {ErrorKind::denied, message,
              "check the owner and the mode of the file and its folder"};
    case EROFS:
      return {ErrorKind::denied, message, "the file system is mounted read-only"};
    case ENOSPC:
      return {ErrorKind::unavailable, message, "free some space and run the same command again"};
    case EDQUOT:
      return {
          ErrorKind::unavailable, message,
          "free some space within the quota, or have it raised, and run the same command again"};
    case EFBIG:
      return {ErrorKind::unavailable, message,
              "the file system or a limit (ulimit -f) allows no file of this length"};
    default:
      return {ErrorKind::internal, message};
  }
}

UniqueFd open_for_reading(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw errno_error(errno, "open " + path.string());
  return fd;
}

Bytes read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  const UniqueFd fd = open_for_reading(path);
  return with_context("read " + path.string(), [&] {
    // Not by its size: a pipe or a file of /proc has none.
    Bytes all;
    std::array<std::uint8_t, 64 * 1024> piece;
    for (;;) {
      const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw errno_error(errno, "read");
      if (got == 0) return all;
      append(all, ByteView(piece).first(static_cast<std::size_t>(got)));
      if (all.size() > limit_bytes) {
        throw Error(ErrorKind::corrupt,
                    "longer than the " + std::to_string(limit_bytes) + " bytes allowed");
      }
    }
  });
}

Bytes read_range(int fd, std::uint64_t offset, std::uint64_t count) {
  const std::uint64_t size = size_of(fd, "read");
  if (offset >= size) return {};
  Bytes bytes(std::min(count, size - offset));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw errno_error(errno, "read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

void write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw errno_error(errno, "write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void sync(int fd) {
  if (::fsync(fd) != 0) throw errno_error(errno, "fsync");
}

void sync_directory(const std::filesystem::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw errno_error(errno, "open " + directory.string());
  // EINVAL: a file system that cannot sync a directory has nothing to make durable.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) {
    throw errno_error(errno, "fsync " + directory.string());
  }
}

CreateResult create_file(const std::filesystem::path& path, ByteView bytes, unsigned mode) {
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
  CreateResult result = CreateResult::exists;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    TemporaryFile file(directory, mode);
    with_context(path.string(), [&] {
      write_all(file.fd(), bytes);
      sync(file.fd());
    });
    result = file.publish(path);
  }
  // Also when it exists: whoever made it may not have come to this line yet.
  sync_directory(directory);
  return result;
}

Instant modified_at(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw errno_error(errno, "look at " + path.string());
  return Instant(std::chrono::seconds(status.st_mtim.tv_sec) +
                 std::chrono::milliseconds(status.st_mtim.tv_nsec / 1'000'000));
}

std::uint64_t free_bytes(const std::filesystem::path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) {
    throw errno_error(errno, "measure the free space of " + path.string());
  }
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

TempDir::TempDir(const std::filesystem::path& parent, const std::string& prefix) {
  std::string pattern = (parent / (prefix + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw errno_error(errno, "create a folder in " + parent.string());
  }
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace lifeboat::os
