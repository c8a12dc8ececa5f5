#ifndef LIFEBOAT_RESP_TLS_TRANSPORT_H_
#define LIFEBOAT_RESP_TLS_TRANSPORT_H_

#include "http/tls_socket.h"
#include "resp/transport.h"

namespace lifeboat::resp {

/// TLS over TCP. Errors say what to do where the server is not the one that is trusted: of mode pin
/// they name both keys.
class TlsTransport final : public Transport {
 public:
  TlsTransport(const Address& address, const TlsTrust& trust, const std::stop_token& stop,
               std::chrono::milliseconds timeout);

  [[nodiscard]] std::size_t write_some(ByteView bytes) override {
    return socket_.write_some(bytes);
  }
  [[nodiscard]] std::size_t read_some(MutableByteView buffer) override {
    return socket_.read_some(buffer);
  }
  [[nodiscard]] std::string server_key() const override;

 private:
  [[nodiscard]] int descriptor() const override { return socket_.descriptor(); }

  http::TlsSocket socket_;
};

/// The pin of the key that a TLS server shows to anybody. Checks nothing, and sends neither user
/// nor password: it may be anybody's key. Throws as connect() does, and usage if the address is
/// none of a TLS server.
[[nodiscard]] std::string shown_key(const Address& address, const std::stop_token& stop,
                                    std::chrono::milliseconds timeout);

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_TLS_TRANSPORT_H_
