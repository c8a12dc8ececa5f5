#include "cli/error_report.h"

#include "cli/json.h"

namespace lifeboat::cli {

std::string error_text(std::string_view command, const Error& error) {
  std::string text = std::string(command) + ": " + error.message();
  if (!error.kept().empty()) text += "\n  kept: " + error.kept();
  if (!error.hint().empty()) text += "\n  hint: " + error.hint();
  return text;
}

std::string error_json(const Error& error, const Redactor& redactor) {
  const auto or_absent = [&redactor](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(redactor.redact(text));
  };
  const Json document{{"error",
                       {{"kind", name_of(error.kind())},
                        {"message", redactor.redact(error.message())},
                        {"hint", or_absent(error.hint())},
                        {"kept", or_absent(error.kept())}}}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lifeboat::cli
