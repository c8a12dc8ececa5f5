#ifndef LIFEBOAT_REDIS_RDB_SPLITTER_H_
#define LIFEBOAT_REDIS_RDB_SPLITTER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/not_carried.h"
#include "base/observer.h"
#include "redis/rdb_pieces.h"
#include "redis/rdb_stream.h"
#include "redis/rdb_value.h"
#include "redis/record_writer.h"

namespace lifeboat::redis {

/// What an RDB says beside its keys.
struct RdbSummary {
  RdbDialect dialect = RdbDialect::redis;
  std::uint16_t version = 0;
  Instant at;  ///< when its server made it, to the second
  bool has_checksum = false;
  std::map<std::uint32_t, std::uint64_t> databases;  ///< number and keys
  std::optional<Bytes> functions;  ///< as FUNCTION DUMP would give them; absent if there are none
  std::vector<NotCarried> not_carried;
};

/// Splits a whole RDB into the records of docs/format/redis.md, in its order, while it comes:
/// versions 5 to 12 of Redis, 11 and 80 of Valkey. A value above 8 MiB (when unpacked) goes in
/// pieces if its type allows; else it is carried whole up to 512 MiB, and named in `not_carried`
/// beyond. Values are not looked into unless they go in pieces. Used once, by one thread.
///
/// Memory: 17 MiB; of what cannot be carried in pieces, the longest value or element four times.
class RdbSplitter {
 public:
  /// All must outlive this. `observer` hears of the item "keys".
  RdbSplitter(RdbStream& in, RecordWriter& out, Observer& observer)
      : in_(in), out_(out), observer_(observer) {}

  /// Takes everything up to the checksum, compares that, and ends the last range. Throws Error:
  /// corrupt (it breaks off, cannot be, or has another checksum), refused (a version, a type or a
  /// mark that is not known here: nothing is ever passed over).
  [[nodiscard]] RdbSummary run();

 private:
  void read_head();
  /// False at the end mark.
  [[nodiscard]] bool read_step();
  void read_key(unsigned type);
  void read_value(unsigned type);
  void write_value(unsigned type, ByteView value);
  void pass_unfit_value(unsigned type);
  void read_setting();
  void read_functions();
  void read_module_data();
  void finish_functions();
  void check_sum();
  void tell(bool at_end);

  RdbStream& in_;
  RecordWriter& out_;
  Observer& observer_;
  RdbSummary summary_;
  RdbKey key_;
  Bytes body_;       ///< of the record that is being made
  Bytes functions_;  ///< so far
  bool has_time_ = false;
  std::uint64_t unfit_ = 0;
  std::uint64_t keys_ = 0;
  std::uint64_t told_keys_ = 0;
  std::uint64_t told_bytes_ = 0;
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_RDB_SPLITTER_H_
