#include "cli/json.h"

namespace lifeboat::cli {

Json to_json(const NotCarried& omission) {
  return {{"object", omission.object},
          {"reason", omission.reason},
          {"severity", omission.severity == Severity::loss ? "loss" : "harmless"}};
}

}  // namespace lifeboat::cli
