// The facts of a range: docs/format/vault.md §11.
#include "fuzz/target.h"
#include "vault/row_sum.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const auto sum = vault::RowSum::decode({data, size});
    fuzz::require(vault::RowSum::decode(sum.encode()) == sum,
                  "facts are not the same after they were written again");
  });
  return 0;
}
