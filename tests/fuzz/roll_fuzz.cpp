// Rolls, which nobody signs: docs/format/vault.md §12.1.
#include <algorithm>
#include <vector>

#include "fuzz/target.h"
#include "vault/roll.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView stored{data, size};
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    std::vector<Bytes> records;
    for (const ByteView record : vault::decode_roll(stored)) {
      records.emplace_back(record.begin(), record.end());
    }
    fuzz::require(records.size() == vault::kRollRecords, "a roll of another number of records");
    Bytes again = vault::encode_roll(records);
    again[10] = stored[10];  // a greater minor version is readable
    fuzz::require(std::ranges::equal(again, stored), "a roll holds more than its records");
  });
  return 0;
}
