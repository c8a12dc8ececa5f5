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
  std::vector<Past> found;
  for (const OtherRecord& record : history.others) {
    if (record.kind != RecordKind::check) continue;
    try {
      PacksRead read = decode_packs_read(record.body);
      if (read.place == place && read.store_time <= now) {
        found.push_back({record.link.id, std::move(read)});
      }
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): then more is read than need be
    }
  }
  std::ranges::stable_sort(found, {}, [](const Past& past) { return past.read.store_time; });
  for (Past& past : found) append(std::move(past));
}

bool PastChecks::append(Past past) {
  for (const ObjectHash& record : past.read.leaned_on) {
    const auto at = places_.find(record);
    if (at == places_.end()) return false;
    past.leaned_on.push_back(at->second);
  }
  std::ranges::sort(past.leaned_on);
  places_.emplace(past.record, checks_.size());
  checks_.push_back(std::move(past));
  return true;
}

void PastChecks::Fate::pass(const Past& past, const ObjectHash& hash) {
  const bool whole = !past.read.damaged.contains(hash);
  packs = whole ? std::optional(past.read.store_time) : std::nullopt;
  if (past.read.depth == CheckDepth::decrypt || !whole) decrypted = packs;
}

bool PastChecks::did_read(const Past& past, const ObjectHash& hash, Instant stored_at,
                          const std::vector<bool>& earlier) const {
  const PacksRead& read = past.read;
  if (stored_at >= read.store_time || !read.spans(hash)) return false;
  if (!read.recheck_after) return true;
  // It passed over what was recent by the records that it knew, whatever others came to.
  Fate known;
  for (const std::size_t at : past.leaned_on) {
    if (earlier[at]) known.pass(checks_[at], hash);
  }
  const auto& last = known.at(read.depth);
  return !last || *last < read.store_time - *read.recheck_after;
}

std::optional<Instant> PastChecks::last_read(const ObjectHash& hash, Instant stored_at,
                                             CheckDepth depth) const {
  Fate fate;
  std::vector<bool> reads;
  for (const Past& past : checks_) {
    reads.push_back(did_read(past, hash, stored_at, reads));
    if (reads.back()) fate.pass(past, hash);
  }
  return fate.at(depth);
}

std::optional<ObjectHash> PastChecks::ended_at(CheckDepth depth) const {
  for (auto past = checks_.rbegin(); past != checks_.rend(); ++past) {
    if (past->read.depth >= depth) return past->read.through;
  }
  return std::nullopt;
}

std::vector<ObjectHash> PastChecks::records_since(Instant since) const {
  std::vector<ObjectHash> records;
  for (const Past& past : checks_) {
    if (past.read.store_time >= since) records.push_back(past.record);
  }
  return records;
}

void PastChecks::add(PacksRead read) { append({{}, std::move(read)}); }

}  // namespace lifeboat::vault
