#ifndef LIFEBOAT_HTTP_TLS_SOCKET_H_
#define LIFEBOAT_HTTP_TLS_SOCKET_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "base/bytes.h"
#include "base/tls_trust.h"

namespace lifeboat::http {

/// A TLS connection over TCP that carries any protocol: libcurl makes it and encrypts, and speaks
/// no HTTP on it. Non-blocking once it stands. TLS 1.2 or newer, no ALPN, no proxy, whatever the
/// environment says. Not thread-safe. Memory: 64 KiB and what libcurl and OpenSSL hold, about as
/// much.
class TlsSocket {
 public:
  /// Blocks until the handshake is done. Throws Error: denied (the server is not the one that
  /// `trust` allows), not_found (no such host), usage (no host's name, no pin, or `trust.ca_file`
  /// cannot be read), unavailable (refused, no TLS there, no answer within `timeout`), cancelled
  /// (within 0.2 s of a stop).
  TlsSocket(const std::string& host, std::uint16_t port, const TlsTrust& trust,
            const std::stop_token& stop, std::chrono::milliseconds timeout);
  TlsSocket(TlsSocket&&) noexcept;
  TlsSocket& operator=(TlsSocket&&) noexcept;
  ~TlsSocket();

  /// How much was taken, 0 if none can be now: then the next call must begin with the same bytes
  /// (they may stand elsewhere, and more may follow), for a part of them may be on its way. Throws
  /// unavailable if the peer has gone.
  [[nodiscard]] std::size_t write_some(ByteView bytes);
  /// How much came, 0 if nothing is there now. Bytes may be here that poll(2) does not tell of:
  /// call until it gives 0 before waiting. Throws unavailable at the end of the stream.
  [[nodiscard]] std::size_t read_some(MutableByteView buffer);
  /// For poll(2) alone. While a write waits, wait for both directions and read too.
  [[nodiscard]] int descriptor() const;
  /// The server's certificate, PEM.
  [[nodiscard]] std::string certificate() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lifeboat::http

#endif  // LIFEBOAT_HTTP_TLS_SOCKET_H_
