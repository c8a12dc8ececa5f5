#include "cli/cache_report.h"

#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "bridge/cache_streams.h"
#include "cli/text_table.h"
#include "vault/history.h"
#include "vault/snapshot_reader.h"

namespace lifeboat::cli {
namespace {

std::string server_line(const restore::EmptiedServer& server) {
  std::string text = "  " + server.address + "   " + server.engine + " " + server.version + "   " +
                     plural(server.items_before, "key") + " gone; it stores, gives back, expires";
  if (server.items_after.value_or(0) > 0) {
    text += "\n    " + plural(*server.items_after, "key") + " written since by others";
  }
  return text + "\n";
}

std::string outcome_lines(const restore::WarmUpOutcome& outcome, const Paint& paint) {
  const std::string count = std::to_string(outcome.answered) + " of " +
                            plural(static_cast<std::uint64_t>(outcome.asked), "request") +
                            " answered, slowest " + human_duration(outcome.slowest);
  if (outcome.answered == outcome.asked) return "  " + outcome.url + "   " + count + "\n";
  return paint.danger("NOT WARMED UP") + "  " +
         wrap(outcome.url + ": " + count + ": " + outcome.failure, kColumns - 2, 2) + "\n";
}

/// The value of a number of the document; nothing if it is null or of another type.
std::optional<std::uint64_t> number_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "1,234 items, 12 MB of 64 MB, 93 % of 1,000 reads found, 0 evicted, up 12 days".
std::string health_of(const Json& server, std::optional<std::uint64_t> items,
                      const std::string& word, const char* used) {
  std::string text = items ? plural(*items, word) : "not counted";
  if (const auto bytes = number_in(server, used)) {
    text += ", " + human_bytes(*bytes);
    const auto limit = number_in(server, "limit_bytes").value_or(0);
    if (limit > 0) text += " of " + human_bytes(limit);
  }
  const auto hits = number_in(server, "hits").value_or(0);
  const auto reads = hits + number_in(server, "misses").value_or(0);
  if (reads > 0) {
    const double ratio = static_cast<double>(hits) / static_cast<double>(reads);
    text += ", " + std::to_string(static_cast<int>(ratio * 100 + 0.5)) + " % of " +
            human_count(reads) + " reads found";
  }
  if (const auto evictions = number_in(server, "evictions")) {
    text += ", " + human_count(*evictions) + " evicted";
  }
  // A number that nobody can have been up for is not turned into milliseconds.
  constexpr std::uint64_t kAge = 1'000'000'000;
  if (const auto uptime = number_in(server, "uptime_s"); uptime && *uptime < kAge) {
    text += ", up " + human_duration(std::chrono::seconds(*uptime));
  }
  return text;
}

std::string line_of(const std::string& address, const std::string& health) {
  return "  " + wrap(address + ": " + health, kColumns - 2, 4) + "\n";
}

}  // namespace

std::string cache_restore_text(const restore::CacheReport& report, const Paint& paint) {
  std::string text = "emptied the cache " + report.source + " (" + report.kind + ", in snapshot " +
                     vault::short_id(report.snapshot) + ") in " + human_duration(report.took) +
                     "\n";
  for (const auto& server : report.servers) text += server_line(server);
  if (report.warm_up.empty()) {
    return text + "  no warm-up requests are configured: it fills as it is used\n";
  }
  text += "warm-up\n";
  for (const auto& outcome : report.warm_up) text += outcome_lines(outcome, paint);
  return text;
}

Json cache_restore_json(const restore::CacheReport& report) {
  Json servers = Json::array();
  for (const auto& server : report.servers) {
    servers.push_back({{"address", server.address},
                       {"engine", server.engine},
                       {"version", server.version},
                       {"items_before", server.items_before},
                       {"items_after", or_null(server.items_after)}});
  }
  Json warm_up = Json::array();
  for (const auto& outcome : report.warm_up) {
    warm_up.push_back({{"url", outcome.url},
                       {"asked", outcome.asked},
                       {"answered", outcome.answered},
                       {"status", outcome.status == 0 ? Json() : Json(outcome.status)},
                       {"failure", outcome.failure.empty() ? Json() : Json(outcome.failure)},
                       {"slowest_ms", outcome.slowest.count()}});
  }
  return {{"snapshot", report.snapshot.hex()},
          {"source", report.source},
          {"kind", report.kind},
          {"at", to_json(report.at)},
          {"target", report.target},
          {"servers", servers},
          {"warm_up", warm_up},
          {"took_ms", report.took.count()}};
}

Inventories inventories_of(const vault::Vault& vault, const vault::SnapshotRecord& record) {
  Inventories documents;
  if (!record.body || vault.self().role != vault::Role::identity) return documents;
  std::optional<vault::SnapshotReader> reader;
  for (std::size_t i = 0; i < record.body->sources.size(); ++i) {
    if (record.body->sources[i].holds_data()) continue;
    if (!reader) reader.emplace(vault, record);
    documents[i] =
        as_text(reader->document(static_cast<std::uint16_t>(i), bridge::kInventoryDocument));
  }
  return documents;
}

std::string inventory_text(std::string_view document) {
  const Json inventory = Json::parse(document, nullptr, false);
  if (!inventory.is_object()) return "";
  const auto servers = inventory.find("servers");
  if (servers == inventory.end()) {
    std::uint64_t keys = 0;
    for (const Json& database : inventory.value("databases", Json::array())) {
      if (database.is_object()) keys += number_in(database, "keys").value_or(0);
    }
    return line_of(text_in(inventory, "address"), health_of(inventory, keys, "key", "used_bytes"));
  }
  std::string text;
  for (const Json& server : *servers) {
    if (!server.is_object()) continue;
    text += line_of(text_in(server, "address"),
                    health_of(server, number_in(server, "items"), "item", "bytes"));
  }
  return text;
}

bool holds_only_inventories(const vault::SnapshotRecord& record) {
  return record.body && !record.body->sources.empty() &&
         std::ranges::none_of(record.body->sources, &vault::SourceSummary::holds_data);
}

}  // namespace lifeboat::cli
