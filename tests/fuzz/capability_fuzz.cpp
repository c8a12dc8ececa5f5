// Capability strings: docs/format/vault.md §3.1.
#include <string>

#include "fuzz/target.h"
#include "vault/capability.h"

using namespace lifeboat;

namespace {

/// The same with a checksum that fits: what stands in the string but the last 8 bytes.
std::string with_checksum(fuzz::Input input) {
  vault::Capability made;
  made.role = static_cast<vault::Role>(1 + input.byte() % 6);
  const ByteView bytes = input.rest();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    made.vault.bytes[i % 16] ^= bytes[i];
    made.trust_hash.bytes[i % 32] ^= bytes[i];
    made.seed.writable()[i % 32] ^= bytes[i];
  }
  made.trust_number = input.number();
  return made.to_text().reveal();
}

void read_text(std::string_view text) {
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const auto capability = vault::Capability::from_text(text);
    const auto again = vault::Capability::from_text(capability.to_text().reveal());
    fuzz::require(again.key_id() == capability.key_id() && again.vault == capability.vault &&
                      again.trust_number == capability.trust_number,
                  "a capability is not the same after it was written again");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_text(as_text({data, size}));
  std::string text = with_checksum({data, size});
  read_text(text);
  if (size > 0) text[data[0] % text.size()] = static_cast<char>(data[size - 1]);
  read_text(text);
  return 0;
}
