// The document capture.json and the identity in it: docs/format/postgres.md.
#include <string>

#include "bridge/capture_json.h"
#include "fuzz/target.h"
#include "postgres/catalogue_json.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const std::string written = postgres::to_json(bridge::identity_from_capture_json(text));
    fuzz::require(postgres::to_json(postgres::identity_from_json(written)) == written,
                  "an identity is not the same after it was written again");
  });
  fuzz::answers_with(fuzz::kStoredKinds,
                     [&] { static_cast<void>(postgres::identity_from_json(text)); });
  return 0;
}
