#ifndef LIFEBOAT_REHEARSE_NO_CREDENTIALS_H_
#define LIFEBOAT_REHEARSE_NO_CREDENTIALS_H_

#include <string>
#include <vector>

#include "config/credential.h"

namespace lifeboat::rehearse {

/// The variables that hold credentials of a vault: programs of the user's are not given them.
[[nodiscard]] inline std::vector<std::string> credential_variables() {
  std::vector<std::string> names = {"LIFEBOAT_PASSPHRASE", "LIFEBOAT_PASSPHRASE_FILE"};
  for (const config::Role role : config::kRoles) {
    names.push_back(config::variable_of(role));
    names.push_back(config::variable_of(role) + "_FILE");
  }
  return names;
}

}  // namespace lifeboat::rehearse

#endif  // LIFEBOAT_REHEARSE_NO_CREDENTIALS_H_
