#include "command_log.h"

#include "base/error.h"
#include "os/file.h"
#include "resp/parser.h"

namespace lifeboat::redis {
namespace {

constexpr std::string_view kSteps = "steps:";

}  // namespace

std::vector<std::pair<std::string, std::string>> with_command_log(
    std::vector<std::pair<std::string, std::string>> settings) {
  settings.insert(settings.end(), {{"appendonly", "yes"},
                                   {"appendfsync", "no"},
                                   {"aof-use-rdb-preamble", "no"},
                                   {"auto-aof-rewrite-percentage", "0"}});
  return settings;
}

CommandLog::CommandLog(const harness::RedisServer& server) {
  const auto file = server.home() / "appendonlydir" / "appendonly.aof.1.incr.aof";
  resp::Parser parser;
  parser.feed(os::read_file(file, std::uint64_t{2} << 30U));
  Change open;
  bool in_transaction = false;
  while (const std::optional<resp::Value> command = parser.next()) {
    add(open, in_transaction, *command);
  }
}

void CommandLog::add(Change& open, bool& in_transaction, const resp::Value& command) {
  std::vector<std::string_view> words;
  for (const resp::Value& word : command.items) words.emplace_back(word.text);
  resp::append_command(open.commands, words);
  const std::string_view name = words.at(0);
  if (name == "MULTI") in_transaction = true;
  if (name == "EXEC") in_transaction = false;
  if (name != "MULTI" && name != "EXEC" && name != "SELECT") open.only_selects = false;
  if (name == "SET" && words.at(1).starts_with(kSteps)) {
    open.steps.emplace_back(std::stoull(std::string(words[1].substr(kSteps.size()))),
                            std::stoull(std::string(words.at(2))));
  }
  if (!in_transaction) changes_.push_back(std::exchange(open, {}));
}

std::vector<std::size_t> CommandLog::moments_of(const Steps& steps) const {
  std::vector<std::size_t> ends;
  Steps done{};
  if (done == steps) ends.push_back(0);
  for (std::size_t at = 0; at < changes_.size(); ++at) {
    for (const auto& [writer, number] : changes_[at].steps) done.at(writer) = number;
    if (done == steps && (ends.empty() || !changes_[at].only_selects)) ends.push_back(at + 1);
  }
  return ends;
}

Bytes CommandLog::until(std::size_t end) const {
  Bytes all;
  for (std::size_t at = 0; at < end; ++at) append(all, changes_[at].commands);
  return all;
}

}  // namespace lifeboat::redis
