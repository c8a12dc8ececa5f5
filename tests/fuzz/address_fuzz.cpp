// The URL of a Redis, as people write it: lib/resp/address.h.
#include <string>

#include "fuzz/target.h"
#include "resp/address.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string url(as_text({data, size}));
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const resp::Address address = resp::parse_address(Secret(url));
    fuzz::require(address.host.empty() != address.socket_path.empty(),
                  "an address is a host or a socket");
    static_cast<void>(address.text());
  });
  return 0;
}
