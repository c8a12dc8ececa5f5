#include "redis/sync_capture.h"

#include "base/error.h"
#include "redis/rdb_splitter.h"
#include "redis/replication_stream.h"

namespace lifeboat::redis {
namespace {

constexpr int kAttempts = 2;

/// Tells errors of the sink from those of the server.
class WatchedSink final : public RecordSink {
 public:
  explicit WatchedSink(RecordSink& sink) : sink_(sink) {}
  void record(ByteView bytes) override {
    touched_ = true;
    watch([&] { sink_.record(bytes); });
  }
  void end_range() override {
    watch([&] { sink_.end_range(); });
  }
  void discard() override {
    watch([&] { sink_.discard(); });
  }
  /// Leaves nothing of an attempt that failed.
  void clear() {
    if (touched_) discard();
    touched_ = false;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  template <typename Call>
  void watch(Call&& call) {
    failed_ = true;
    call();
    failed_ = false;
  }

  RecordSink& sink_;
  bool touched_ = false;
  bool failed_ = false;
};

bool may_be_tried_again(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::corrupt;
}

}  // namespace

std::string reason_against_replication(const ServerFacts& server) {
  if (!server.allowed.sync) return "the server refuses REPLCONF";
  // While the child lives, every page that somebody writes to exists twice.
  if (server.system_memory != 0 && server.resident_memory > server.system_memory / 2) {
    return "a fork might not fit into the server's memory";
  }
  return {};
}

Capture capture_by_replication(const CaptureRequest& request, const ServerFacts& server,
                               RecordSink& sink, Observer& observer, const std::stop_token& stop) {
  observer.phase("wait for the server");
  ReplicationStream source(request, stop);
  observer.phase("capture");
  observer.item_started("keys", 0);
  RdbStream rdb(source);
  RecordWriter writer(sink);
  RdbSplitter splitter(rdb, writer, observer);
  RdbSummary summary = splitter.run();
  source.check_end(rdb);
  observer.item_finished("keys");
  if (!summary.has_checksum) {
    observer.warned(
        "the server sends no checksum (rdbchecksum no): damage on the way would not be seen");
  }
  Capture capture;
  capture.server = server;
  capture.host = source.address().text();
  capture.path = CapturePath::replication;
  capture.exact = true;
  capture.at = summary.at;
  capture.databases = std::move(summary.databases);
  capture.functions = std::move(summary.functions);
  capture.rdb_version = summary.version;
  capture.records = writer.records();
  capture.read_bytes = writer.bytes();
  capture.not_carried = std::move(summary.not_carried);
  return capture;
}

std::optional<Capture> try_replication(const CaptureRequest& request, const ServerFacts& server,
                                       RecordSink& sink, Observer& observer,
                                       const std::stop_token& stop, std::string& why) {
  WatchedSink watched(sink);
  for (int attempt = 1;; ++attempt) {
    try {
      return capture_by_replication(request, server, watched, observer, stop);
    } catch (const Error& error) {
      if (watched.failed() || error.kind() == ErrorKind::cancelled) throw;
      watched.clear();
      why = error.message();
      const bool again = may_be_tried_again(error.kind());
      if (again) observer.warned(why);
      if (!again || attempt == kAttempts) return std::nullopt;
    }
  }
}

}  // namespace lifeboat::redis
