#ifndef LIFEBOAT_RESP_TRANSPORT_H_
#define LIFEBOAT_RESP_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "base/bytes.h"
#include "base/tls_trust.h"
#include "resp/address.h"

namespace lifeboat::resp {

/// A connected way for bytes, both directions at once, that never blocks but in wait(). Not
/// thread-safe.
class Transport {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Transport(std::stop_token stop) : stop_(std::move(stop)) {}
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// How much was taken, 0 if none can be now: then the next call must begin with the same bytes.
  /// Throws unavailable if the peer has gone.
  [[nodiscard]] virtual std::size_t write_some(ByteView bytes) = 0;
  /// How much came, 0 if nothing is there now. Throws unavailable at the end of the stream.
  [[nodiscard]] virtual std::size_t read_some(MutableByteView buffer) = 0;
  /// The pin of the key by which a TLS server showed itself (base/tls_trust.h); else empty.
  [[nodiscard]] virtual std::string server_key() const = 0;

  /// Blocks until one of `events` (poll(2)) can be served; false if `deadline` has passed. Only
  /// after read_some() gave 0; while a write waits, for both directions. Throws cancelled within
  /// 0.2 s of a stop.
  [[nodiscard]] bool wait(short events, TimePoint deadline) const;

 protected:
  /// For poll(2).
  [[nodiscard]] virtual int descriptor() const = 0;

 private:
  std::stop_token stop_;
};

/// TCP, a Unix socket, or TLS as `trust` wants it, whatever the address says. Throws not_found
/// (host, socket), unavailable (refused, no answer in time), denied (rights on the socket, another
/// server than the one that is trusted), usage (trust.ca_file), cancelled.
[[nodiscard]] std::unique_ptr<Transport> connect(const Address& address, const TlsTrust& trust,
                                                 const std::stop_token& stop,
                                                 std::chrono::milliseconds timeout);

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_TRANSPORT_H_
