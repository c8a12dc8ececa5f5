// lifeboat.toml.
#include <string>

#include "config/config.h"
#include "config/secret_reference.h"
#include "fuzz/target.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const config::Config config = config::parse_config(text, "lifeboat.toml");
    for (const config::SourceSection& source : config.sources) {
      static_cast<void>(config::shown(source.url));
      fuzz::require(!config::holds_password(source.url),
                    "a source's URL holds a password, and was not refused");
    }
  });
  static_cast<void>(config::mask_passwords(text));
  return 0;
}
