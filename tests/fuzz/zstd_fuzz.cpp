// Decompression with an authenticated length: docs/format/vault.md §7.
#include "fuzz/target.h"
#include "squeeze/zstd.h"
#include "vault/types.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t plain_length = input.number() % (vault::kMaxBlobBytes + 1);
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    squeeze::Decompressor decompressor;
    const Bytes plain = decompressor.decompress(input.rest(), plain_length);
    fuzz::require(plain.size() == plain_length, "more or less came out than was authenticated");
  });
  return 0;
}
