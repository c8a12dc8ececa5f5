#include "redis/load.h"

#include <algorithm>

#include "base/clock.h"
#include "redis/function_dump.h"
#include "redis/glob.h"
#include "redis/load_target.h"
#include "redis/loader.h"
#include "redis/record.h"
#include "redis/target_mark.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

std::uint64_t evicted_keys(Connection& connection) {
  const Value reply = connection.ask({"INFO", "stats"});
  const auto info = parse_info(reply.text);
  const auto found = info.find("evicted_keys");
  return found == info.end() ? 0 : std::stoull(found->second);
}

Instant server_time(Connection& connection) {
  const Value time = connection.require({"TIME"});
  if (time.items.size() != 2) throw resp::to_error(time, "TIME");
  return Instant(std::chrono::milliseconds(std::stoll(time.items[0].text) * 1000 +
                                           std::stoll(time.items[1].text) / 1000));
}

/// Of a target that does not take the dump: library by library.
std::string load_libraries(Connection& connection, const Bytes& dump, const std::string& why) {
  const auto libraries = libraries_in(dump);
  if (!libraries) return why;
  for (const std::string& code : *libraries) {
    const Value reply = connection.ask({"FUNCTION", "LOAD", "REPLACE", code});
    if (reply.is_error()) return reply.text;
  }
  return {};
}

void restore_functions(Connection& connection, const Bytes& functions, LoadReport& report) {
  const Value reply = connection.ask({"FUNCTION", "RESTORE", as_text(functions), "REPLACE"});
  std::string fault = reply.is_error() ? reply.text : "";
  if (refuses_payload(reply) != PayloadRefusal::none) {
    fault = load_libraries(connection, functions, fault);
  }
  report.functions = fault.empty();
  if (!fault.empty()) report.not_restored.push_back({"functions", fault});
}

void load_ranges(Loader& loader, RecordSource& source, LoadReport& report, Observer& observer) {
  for (std::size_t range = 0; range < source.range_count(); ++range) {
    const auto bytes = source.open_range(range);
    RecordReader reader(*bytes);
    std::uint64_t range_bytes = 0;
    std::uint64_t records = 0;
    while (const std::optional<Record> record = reader.next()) {
      loader.apply(*record);
      range_bytes += record->key.size() + record->body.size();
      ++records;
    }
    report.bytes += range_bytes;
    observer.item_advanced("keys", range_bytes, records);
  }
  loader.finish();
}

void warn_of_commands(const std::string& why, Observer& observer) {
  observer.warned("values are written by commands of their types, which takes longer: RESTORE is " +
                  std::string("refused (") + why + ")");
}

void mark(Connection& connection, const LoadRequest& request) {
  std::string text = "begun " + to_rfc3339(server_time(connection));
  if (!request.snapshot.empty()) text = "snapshot " + request.snapshot + ", " + text;
  set_mark(connection, mark_database(request), text);
}

/// Of all but the mark.
void empty(Connection& connection, const LoadRequest& request, const TargetState& target,
           Observer& observer, LoadReport& report) {
  observer.phase("empty the target");
  empty_target(connection, request, target);
  report.dropped = target.keys();
  if (report.dropped == 0) return;
  observer.warned("dropped what the target held: " + std::to_string(report.dropped) + " keys");
}

void end(Connection& connection, const LoadRequest& request, std::uint64_t evicted_before,
         LoadReport& report) {
  const bool marked = lift_mark(connection, mark_database(request));
  const std::uint64_t evicted = evicted_keys(connection);
  report.evicted = evicted - std::min(evicted_before, evicted);
  if (!marked && report.evicted > 0) --report.evicted;  // the mark
  if (!marked && report.evicted == 0) {
    report.not_restored.push_back({"what is missing now, if anything is",
                                   "somebody emptied the target while it was restored"});
  }
  if (report.evicted == 0) return;
  report.not_restored.push_back(
      {std::to_string(report.evicted) + " keys", "the target dropped them, because it is full"});
}

}  // namespace

bool Selection::takes(std::uint32_t in_database, std::string_view key) const {
  return (!database || *database == in_database) && (!match || fits(*match, key));
}

LoadReport load(const LoadRequest& request, RecordSource& source,
                const std::optional<Bytes>& functions, Observer& observer, std::stop_token stop) {
  LoadReport report;
  const TargetState target = check_target(request, source.total_bytes(), stop);
  report.target = target.facts;
  if (!target.refuses_payloads.empty()) warn_of_commands(target.refuses_payloads, observer);
  Connection connection(request.url, stop);
  mark(connection, request);
  try {
    if (request.replace_target) empty(connection, request, target, observer, report);
    const std::uint64_t evicted_before = evicted_keys(connection);
    observer.phase("load");
    observer.item_started("keys", source.total_bytes());
    Loader loader(request, connection, target.facts, target.refuses_payloads, report);
    load_ranges(loader, source, report, observer);
    const bool whole = !request.selection.match && !request.selection.database;
    if (functions && whole) restore_functions(connection, *functions, report);
    observer.item_finished("keys");
    end(connection, request, evicted_before, report);
  } catch (Error& error) {
    error.add_kept(std::to_string(report.commands) +
                   " commands were carried out: the target holds a part of the snapshot; there the "
                   "key " +
                   std::string(kUnfinishedMark) + " says so");
    error.add_hint("begin anew, the target emptied first: --replace " + target.name);
    throw;
  }
  return report;
}

}  // namespace lifeboat::redis
