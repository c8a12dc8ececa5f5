#ifndef LIFEBOAT_EXPORT_FOLDER_H_
#define LIFEBOAT_EXPORT_FOLDER_H_

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/observer.h"
#include "os/unique_fd.h"
#include "stream/source.h"

namespace lifeboat::exporting {

/// The folder of one source while it is written. Used by one thread.
class Folder {
 public:
  /// Makes it (0700). Throws as os::errno_error().
  Folder(std::filesystem::path path, Observer& observer, std::stop_token stop);

  /// A file that is written piece by piece.
  class File {
   public:
    void write(ByteView bytes);
    void write(std::string_view text) { write(as_bytes(text)); }
    /// All that is left of it. Throws cancelled.
    void write(stream::Source& source);

   private:
    friend class Folder;
    File(Folder& folder, os::UniqueFd fd) : folder_(folder), fd_(std::move(fd)) {}
    Folder& folder_;
    os::UniqueFd fd_;
  };
  /// Throws refused if there is a file of that name.
  [[nodiscard]] File create(const std::string& name);
  void write(const std::string& name, ByteView bytes) { create(name).write(bytes); }
  void write(const std::string& name, std::string_view text) { create(name).write(text); }

  [[nodiscard]] std::uint64_t files() const noexcept { return files_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  std::filesystem::path path_;
  Observer& observer_;
  std::stop_token stop_;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace lifeboat::exporting

#endif  // LIFEBOAT_EXPORT_FOLDER_H_
