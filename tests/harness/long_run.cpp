#include "harness/long_run.h"

#include <cstdlib>
#include <string_view>

namespace lifeboat::harness {

bool long_run() {
  const char* wanted = std::getenv("LIFEBOAT_TEST_LONG");
  return wanted != nullptr && std::string_view(wanted) == "1";
}

}  // namespace lifeboat::harness
