// The document catalogue.json: docs/format/postgres.md, "Catalogue".
#include <string>

#include "fuzz/target.h"
#include "postgres/catalogue_json.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    const auto catalogue = postgres::catalogue_from_json(as_text({data, size}));
    for (const postgres::Table& table : catalogue.tables) {
      static_cast<void>(table.sql_name());
      static_cast<void>(table.copy_columns());
    }
    const std::string written = postgres::to_json(catalogue);
    fuzz::require(postgres::to_json(postgres::catalogue_from_json(written)) == written,
                  "a catalogue is not the same after it was written again");
  });
  return 0;
}
