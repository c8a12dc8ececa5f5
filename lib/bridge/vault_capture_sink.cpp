#include "bridge/vault_capture_sink.h"

#include "bridge/capture_json.h"
#include "bridge/postgres_streams.h"
#include "postgres/catalogue_json.h"
#include "vault/chunker.h"

namespace lifeboat::bridge {

class VaultCaptureSink::OpenRange final : public postgres::RangeSink {
 public:
  OpenRange(VaultCaptureSink& sink, std::size_t stream, std::uint64_t first_block)
      : sink_(sink),
        stream_(stream),
        first_block_(first_block),
        writer_(sink.writer_.session(), sink.average_log2_) {}

  void row(ByteView line) override { writer_.add(line); }
  void finish() override { sink_.finished(stream_, writer_.finish(first_block_)); }

 private:
  VaultCaptureSink& sink_;
  std::size_t stream_;
  std::uint64_t first_block_;
  vault::RangeWriter writer_;
};

VaultCaptureSink::VaultCaptureSink(vault::SnapshotWriter& writer, std::uint16_t source,
                                   const std::string& source_name)
    : writer_(writer), source_(source), source_name_(source_name) {}

void VaultCaptureSink::begin(const postgres::Catalogue& catalogue) {
  std::uint64_t total_bytes = 0;
  for (const postgres::Table& table : catalogue.tables) {
    if (table.carries_rows()) total_bytes += table.total_bytes;
  }
  for (const postgres::LargeObject& object : catalogue.large_objects) {
    total_bytes += object.size_bytes;
  }
  average_log2_ = vault::average_log2_for(total_bytes, writer_.base_average_log2(source_name_));
  tables_ = catalogue.tables.size();
  const std::lock_guard lock(mutex_);
  streams_.assign(tables_ + 1, {});
}

std::unique_ptr<postgres::RangeSink> VaultCaptureSink::open_range(std::size_t table,
                                                                  const postgres::Range& range) {
  return std::make_unique<OpenRange>(*this, table, range.first_block);
}

std::unique_ptr<postgres::RangeSink> VaultCaptureSink::open_large_objects() {
  return std::make_unique<OpenRange>(*this, tables_, 0);
}

void VaultCaptureSink::finished(std::size_t stream, const vault::RangeEntry& entry) {
  const std::lock_guard lock(mutex_);
  streams_.at(stream).insert_or_assign(entry.first_block, entry);
}

void VaultCaptureSink::finish(const postgres::Capture& capture) {
  const auto add = [&](vault::StreamKind kind, const std::string& name, const Ranges& ranges) {
    std::vector<vault::RangeEntry> in_order;
    in_order.reserve(ranges.size());
    for (const auto& [first_block, entry] : ranges) in_order.push_back(entry);
    writer_.add_stream(source_, kind, name, in_order);
  };
  const auto& tables = capture.catalogue.tables;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (tables[i].carries_rows()) {
      add(vault::StreamKind::table, stream_name(tables[i]), streams_.at(i));
    }
  }
  if (!streams_.at(tables_).empty()) {
    add(vault::StreamKind::large_objects, kLargeObjectStream, streams_.at(tables_));
  }
  const auto document = [&](const char* name, ByteView content) {
    writer_.add_document(source_, name, content);
  };
  document(kCatalogueDocument, as_bytes(postgres::to_json(capture.catalogue)));
  document(kSchemaArchiveDocument, capture.schema.archive);
  document(kSchemaSqlDocument, as_bytes(capture.schema.plain_sql));
  document(kCaptureDocument, as_bytes(to_json(capture)));
  if (!capture.answers.answers.empty()) {
    document(kAssertionsDocument, as_bytes(postgres::to_json(capture.answers)));
  }
}

}  // namespace lifeboat::bridge
