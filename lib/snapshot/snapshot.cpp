#include "snapshot/snapshot.h"

#include <algorithm>

#include "base/units.h"
#include "bridge/postgres_streams.h"
#include "bridge/vault_capture_sink.h"
#include "postgres/catalogue_json.h"
#include "vault/snapshot_writer.h"
#include "vault/witness.h"

namespace lifeboat::snapshot {
namespace {

using std::chrono::steady_clock;

vault::SourceSummary summarize(const PostgresSource& source, const postgres::Capture& capture,
                               unsigned average_log2) {
  vault::SourceSummary summary;
  summary.name = source.name;
  summary.kind = bridge::kPostgresKind;
  summary.identity = postgres::to_json(capture.identity);
  summary.at = capture.at;
  summary.guarantee = "exact";
  summary.rows = capture.rows;
  summary.read_bytes = capture.copy_bytes;
  summary.tables = static_cast<std::uint64_t>(
      std::ranges::count_if(capture.catalogue.tables, &postgres::Table::carries_rows));
  summary.version = capture.identity.server_version_text;
  summary.not_carried = capture.not_carried;
  summary.average_log2 = average_log2;
  for (NotCarried& item : summary.not_carried) {
    const bool accepted = std::ranges::any_of(source.accept, [&](const std::string& name) {
      return item.object == name || item.object.ends_with(" " + name);
    });
    if (accepted) item.severity = Severity::harmless;
  }
  return summary;
}

SourceReport capture_one(const PostgresSource& source, std::uint16_t place,
                         vault::SnapshotWriter& writer, Observer& observer,
                         const std::stop_token& stop) {
  const auto started = steady_clock::now();
  return with_context(source.name, [&] {
    bridge::VaultCaptureSink sink(writer, place, source.name);
    const postgres::Capture capture = postgres::capture(source.capture, sink, observer, stop);
    sink.finish(capture);
    return SourceReport{.name = source.name,
                        .summary = summarize(source, capture, sink.average_log2()),
                        .connections = capture.connections,
                        .long_rows = capture.long_rows,
                        .took = std::chrono::duration_cast<std::chrono::milliseconds>(
                            steady_clock::now() - started)};
  });
}

/// The same for Redis: one connection asks, one hears of changes.
SourceReport capture_one(const RedisSource& source, std::uint16_t place,
                         vault::SnapshotWriter& writer, Observer& observer,
                         const std::stop_token& stop) {
  const auto started = steady_clock::now();
  return with_context(source.name, [&] {
    return SourceReport{.name = source.name,
                        .summary = capture_redis(source, place, writer, observer, stop),
                        .connections = 2,
                        .long_rows = {},
                        .took = std::chrono::duration_cast<std::chrono::milliseconds>(
                            steady_clock::now() - started)};
  });
}

std::vector<std::string> names_of(const Request& request) {
  std::vector<std::string> names;
  for (const PostgresSource& source : request.postgres) names.push_back(source.name);
  for (const RedisSource& source : request.redis) names.push_back(source.name);
  return names;
}

int most_jobs(const Request& request) {
  int most = 1;
  for (const PostgresSource& source : request.postgres) most = std::max(most, source.capture.jobs);
  return most;
}

/// What stands in the vault although no snapshot was committed.
std::string kept_text(const vault::SessionWriter::Kept& kept) {
  std::string text = "earlier snapshots are untouched";
  if (kept.bytes > 0) {
    text += "; " + human_bytes(kept.bytes) +
            " already in the vault; the next snapshot will not send them again";
  }
  if (!kept.failure.empty()) text += "; more could not be kept: " + kept.failure;
  return text;
}

void tell_warnings(vault::SnapshotWriter& writer, Observer& observer) {
  for (const std::string& warning : writer.take_warnings()) observer.warned(warning);
}

/// Captures every source it can, and commits.
Report capture_all(vault::SnapshotWriter& writer, const Request& request, Observer& observer,
                   const std::stop_token& stop) {
  Report report;
  std::exception_ptr first_failure;
  const std::size_t sources = request.postgres.size() + request.redis.size();
  const auto attempt = [&](const auto& source) {
    try {
      const auto place = static_cast<std::uint16_t>(report.sources.size());
      report.sources.push_back(capture_one(source, place, writer, observer, stop));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) throw;
      if (!first_failure) first_failure = std::current_exception();
      report.failures.push_back({source.name, error.kind(), error.message()});
      // The only source's failure is the command's own error.
      if (sources > 1) observer.warned(error.message());
    }
  };
  for (const PostgresSource& source : request.postgres) attempt(source);
  for (const RedisSource& source : request.redis) attempt(source);
  if (report.sources.empty()) std::rethrow_exception(first_failure);
  if (stop.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before the commit");

  observer.phase("commit");
  std::vector<vault::SourceSummary> summaries;
  for (const SourceReport& source : report.sources) summaries.push_back(source.summary);
  const vault::SnapshotRecord record =
      writer.commit(std::move(summaries), report.failures.empty(), request.tags);
  report.id = record.id();
  report.finished = record.link.finished;
  report.seq = record.link.seq;
  report.stored_bytes = record.body->stored_bytes;
  report.heads = vault::heads_after(vault::ObjectType::snapshot, record.link);
  report.resumed_bytes = writer.resumed_bytes();
  return report;
}

}  // namespace

bool Report::lost_anything() const {
  return !failures.empty() || std::ranges::any_of(sources, [](const SourceReport& source) {
    return std::ranges::any_of(source.summary.not_carried, [](const NotCarried& item) {
      return item.severity == Severity::loss;
    });
  });
}

Report take(const vault::Vault& vault, const Request& request, const Clock& clock,
            Observer& observer, std::stop_token stop) {
  vault::SnapshotWriter writer(vault, clock, names_of(request), most_jobs(request));
  tell_warnings(writer, observer);
  try {
    Report report = capture_all(writer, request, observer, stop);
    tell_warnings(writer, observer);
    return report;
  } catch (Error& error) {
    error.add_kept(kept_text(writer.suspend()));
    tell_warnings(writer, observer);
    throw;
  }
}

}  // namespace lifeboat::snapshot
