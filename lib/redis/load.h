#ifndef LIFEBOAT_REDIS_LOAD_H_
#define LIFEBOAT_REDIS_LOAD_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "redis/probe.h"
#include "resp/address.h"
#include "stream/source.h"

namespace lifeboat::redis {

/// Where the records to be loaded come from: the ranges of a stream of keys, in order.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  [[nodiscard]] virtual std::size_t range_count() const = 0;
  [[nodiscard]] virtual std::unique_ptr<stream::Source> open_range(std::size_t range) = 0;
  [[nodiscard]] virtual std::uint64_t total_bytes() const = 0;
};

/// What of a snapshot is meant.
struct Selection {
  std::optional<std::string> match;       ///< only keys that fit this pattern (glob.h)
  std::optional<std::uint32_t> database;  ///< only this database of the snapshot

  [[nodiscard]] bool takes(std::uint32_t in_database, std::string_view key) const;
};

struct LoadRequest {
  resp::Url url;
  std::size_t depth = 1000;  ///< commands on their way at once, also bounded by 8 MiB
  Selection selection;
  std::optional<std::uint32_t> into_database;  ///< with Selection::database: where to put its keys
  bool replace = false;  ///< the target may hold keys; those of the snapshot replace them
  /// The target as target_name() has it, typed by a person: empty it first. With
  /// Selection::database only that database is emptied; not with Selection::match.
  std::optional<std::string> replace_target;
  bool freeze_expiry = false;  ///< restore without expiries: for rehearsals
  /// Added to every expiry, so that none passes while a proof looks at it.
  std::chrono::milliseconds expiry_delay{0};
  bool allow_eviction = false;    ///< the target may be a cache that drops keys when it is full
  std::string source_run_id;      ///< the server that was captured: refused as a target
  std::uint16_t rdb_version = 0;  ///< of the snapshot's payloads; 0 = not known
  std::vector<std::uint32_t> databases;  ///< in which the snapshot has keys; empty = not known
  std::string snapshot;                  ///< its id, for the mark on the target (target_mark.h)
  std::chrono::milliseconds patience{60'000};  ///< with a target that still loads its own data

  /// Where keys of this database of the snapshot go.
  [[nodiscard]] std::uint32_t target_database(std::uint32_t database) const {
    return into_database.value_or(database);
  }
};

struct LoadReport {
  ServerFacts target;
  std::uint64_t records = 0;       ///< applied, tombstones included
  std::uint64_t commands = 0;      ///< each with its reply
  std::uint64_t bytes = 0;         ///< of records
  std::uint64_t expired = 0;       ///< values whose expiry had passed: the server stores nothing
  std::uint64_t refused = 0;       ///< commands that the server answered with an error
  std::uint64_t evicted = 0;       ///< keys that the target dropped meanwhile, by its own count
  std::uint64_t dropped = 0;       ///< keys that it held, and that `replace_target` emptied it of
  std::uint64_t by_commands = 0;   ///< values written by commands of their type
  std::string by_commands_reason;  ///< why not by RESTORE, in the server's words; empty = none was
  bool functions = false;          ///< restored
  std::vector<NotCarried> not_restored;
};

/// Checks the target (load_target.h), marks it as unfinished (target_mark.h), applies all records
/// in order, in a pipeline, and lifts the mark; counts every reply. A key that the server refuses
/// is named, and all others are loaded. Expiries are absolute: what has expired since the capture
/// is not stored, and counted. A payload that the server cannot read, or may not be given, is
/// written by commands of its type (value_commands.h).
///
/// No key is seen half written: RESTORE and transactions write it whole, a value of more than 1 MiB
/// of commands has another name until it is complete.
///
/// Memory: 8 MiB on their way, twice, and the longest record three times. One thread. Throws Error:
/// refused (target), denied (a command that is needed is forbidden), unavailable (lost, out of
/// memory), corrupt (records), cancelled. What was loaded until then stays, and kept() says so; the
/// mark stays, too.
[[nodiscard]] LoadReport load(const LoadRequest& request, RecordSource& source,
                              const std::optional<Bytes>& functions, Observer& observer,
                              std::stop_token stop);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_LOAD_H_
