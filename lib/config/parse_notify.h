#ifndef LIFEBOAT_CONFIG_PARSE_NOTIFY_H_
#define LIFEBOAT_CONFIG_PARSE_NOTIFY_H_

#include <toml++/toml.h>

#include <string>

#include "config/notify_section.h"

namespace lifeboat::config {

/// Private to lib/config: the part of parse_config() that reads [notify] and its sinks. Throws
/// Error(usage) as that does: `file` and the line begin each message.
[[nodiscard]] NotifySection read_notify(const toml::table& table, const std::string& file);

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_PARSE_NOTIFY_H_
