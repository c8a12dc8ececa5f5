#include "resp/transport.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "resp/socket_transport.h"
#include "resp/tls_transport.h"

namespace lifeboat::resp {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool Transport::wait(short events, TimePoint deadline) const {
  constexpr milliseconds kLook{200};  // so often a stop is looked for while nothing comes
  pollfd watched{descriptor(), events, 0};
  while (true) {
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    const int ready = poll(&watched, 1, static_cast<int>(std::min(left, kLook).count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw Error(ErrorKind::internal, "poll failed");
  }
}

std::unique_ptr<Transport> connect(const Address& address, const TlsTrust& trust,
                                   const std::stop_token& stop, milliseconds timeout) {
  if (address.tls) return std::make_unique<TlsTransport>(address, trust, stop, timeout);
  return std::make_unique<SocketTransport>(address, stop, timeout);
}

}  // namespace lifeboat::resp
