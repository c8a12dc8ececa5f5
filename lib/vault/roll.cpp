#include "vault/roll.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/wire.h"
#include "vault/chain_reader.h"
#include "vault/object_header.h"
#include "vault/object_names.h"
#include "vault/vault.h"

namespace lifeboat::vault {
namespace {

constexpr const char* kWhat = "a roll";
/// How often a run looks whether rolls are missing. 128 is a multiple.
constexpr std::uint64_t kLookEvery = 16;

/// 0 = none is.
std::uint64_t newest_missing(const Vault& vault, ObjectType chain, std::uint64_t whole_blocks) {
  std::set<std::uint64_t> there;
  const std::string prefix = names::chain_prefix(chain, vault.self_id()) + "roll/";
  vault.store().list(prefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (parsed && parsed->type == ObjectType::roll) there.insert(parsed->number);
    return true;
  });
  std::uint64_t number = whole_blocks;
  while (number > 0 && there.contains(number)) --number;
  return number;
}

Link decode_link(const Vault& vault, ObjectType chain, const TrustedKey& author,
                 const LinkPlace& place, ByteView stored) {
  return chain == ObjectType::snapshot ? vault.decode_snapshot(author, place, stored).link
                                       : vault.decode_record(author, place, stored).link;
}

/// The block's records, oldest first; nothing if they take more than a roll may, or the chain forks
/// in it. A roll is never replaced, so each is verified: throws corrupt or stale where a reader of
/// the chain would.
std::optional<std::vector<Bytes>> block_of(const Vault& vault, ObjectType chain,
                                           std::uint64_t number) {
  const TrustedKey* self = vault.trust().find(vault.self_id());
  const ChainListing listing =
      vault.has_hashed_names() ? list_chain(vault, chain, self->id) : ChainListing{};
  const auto first = listing.marks.lower_bound((number - 1) * kRollRecords + 1);
  const auto last = listing.marks.upper_bound(number * kRollRecords);
  const bool forks = std::any_of(first, last, [](const auto& at) { return at.second.size() > 1; });
  if (forks) return std::nullopt;
  std::vector<Bytes> records;
  std::uint64_t total_bytes = 0;
  ObjectHash previous;
  for (std::uint64_t seq = (number - 1) * kRollRecords + 1; seq <= number * kRollRecords; ++seq) {
    const std::vector<LinkPlace> listed = listing.at(seq);
    const LinkPlace place = listed.empty() ? LinkPlace(seq) : listed.front();
    records.push_back(vault.fetch_link(chain, self->id, place));
    total_bytes += records.back().size() + sizeof(std::uint32_t);
    if (total_bytes > kMaxRollBytes - kObjectHeaderBytes - sizeof(std::uint32_t)) {
      return std::nullopt;
    }
    const Link link = decode_link(vault, chain, *self, place, records.back());
    if (records.size() > 1 && link.previous != previous) {
      throw Error(ErrorKind::stale, "the chain is broken at " + std::to_string(seq));
    }
    previous = link.id;
  }
  return records;
}

}  // namespace

Bytes encode_roll(const std::vector<Bytes>& records) {
  WireWriter writer;
  put_object_header(writer, ObjectType::roll, 0);
  writer.put(static_cast<std::uint32_t>(records.size()));
  for (const Bytes& record : records) {
    writer.put(static_cast<std::uint32_t>(record.size())).put_bytes(record);
  }
  return writer.take();
}

std::vector<ByteView> decode_roll(ByteView stored) {
  WireReader reader(stored, kWhat);
  if (read_object_header(reader, ObjectType::roll, kWhat) != 0 ||
      reader.get<std::uint32_t>() != kRollRecords) {
    throw Error(ErrorKind::corrupt, "a roll is of no generation and holds 128 records");
  }
  std::vector<ByteView> records;
  records.reserve(kRollRecords);
  for (std::uint64_t i = 0; i < kRollRecords; ++i) {
    records.push_back(reader.get_bytes(reader.get<std::uint32_t>()));
  }
  reader.expect_end();
  return records;
}

void store_missing_roll(const Vault& vault, ObjectType chain, std::uint64_t seq) noexcept {
  if (seq % kLookEvery != 0 || seq < kRollRecords) return;
  try {
    const std::uint64_t number = newest_missing(vault, chain, seq / kRollRecords);
    if (number == 0) return;
    const auto records = block_of(vault, chain, number);
    if (!records) return;
    const auto key = names::roll(chain, vault.self_id(), static_cast<std::uint32_t>(number));
    static_cast<void>(vault.store().put(key, encode_roll(*records)));
  } catch (const std::exception&) {
    // The record before it is stored and counts. A later run tries again, and what is wrong with
    // the chain is told by whoever reads it.
  }
}

}  // namespace lifeboat::vault
