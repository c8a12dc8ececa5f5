#ifndef LIFEBOAT_CLI_PAINT_H_
#define LIFEBOAT_CLI_PAINT_H_

#include <string>
#include <string_view>

namespace lifeboat::cli {

enum class Mark { none, ok, attention, danger };

/// Colour for three meanings and nothing else; never the only sign of any of them. A value.
class Paint {
 public:
  Paint() = default;  ///< plain
  explicit Paint(bool colour) noexcept : colour_(colour) {}

  [[nodiscard]] std::string operator()(Mark mark, std::string_view text) const;
  [[nodiscard]] std::string ok(std::string_view text) const { return (*this)(Mark::ok, text); }
  [[nodiscard]] std::string attention(std::string_view text) const {
    return (*this)(Mark::attention, text);
  }
  [[nodiscard]] std::string danger(std::string_view text) const {
    return (*this)(Mark::danger, text);
  }

 private:
  bool colour_ = false;
};

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_PAINT_H_
