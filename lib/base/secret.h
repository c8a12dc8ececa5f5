#ifndef LIFEBOAT_BASE_SECRET_H_
#define LIFEBOAT_BASE_SECRET_H_

#include <string>
#include <utility>

namespace lifeboat {

/// Text that must not be printed: a credential, or a URL that holds a password. There is no
/// conversion, formatter or JSON for it; whoever needs the text asks by name.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_SECRET_H_
