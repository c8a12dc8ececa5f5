#ifndef LIFEBOAT_CONFIG_ENVIRONMENT_H_
#define LIFEBOAT_CONFIG_ENVIRONMENT_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::config {

/// The environment variables, copied once at the start, so that nothing reads (or a test sets)
/// process-wide state later. A value; an empty variable counts as absent.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables);
  /// Copies `environ` (NAME=VALUE strings, ended by a null pointer).
  [[nodiscard]] static Environment copy_of(const char* const* environ_block);

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] const std::map<std::string, std::string>& variables() const noexcept {
    return variables_;
  }

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace lifeboat::config

#endif  // LIFEBOAT_CONFIG_ENVIRONMENT_H_
