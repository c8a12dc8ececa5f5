#include "export/export.h"

#include "base/error.h"
#include "base/percent_encoding.h"
#include "bridge/postgres_streams.h"
#include "bridge/redis_streams.h"
#include "export/folder.h"
#include "export/postgres_export.h"
#include "export/redis_export.h"
#include "os/file.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::exporting {
namespace {

namespace fs = std::filesystem;

/// A directory that is removed unless it is kept: what holds data in the clear is not left lying.
class Partial {
 public:
  explicit Partial(fs::path path) : path_(std::move(path)) {}
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;
  ~Partial() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  void keep_as(const fs::path& name) {
    fs::rename(path_, name);
    kept_ = true;
  }

 private:
  fs::path path_;
  bool kept_ = false;
};

void require_absent(const fs::path& path) {
  if (!fs::exists(fs::symlink_status(path))) return;
  throw Error(ErrorKind::refused, path.string() + " exists",
              "name a directory that does not, or remove it");
}

void export_documents(const vault::SnapshotReader& reader, std::uint16_t place, Folder& folder) {
  for (const vault::StreamEntry& stream : reader.streams()) {
    if (stream.source != place || stream.kind != vault::StreamKind::document) continue;
    folder.write(percent_encoded(stream.name), ByteView(reader.document(place, stream.name)));
  }
}

ExportedSource export_source(const vault::SnapshotReader& reader, std::uint16_t place,
                             const fs::path& directory, Observer& observer,
                             const std::stop_token& stop) {
  const vault::SourceSummary& summary = reader.body().sources.at(place);
  ExportedSource done{.name = summary.name, .kind = summary.kind, .folder = {}};
  done.folder = percent_encoded(summary.name);
  Folder folder(directory / done.folder, observer, stop);
  export_documents(reader, place, folder);
  if (summary.holds_data() && summary.kind == bridge::kPostgresKind) {
    export_postgres(reader, place, folder);
  } else if (summary.holds_data() && summary.kind == bridge::kRedisKind) {
    export_redis(reader, place, folder);
  }
  done.files = folder.files();
  done.bytes = folder.bytes();
  return done;
}

}  // namespace

Report export_snapshot(const vault::Vault& vault, const vault::SnapshotRecord& record,
                       const std::optional<std::string>& source, const fs::path& directory,
                       Observer& observer, std::stop_token stop) {
  const fs::path unfinished = directory.string() + ".partial";
  require_absent(directory);
  require_absent(unfinished);
  observer.phase("read the snapshot");
  const vault::SnapshotReader reader(vault, record);
  reader.require_packs();
  Report report;
  report.snapshot = record.id();
  report.directory = directory;
  const Folder whole(unfinished, observer, stop);
  Partial partial(unfinished);
  observer.phase("export");
  observer.item_started("export", 0);
  const auto& sources = reader.body().sources;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (source && sources[i].name != *source) continue;
    if (report.sources.empty()) report.at = sources[i].at;
    report.sources.push_back(
        export_source(reader, static_cast<std::uint16_t>(i), unfinished, observer, stop));
  }
  if (report.sources.empty()) {
    throw Error(ErrorKind::not_found,
                source ? "the snapshot holds no source " + *source : "the snapshot is empty");
  }
  partial.keep_as(directory);
  os::sync_directory(fs::absolute(directory).parent_path());
  observer.item_finished("export");
  return report;
}

}  // namespace lifeboat::exporting
