#include "export/folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/units.h"
#include "os/file.h"

namespace lifeboat::exporting {

Folder::Folder(std::filesystem::path path, Observer& observer, std::stop_token stop)
    : path_(std::move(path)), observer_(observer), stop_(std::move(stop)) {
  if (mkdir(path_.c_str(), 0700) != 0) throw os::errno_error(errno, "create " + path_.string());
}

Folder::File Folder::create(const std::string& name) {
  const std::filesystem::path path = path_ / name;
  os::UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) throw os::errno_error(errno, "create " + path.string());
  ++files_;
  return File(*this, std::move(fd));
}

void Folder::File::write(ByteView bytes) {
  os::write_all(fd_.get(), bytes);
  folder_.bytes_ += bytes.size();
}

void Folder::File::write(stream::Source& source) {
  Bytes buffer(kMiB);
  while (const std::size_t count = source.read(buffer)) {
    if (folder_.stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
    write(ByteView(buffer).first(count));
    folder_.observer_.item_advanced("export", count, 0);
  }
}

}  // namespace lifeboat::exporting
