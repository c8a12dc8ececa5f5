#include "cli/settings_text.h"

#include "cli/text_table.h"

namespace lifeboat::cli {

std::string settings_text(const std::vector<config::SettingRow>& rows) {
  TextTable table({Align::left, Align::left, Align::left});
  table.add({"setting", "value", "from"});
  for (const config::SettingRow& row : rows) {
    table.add({row.name, row.value.empty() ? "-" : row.value, row.origin});
  }
  return table.text();
}

Json settings_json(const std::vector<config::SettingRow>& rows) {
  Json settings = Json::array();
  for (const config::SettingRow& row : rows) {
    settings.push_back({{"name", row.name},
                        {"value", row.value.empty() ? Json(nullptr) : Json(row.value)},
                        {"origin", row.origin}});
  }
  return {{"settings", settings}};
}

}  // namespace lifeboat::cli
