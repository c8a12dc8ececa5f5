#ifndef LIFEBOAT_CLI_SETTINGS_TEXT_H_
#define LIFEBOAT_CLI_SETTINGS_TEXT_H_

#include <string>
#include <vector>

#include "cli/json.h"
#include "config/settings.h"

namespace lifeboat::cli {

/// --show-config: name, value, origin. The rows come masked.
[[nodiscard]] std::string settings_text(const std::vector<config::SettingRow>& rows);
[[nodiscard]] Json settings_json(const std::vector<config::SettingRow>& rows);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_SETTINGS_TEXT_H_
