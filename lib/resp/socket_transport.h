#ifndef LIFEBOAT_RESP_SOCKET_TRANSPORT_H_
#define LIFEBOAT_RESP_SOCKET_TRANSPORT_H_

#include "os/unique_fd.h"
#include "resp/transport.h"

namespace lifeboat::resp {

/// A non-blocking socket, TCP or Unix. What is sent can be read by whoever sees it pass.
class SocketTransport final : public Transport {
 public:
  /// Tries every address of the host in turn. Throws as connect() does (transport.h).
  SocketTransport(const Address& address, const std::stop_token& stop,
                  std::chrono::milliseconds timeout);

  [[nodiscard]] std::size_t write_some(ByteView bytes) override;
  [[nodiscard]] std::size_t read_some(MutableByteView buffer) override;
  [[nodiscard]] std::string server_key() const override { return {}; }

 private:
  [[nodiscard]] int descriptor() const override { return socket_.get(); }
  void connect_tcp(const Address& address, TimePoint deadline);
  void connect_unix(const Address& address, TimePoint deadline, const std::stop_token& stop);

  os::UniqueFd socket_;
};

}  // namespace lifeboat::resp

#endif  // LIFEBOAT_RESP_SOCKET_TRANSPORT_H_
