// The object `format`: docs/format/vault.md §4.
#include "fuzz/target.h"
#include "vault/trust.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const vault::Format format = vault::Format::decode({data, size});
    const vault::Format again = vault::Format::decode(format.encode());
    fuzz::require(again.vault == format.vault && again.root_key == format.root_key &&
                      again.hashed_names == format.hashed_names && again.created == format.created,
                  "a format object is not the same after it was written again");
  });
  return 0;
}
