#ifndef LIFEBOAT_REDIS_CAPTURE_H_
#define LIFEBOAT_REDIS_CAPTURE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "redis/probe.h"
#include "redis/record_writer.h"
#include "redis/sync_patience.h"
#include "resp/address.h"

namespace lifeboat::redis {

/// How keys are to be read: by the RDB that a replica would get, or by commands while CLIENT
/// TRACKING tells of changes. `automatic`: by replication if the server allows it and has the
/// memory for a fork, else by commands.
enum class PathChoice { automatic, replication, tracking };

/// How they were read.
enum class CapturePath { replication, tracking };

struct CaptureRequest {
  resp::Url url;
  /// Keys asked for at once, at the most; a near server is asked for 100. 100 costs other clients
  /// 0.3 ms on average; 1,000 is 1.5 times as fast.
  std::size_t depth = 100;
  std::size_t changed_bytes = 16U << 20U;  ///< names of changed keys that are remembered
  /// How long to go on reading what changes again before the snapshot is called fuzzy.
  std::chrono::milliseconds settle_time{30'000};
  int restarts = 3;  ///< after a flush or a swap of databases
  PathChoice path = PathChoice::tracking;
  SyncPatience sync_patience = {};  ///< by replication: how long to wait until it begins
  /// So often the listening connection says something: servers drop who is idle (Heroku: 300 s).
  std::chrono::milliseconds keep_alive{15'000};
  /// Called after every batch of SCAN: where tests change things. Empty = nothing happens.
  std::function<void()> after_batch = {};
};

/// What a capture found; the records went to the sink.
struct Capture {
  ServerFacts server;
  std::string host;  ///< and port, or the socket's path: of the URL
  CapturePath path = CapturePath::tracking;
  std::string path_reason;  ///< why not by replication, which was wanted; else empty
  bool exact = false;
  std::string reason;                   ///< why it is not exact; empty if it is
  Instant at;                           ///< server's clock: the moment, or the end of the window
  std::chrono::milliseconds window{0};  ///< 0 if exact
  std::optional<std::uint64_t> unsettled = 0;        ///< keys that changed and were not read again
  std::map<std::uint32_t, std::uint64_t> databases;  ///< number and keys, at the end
  std::optional<Bytes> functions;                    ///< absent: none, or not to be had
  std::uint16_t rdb_version = 0;
  std::uint64_t rounds = 0;
  std::uint64_t records = 0;
  std::uint64_t rereads = 0;
  std::uint64_t read_bytes = 0;  ///< of records
  int restarts = 0;
  std::vector<std::string> read_whole;  ///< big keys of types that cannot be read in pieces
  std::vector<NotCarried> not_carried;

  [[nodiscard]] std::uint64_t keys() const;
  /// For people and records: "exact (replication)", "exact (tracking)", "fuzzy (17 keys, 3.2
  /// seconds)", "fuzzy (keys not counted, 3.2 seconds)".
  [[nodiscard]] std::string guarantee() const;
};

/// Captures by the path that the request names; PathChoice::automatic goes on with commands when
/// replication is refused, or broke off twice, which it warns of. By replication: sync_capture.h.
/// By commands: it reads every key of a live server with SCAN, DUMP and PEXPIRETIME, while it hears
/// of every change (change_watch.h). What changed is read again in rounds, until a last round, in
/// one MULTI, with no change from the moment its list was made until after it: then what was
/// captured is the state of the server at that MULTI. Where that cannot be had or proven the
/// capture is fuzzy, and says why. It is never called exact on a guess (docs/redis.md).
///
/// Writes nothing to the server. Memory: by replication RdbSplitter's; else twice `changed_bytes`,
/// and what KeyReader holds. One thread, two connections. Throws Error: what probe() and a
/// connection throw, corrupt (a wrong checksum), cancelled; refused if replication was asked for
/// and cannot be had.
[[nodiscard]] Capture capture(const CaptureRequest& request, RecordSink& sink, Observer& observer,
                              std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_CAPTURE_H_
