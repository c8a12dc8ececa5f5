#include "config/environment.h"

#include <utility>

namespace lifeboat::config {

Environment::Environment(std::map<std::string, std::string> variables)
    : variables_(std::move(variables)) {}

Environment Environment::copy_of(const char* const* environ_block) {
  std::map<std::string, std::string> variables;
  for (; environ_block != nullptr && *environ_block != nullptr; ++environ_block) {
    const std::string_view entry = *environ_block;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::find(std::string_view name) const {
  const auto at = variables_.find(std::string(name));
  if (at == variables_.end() || at->second.empty()) return std::nullopt;
  return at->second;
}

}  // namespace lifeboat::config
