#include "vault/sweep_record.h"

#include <algorithm>

#include "base/error.h"

namespace lifeboat::vault {
namespace {

void put_tombstones(FieldsWriter& fields, const std::vector<Tombstone>& tombstones) {
  if (tombstones.empty()) return;
  WireWriter writer;
  for (const Tombstone& stone : tombstones) {
    writer.put_bytes(stone.author.view())
        .put(stone.seq)
        .put_bytes(stone.id.view())
        .put_bytes(stone.previous.view());
  }
  fields.critical(20, writer.bytes());
}

void take_tombstones(WireReader reader, std::vector<Tombstone>& into) {
  while (!reader.at_end()) {
    Tombstone stone;
    stone.author.bytes = reader.get_array<16>();
    stone.seq = reader.get<std::uint64_t>();
    stone.id.bytes = reader.get_array<32>();
    stone.previous.bytes = reader.get_array<32>();
    into.push_back(stone);
  }
}

}  // namespace

Bytes Sweep::encode() const {
  FieldsWriter fields;
  put_known_marks(fields, marks, true);
  removed.put(fields);
  put_tombstones(fields, tombstones);
  WireWriter heads;
  for (const auto& [author, seq] : walked) heads.put_bytes(author.view()).put(seq);
  return fields.critical(21, heads.bytes()).take();
}

bool Sweep::take(const Field& field) {
  if (removed.take(field)) return true;
  switch (field.number) {
    case 17:
      take_known_mark(field, marks);
      return true;
    case 20:
      take_tombstones(field.reader(), tombstones);
      return true;
    case 21:
      for (WireReader reader = field.reader(); !reader.at_end();) {
        const KeyId author{reader.get_array<16>()};
        walked[author] = reader.get<std::uint64_t>();
      }
      return true;
    default:
      return false;
  }
}

bool Sweep::complete() const {
  if (!marks.empty()) return true;
  if (removed.objects.empty() && removed.sessions.empty() && tombstones.empty() && walked.empty()) {
    return false;
  }
  throw Error(ErrorKind::corrupt, "a sweep record names no mark that it carries out");
}

Swept::Swept(std::vector<Sweep> sweeps) : sweeps_(std::move(sweeps)) {
  for (const Sweep& sweep : sweeps_) {
    for (const Tombstone& stone : sweep.tombstones) {
      tombstones_.try_emplace({stone.author, stone.seq}, stone);
    }
    objects_.insert(sweep.removed.objects.begin(), sweep.removed.objects.end());
    sessions_.insert(sweep.removed.sessions.begin(), sweep.removed.sessions.end());
    newest_ = newest_of(std::move(newest_), sweep.marks);
  }
}

const Tombstone* Swept::tombstone(const KeyId& author, std::uint64_t seq) const {
  const auto at = tombstones_.find({author, seq});
  return at == tombstones_.end() ? nullptr : &at->second;
}

std::uint64_t Swept::tombstone_below(const KeyId& author, std::uint64_t seq) const {
  const auto at = tombstones_.lower_bound({author, seq});
  if (at == tombstones_.begin() || std::prev(at)->first.first != author) return 0;
  return std::prev(at)->first.second;
}

bool Swept::missed_a_mark(const KeyId& author, std::uint64_t seq, const KnownMarks& known) const {
  if (knows(known, newest_)) return false;
  return std::ranges::any_of(sweeps_, [&](const Sweep& sweep) {
    const auto at = sweep.walked.find(author);
    const std::uint64_t walked = at == sweep.walked.end() ? 0 : at->second;
    return seq > walked && !knows(known, sweep.marks);
  });
}

}  // namespace lifeboat::vault
