#ifndef LIFEBOAT_REDIS_KEY_READER_H_
#define LIFEBOAT_REDIS_KEY_READER_H_

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/not_carried.h"
#include "redis/probe.h"
#include "redis/record_writer.h"
#include "resp/connection.h"

namespace lifeboat::redis {

using DatabaseKey = std::pair<std::uint32_t, std::string>;

/// What the server says of a key before its value is asked for.
struct KeyMeasure {
  std::uint64_t bytes = 0;  ///< in its memory; 0 = not known
  std::string type;         ///< as TYPE names it; empty = not asked for
  bool big = false;         ///< to be read in pieces, if its type can be
};

/// Reads keys with their values and expiries and writes them as records: small ones by DUMP, many
/// at a time; big ones in pieces, by type, so that the server is not held up. Used by one thread.
///
/// Memory: replies of about 8 MiB, or one value that DUMP gives whole; names of streams, up to
/// `kMostStreams`.
class KeyReader {
 public:
  /// Above this, by the server's own measure, a value is read in pieces.
  static constexpr std::uint64_t kBigBytes = 8U << 20U;
  /// Above so many elements as well: their DUMP takes the server as long.
  static constexpr std::uint64_t kManyElements = 50'000;
  static constexpr std::size_t kMostStreams = 100'000;

  /// `connection` and `out` must outlive this. It selects databases on `connection`.
  KeyReader(resp::Connection& connection, const Allowed& allowed, RecordWriter& out);

  void select(std::uint32_t database);
  /// A transaction has selected it.
  void selected(std::uint32_t database) noexcept { database_ = database; }
  /// Reads these keys of the selected database. A key that is not there is written as gone if
  /// `tombstones`, else passed over: it was deleted after SCAN named it, or has expired.
  void read(std::span<const std::string> keys, bool tombstones);

  /// The same in steps, so that the server has something to do while values are written. First
  /// asks for the measures of keys, which take_measures() takes.
  void send_measures(std::span<const std::string> keys);
  [[nodiscard]] std::vector<KeyMeasure> take_measures(std::span<const std::string> keys);
  /// Reads keys that were measured; no reply may be due on the connection. `meanwhile` is called
  /// once, when everything was asked for: what it sends is answered behind the last value.
  void read_measured(std::span<const std::string> keys, std::vector<KeyMeasure> measures,
                     bool tombstones, const std::function<void()>& meanwhile);

  /// The bytes of each key in all these databases together; big ones are in big() from now on.
  [[nodiscard]] std::vector<std::uint64_t> measure_in(const std::set<std::uint32_t>& databases,
                                                      std::span<const std::string> keys);

  /// Queues DUMP and expiry of a key for take_dumped().
  void send_dump(const std::string& key);
  struct Dumped {
    resp::Value payload;
    std::uint64_t expiry_ms = kNoExpiry;
  };
  /// What two replies say together.
  [[nodiscard]] Dumped dumped_of(resp::Value payload, const resp::Value& expiry) const;
  /// Writes what was read; false if the key is not there.
  bool write_dumped(const std::string& key, const Dumped& dumped, bool tombstones);

  /// Keys that changed their type while they were read in pieces: to be read again.
  [[nodiscard]] std::vector<DatabaseKey> take_unread();
  /// All streams seen so far; incomplete if there are more than kMostStreams.
  [[nodiscard]] const std::set<DatabaseKey>& streams() const noexcept { return streams_; }
  /// Names of keys that were read in pieces, or were too big for being read with others.
  [[nodiscard]] const std::set<std::string>& big() const noexcept { return big_; }
  [[nodiscard]] std::vector<NotCarried> take_not_carried();
  /// Big keys that were read whole, for their type cannot be read in pieces; the first 100.
  [[nodiscard]] const std::set<std::string>& read_whole() const noexcept { return read_whole_; }
  [[nodiscard]] std::uint16_t rdb_version() const noexcept { return rdb_version_; }
  [[nodiscard]] std::uint32_t database() const noexcept { return database_; }

 private:
  void send_dumps(std::span<const std::string> keys);
  void take_dumps(std::span<const std::string> keys, bool tombstones);
  void read_big(const std::string& key, const KeyMeasure& measure, bool tombstones);
  void read_big_whole(const std::string& key, const KeyMeasure& measure, bool tombstones);
  void send_expiry(const std::string& key);
  /// Finds out which keys are big, where their bytes alone do not say so.
  void look_closer(std::span<const std::string> keys, std::vector<KeyMeasure>& measures);
  void count_elements(std::span<const std::string> keys, std::vector<KeyMeasure>& measures);
  void refuse_key(const std::string& key, const std::string& reason);
  [[nodiscard]] resp::Value receive_expiry();

  resp::Connection& connection_;
  Allowed allowed_;
  RecordWriter& out_;
  std::uint32_t database_;
  std::vector<DatabaseKey> unread_;
  std::set<DatabaseKey> streams_;
  std::set<std::string> big_;
  std::set<std::string> read_whole_;
  std::set<DatabaseKey> named_;  ///< keys in not_carried_
  std::vector<NotCarried> not_carried_;
  std::uint64_t refused_ = 0;
  std::uint16_t rdb_version_ = 0;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_KEY_READER_H_
