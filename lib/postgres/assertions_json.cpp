#include <nlohmann/json.hpp>

#include "base/error.h"
#include "postgres/assertions.h"

namespace lifeboat::postgres {

std::string to_json(const Answers& answers) {
  nlohmann::json list = nlohmann::json::array();
  for (const Answer& answer : answers.answers) {
    list.push_back({{"name", answer.name},
                    {"sql", answer.sql},
                    {"answer", answer.value ? nlohmann::json(*answer.value) : nlohmann::json()}});
  }
  const nlohmann::json document = {
      {"format", 1}, {"search_path", answers.search_path}, {"assertions", list}};
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Answers answers_from_json(std::string_view json) {
  try {
    const auto document = nlohmann::json::parse(json);
    Answers answers{document.at("search_path").get<std::string>(), {}};
    for (const auto& one : document.at("assertions")) {
      Answer answer{one.at("name").get<std::string>(), one.at("sql").get<std::string>(), {}, ""};
      if (!one.at("answer").is_null()) answer.value = one.at("answer").get<std::string>();
      answers.answers.push_back(std::move(answer));
    }
    return answers;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::corrupt, std::string("assertions.json cannot be read: ") + error.what());
  }
}

}  // namespace lifeboat::postgres
