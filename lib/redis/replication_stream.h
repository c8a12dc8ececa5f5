#ifndef LIFEBOAT_REDIS_REPLICATION_STREAM_H_
#define LIFEBOAT_REDIS_REPLICATION_STREAM_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "redis/capture.h"
#include "redis/rdb_stream.h"
#include "resp/connection.h"
#include "stream/source.h"

namespace lifeboat::redis {

/// The RDB that a server sends to a new replica: SYNC after `REPLCONF rdb-only 1`, by which the
/// server keeps no later writes for us. On a connection of its own; used by one thread.
///
/// The server's child process lives as long as it is being read, so read it at full speed; a reader
/// that takes less than 16 KiB in the server's `repl-timeout` (60 s) is dropped.
class ReplicationStream final : public stream::Source {
 public:
  /// Returns when the first bytes are due. Throws Error: refused (the server does not know
  /// rdb-only, or forbids SYNC, or cannot do it), unavailable (still loading, a replica whose
  /// master is not there, no RDB in time), and what a connection throws.
  ReplicationStream(const CaptureRequest& request, const std::stop_token& stop);

  /// Bytes of the RDB, and behind them those of the end mark, if there is one. Throws unavailable
  /// if the connection ends, cancelled.
  [[nodiscard]] std::size_t read(MutableByteView buffer) override;

  /// What must stand behind an RDB that was taken whole. Throws Error(corrupt) if it does not, and
  /// what read() throws.
  void check_end(RdbStream& rdb) const;

  [[nodiscard]] const resp::Address& address() const { return connection_->address(); }

 private:
  [[nodiscard]] bool begin(const CaptureRequest& request);
  [[nodiscard]] std::string read_line(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] std::uint8_t read_byte();

  std::stop_token stop_;
  std::optional<resp::Connection> connection_;
  Bytes buffer_;  ///< what came with the first line
  std::size_t at_ = 0;
  std::optional<std::uint64_t> left_;  ///< of the length that was announced
  std::string mark_;                   ///< that ends the stream, if no length was
};

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_REPLICATION_STREAM_H_
