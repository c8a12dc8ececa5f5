#include "vault/chain_reader.h"

#include <algorithm>

#include "base/error.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault/roll.h"

namespace lifeboat::vault {

namespace {

std::map<KeyId, ChainListing> list_below(const Vault& vault, const std::string& prefix) {
  std::map<KeyId, ChainListing> chains;
  vault.store().list(prefix, "", [&](const store::ObjectInfo& info) {
    const auto parsed = names::parse(info.key.name());
    if (!parsed) return true;
    ChainListing& chain = chains[parsed->author];
    if (chain.first_name.empty()) chain.first_name = info.key.name();
    if (parsed->type == ObjectType::roll) {
      chain.rolls.insert(parsed->number);
    } else {
      chain.head = std::max(chain.head, parsed->number);
      chain.seqs.insert(parsed->number);
    }
    return true;
  });
  return chains;
}

}  // namespace

std::map<KeyId, ChainListing> list_chains(const Vault& vault, ObjectType type) {
  return list_below(vault,
                    type == ObjectType::snapshot ? names::kSnapshotPrefix : names::kRecordPrefix);
}

std::map<KeyId, ChainListing> list_chains(const Vault& vault, ObjectType type,
                                          const KeyId& author) {
  return list_below(vault, names::chain_prefix(type, author));
}

Bytes ChainReader::stored(std::uint64_t seq, const std::optional<ObjectHash>& expected) {
  const auto rolled = in_roll(seq);
  if (use_ == RollUse::compare_with_records) {
    Bytes alone = vault_.fetch_link(type_, author_, seq);
    if (rolled && !std::ranges::equal(*rolled, alone)) {
      roll_problem(ErrorKind::corrupt, roll_of(seq),
                   "it differs from record " + std::to_string(seq) + " of its chain");
    }
    return alone;
  }
  // Without a record behind it that names it, nothing says that this is the one that counts.
  if (!rolled || !expected) return vault_.fetch_link(type_, author_, seq);
  if (ObjectHash{seal::sha256(*rolled)} != *expected) {
    roll_problem(ErrorKind::corrupt, roll_of(seq),
                 "it does not hold record " + std::to_string(seq) + " as its chain names it");
    return vault_.fetch_link(type_, author_, seq);
  }
  return {rolled->begin(), rolled->end()};
}

std::optional<ByteView> ChainReader::in_roll(std::uint64_t seq) {
  const std::uint64_t number = roll_of(seq);
  if (!listing_.rolls.contains(number)) return std::nullopt;
  if (number != open_number_) open_roll(number);
  if (records_.empty()) return std::nullopt;
  return records_[(seq - 1) % kRollRecords];
}

void ChainReader::open_roll(std::uint64_t number) {
  open_number_ = number;
  records_.clear();
  // A roll beyond the head is not read: it stands for records that are not there.
  if (number * kRollRecords > listing_.head) return;
  const auto key = names::roll(type_, author_, static_cast<std::uint32_t>(number));
  try {
    auto stored = vault_.store().get(key, kMaxRollBytes);
    if (!stored) return;
    roll_ = std::move(*stored);
    records_ = decode_roll(roll_);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    roll_problem(error.kind(), number, error.message());
  }
}

void ChainReader::roll_problem(ErrorKind kind, std::uint64_t number, const std::string& what) {
  problems_.push_back(
      {kind, names::roll(type_, author_, static_cast<std::uint32_t>(number)).name(), what});
  // One problem says enough: the rest of its block is read record by record.
  if (number == open_number_) records_.clear();
}

std::vector<RollProblem> ChainReader::take_problems() {
  if (!listing_.rolls.empty() && *listing_.rolls.rbegin() * kRollRecords > listing_.head) {
    // A long listing is no moment: records may have come while it ran, and rolls stand at its end.
    const std::uint64_t newest = *listing_.rolls.rbegin();
    if (newest * kRollRecords > vault_.head_seq(type_, author_)) {
      roll_problem(ErrorKind::stale, newest,
                   "it holds records up to " + std::to_string(newest * kRollRecords) +
                       ", but the chain ends at " + std::to_string(listing_.head));
    }
  }
  return std::move(problems_);
}

}  // namespace lifeboat::vault
