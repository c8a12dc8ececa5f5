#include "vault/check_record.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {

std::string_view name_of(CheckDepth depth) noexcept {
  switch (depth) {
    case CheckDepth::structure:
      return "structure";
    case CheckDepth::packs:
      return "packs";
    case CheckDepth::decrypt:
      return "decrypt";
  }
  return "structure";
}

bool is_of_part(const ObjectHash& hash, std::uint32_t part, std::uint32_t parts) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8U | hash.bytes[i];
  return number % parts == part - 1;
}

bool PacksRead::spans(const ObjectHash& hash) const {
  if (!is_of_part(hash, part, parts)) return false;
  return from <= through ? from <= hash && hash <= through : from <= hash || hash <= through;
}

PastChecks::PastChecks(const History& history, const std::string& place, Instant now) {
  for (const OtherRecord& record : history.others) {
    if (record.kind != RecordKind::check) continue;
    try {
      PacksRead read = decode_packs_read(record.body);
      if (read.place == place && read.store_time <= now) {
        checks_.push_back({record.link.id, std::move(read)});
      }
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): then more is read than need be
    }
  }
  std::ranges::stable_sort(checks_, {}, [](const Past& past) { return past.read.store_time; });
  std::set<ObjectHash> counted;
  std::erase_if(checks_, [&](const Past& past) {
    const bool whole = std::ranges::all_of(
        past.read.leaned_on, [&](const ObjectHash& record) { return counted.contains(record); });
    if (whole) counted.insert(past.record);
    return !whole;
  });
}

std::optional<Instant> PastChecks::last_read(const ObjectHash& hash, Instant stored_at,
                                             CheckDepth depth) const {
  std::optional<Instant> packs;
  std::optional<Instant> decrypted;
  for (const auto& [record, read] : checks_) {
    if (stored_at >= read.store_time || !read.spans(hash)) continue;
    const auto& before = read.depth == CheckDepth::decrypt ? decrypted : packs;
    if (read.recheck_after && before && *before >= read.store_time - *read.recheck_after) continue;
    const bool whole = !read.damaged.contains(hash);
    packs = whole ? std::optional(read.store_time) : std::nullopt;
    if (read.depth == CheckDepth::decrypt || !whole) decrypted = packs;
  }
  return depth == CheckDepth::decrypt ? decrypted : packs;
}

std::optional<ObjectHash> PastChecks::ended_at(CheckDepth depth) const {
  for (auto past = checks_.rbegin(); past != checks_.rend(); ++past) {
    if (past->read.depth >= depth) return past->read.through;
  }
  return std::nullopt;
}

std::vector<ObjectHash> PastChecks::records_since(Instant since) const {
  std::vector<ObjectHash> records;
  for (const auto& [record, read] : checks_) {
    if (read.store_time >= since) records.push_back(record);
  }
  return records;
}

void PastChecks::add(PacksRead read) { checks_.push_back({{}, std::move(read)}); }

}  // namespace lifeboat::vault
