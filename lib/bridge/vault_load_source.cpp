#include "bridge/vault_load_source.h"

#include "base/error.h"
#include "bridge/capture_json.h"
#include "bridge/postgres_streams.h"
#include "postgres/catalogue_json.h"

namespace lifeboat::bridge {
namespace {

std::string names_of(const vault::SnapshotBody& body) {
  std::string names;
  for (const vault::SourceSummary& source : body.sources) {
    names += (names.empty() ? "" : ", ") + source.name;
  }
  return names;
}

/// Several ranges read one behind the other.
class JoinedSource final : public stream::Source {
 public:
  JoinedSource(const vault::SnapshotReader& reader, const std::vector<vault::RangeEntry>& ranges)
      : reader_(reader), ranges_(ranges) {}

  std::size_t read(MutableByteView buffer) override {
    while (true) {
      if (!current_) {
        if (next_ == ranges_.size()) return 0;
        current_ = reader_.open(ranges_[next_++]);
      }
      if (const std::size_t count = current_->read(buffer)) return count;
      current_.reset();
    }
  }

 private:
  const vault::SnapshotReader& reader_;
  const std::vector<vault::RangeEntry>& ranges_;
  std::size_t next_ = 0;
  std::unique_ptr<stream::Source> current_;
};

}  // namespace

VaultLoadSource::VaultLoadSource(const vault::SnapshotReader& reader, std::uint16_t source)
    : reader_(reader),
      source_(source),
      catalogue_(
          postgres::catalogue_from_json(as_text(reader.document(source, kCatalogueDocument)))),
      archive_(reader.document(source, kSchemaArchiveDocument)),
      identity_(identity_from_capture_json(as_text(reader.document(source, kCaptureDocument)))) {
  for (const postgres::Table& table : catalogue_.tables) {
    tables_.emplace_back();
    if (!table.carries_rows()) continue;
    const auto* stream = reader.find_stream(source, vault::StreamKind::table, stream_name(table));
    if (stream == nullptr) {
      throw Error(ErrorKind::corrupt, "the snapshot has no rows of " + stream_name(table) +
                                          ", but its catalogue has the table");
    }
    tables_.back() = reader.ranges(*stream);
  }
  if (reader.find_stream(source, vault::StreamKind::document, kAssertionsDocument) != nullptr) {
    answers_ = postgres::answers_from_json(as_text(reader.document(source, kAssertionsDocument)));
  }
  if (const auto* stream =
          reader.find_stream(source, vault::StreamKind::large_objects, kLargeObjectStream)) {
    large_objects_ = reader.ranges(*stream);
  }
}

const vault::SourceSummary& VaultLoadSource::summary() const {
  return reader_.body().sources.at(source_);
}

std::uint64_t VaultLoadSource::total_bytes() const {
  std::uint64_t total = 0;
  for (const auto& ranges : tables_) {
    for (const vault::RangeEntry& range : ranges) total += range.plain_bytes;
  }
  for (const vault::RangeEntry& range : large_objects_) total += range.plain_bytes;
  return total;
}

std::size_t VaultLoadSource::range_count(std::size_t table) const {
  return tables_.at(table).size();
}

std::unique_ptr<stream::Source> VaultLoadSource::open_range(std::size_t table, std::size_t range) {
  return reader_.open(tables_.at(table).at(range));
}

std::uint64_t VaultLoadSource::range_bytes(std::size_t table, std::size_t range) const {
  return tables_.at(table).at(range).plain_bytes;
}

std::unique_ptr<stream::Source> VaultLoadSource::open_large_objects() {
  if (large_objects_.empty()) return nullptr;
  return std::make_unique<JoinedSource>(reader_, large_objects_);
}

vault::RowSum VaultLoadSource::table_sum(std::size_t table) const {
  vault::RowSum sum;
  for (const vault::RangeEntry& range : tables_.at(table)) sum.add(reader_.facts(range));
  return sum;
}

std::optional<vault::RowSum> VaultLoadSource::large_object_sum() const {
  if (large_objects_.empty()) return std::nullopt;
  vault::RowSum sum;
  for (const vault::RangeEntry& range : large_objects_) sum.add(reader_.facts(range));
  return sum;
}

std::uint16_t find_postgres_source(const vault::SnapshotBody& body,
                                   const std::optional<std::string>& name) {
  std::optional<std::uint16_t> found;
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (name ? source.name != *name : source.kind != kPostgresKind) continue;
    if (found) {
      throw Error(ErrorKind::usage,
                  "the snapshot holds several Postgres sources: " + names_of(body),
                  "name one with --source");
    }
    found = static_cast<std::uint16_t>(i);
  }
  if (found && body.sources[*found].kind == kPostgresKind) return *found;
  if (found) {
    throw Error(ErrorKind::usage,
                *name + " is a " + body.sources[*found].kind + " source, not a Postgres database");
  }
  throw Error(ErrorKind::not_found,
              name ? "the snapshot holds no source " + *name
                   : std::string("the snapshot holds no Postgres source"),
              "it holds: " + names_of(body));
}

}  // namespace lifeboat::bridge
