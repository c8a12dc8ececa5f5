#ifndef LIFEBOAT_RESP_TRANSPORT_H_
#define LIFEBOAT_RESP_TRANSPORT_H_

#include <chrono>
#include <stop_token>

#include "base/bytes.h"
#include "os/unique_fd.h"
#include "resp/address.h"

namespace lifeboat::resp {

/// A connected non-blocking socket, TCP or Unix. Not thread-safe.
class Transport {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Tries every address of the host in turn. Throws not_found (host, socket), unavailable
  /// (refused, no answer in time), denied (rights on the socket), cancelled.
  Transport(const Address& address, std::stop_token stop, std::chrono::milliseconds timeout);

  /// How much was taken, 0 if none can be now. Throws unavailable if the peer has gone.
  [[nodiscard]] std::size_t write_some(ByteView bytes);
  /// How much came, 0 if nothing is there now. Throws unavailable at the end of the stream.
  [[nodiscard]] std::size_t read_some(MutableByteView buffer);
  /// Blocks until one of `events` (poll(2)) can be served; false if `deadline` has passed.
  /// Throws cancelled within 0.2 s of a stop.
  [[nodiscard]] bool wait(short events, TimePoint deadline) const;

 private:
  void connect_tcp(const Address& address, TimePoint deadline);
  void connect_unix(const Address& address, TimePoint deadline);

  os::UniqueFd socket_;
  std::stop_token stop_;
};

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_TRANSPORT_H_
