#include "vault/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "base/units.h"
#include "seal/sha256.h"
#include "vault/append_record.h"
#include "vault/blob_check.h"
#include "vault/list.h"
#include "vault/mark.h"
#include "vault/object_header.h"
#include "vault/object_names.h"
#include "vault/stored_session.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kMaxPackBytes = 64 * kMiB;

/// An object of the store that a name of the format belongs to.
struct Found {
  names::Parsed parsed;
  std::uint64_t size_bytes = 0;
  Instant stored_at;
};

class Checker {
 public:
  Checker(const Vault& vault, CheckDepth depth, Observer& observer, std::stop_token stop,
          const PackChoice& choice)
      : vault_(vault), observer_(observer), stop_(std::move(stop)), choice_(choice) {
    report_.depth = depth;
  }

  CheckReport run() {
    observer_.phase("structure");
    list_objects();
    History history = read_history(vault_, RollUse::compare_with_records);
    swept_ = std::move(history.swept);
    report_.missed_marks = history.missed_marks;
    report_.snapshots = history.snapshots.size();
    report_.heads = history.heads;
    report_.problems.insert(report_.problems.end(), history.problems.begin(),
                            history.problems.end());
    report_.void_records = history.void_records;
    for (const SnapshotRecord& snapshot : history.snapshots) check_snapshot(snapshot);
    check_session_headers();
    check_marks();
    if (report_.depth != CheckDepth::structure) check_packs(history);
    count_unreferenced();
    return std::move(report_);
  }

 private:
  void problem(ErrorKind kind, const std::string& object, const std::string& what) {
    report_.problems.push_back({kind, object, what});
  }

  /// Runs one look; what it finds damaged is recorded, everything else goes on up.
  template <typename Look>
  void guarded(const std::string& object, Look&& look) {
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before the end");
    try {
      look();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      problem(error.kind(), object, error.message());
    }
  }

  void cannot_look(const std::string& what) {
    if (std::ranges::find(report_.not_checked, what) == report_.not_checked.end()) {
      report_.not_checked.push_back(what);
    }
  }

  void list_objects() {
    vault_.store().list("", "", [&](const store::ObjectInfo& info) {
      ++report_.objects;
      if (const auto parsed = vault_.parse_name(info.key.name())) {
        objects_[info.key.name()] = {*parsed, info.size_bytes, info.stored_at};
      } else if (!info.key.name().starts_with("probe/")) {
        problem(ErrorKind::corrupt, info.key.name(), "no object of a vault has this name");
      }
      return true;
    });
  }

  /// Presence and length of something that a record or an index names.
  bool require(const std::string& name, std::uint64_t size_bytes, bool exact) {
    if (!needed_.insert(name).second) return true;
    const auto at = objects_.find(name);
    if (at == objects_.end()) {
      problem(ErrorKind::corrupt, name, "it is missing, but a snapshot needs it");
      return false;
    }
    if (exact && at->second.size_bytes != size_bytes) {
      problem(ErrorKind::corrupt, name, "it has another length than a snapshot says");
      return false;
    }
    return true;
  }

  void check_snapshot(const SnapshotRecord& snapshot) {
    const std::string name = vault_.key_of(ObjectType::snapshot, snapshot.link).name();
    for (const SessionRef& session : snapshot.sessions) {
      const auto key = names::session(session.generation, session.id);
      if (!require(key.name(), 0, false)) continue;
      guarded(key.name(), [&] {
        const auto stored = vault_.store().get(key, kMaxSessionBytes);
        if (!stored) return;
        if (ObjectHash{seal::sha256(*stored)} != session.header_hash) {
          other_headers_.insert(key.name());
          throw Error(ErrorKind::corrupt, "it is not the header that its snapshot names");
        }
        SessionHeader::decode(*stored).require_writer(snapshot.link.author);
      });
    }
    for (const SegmentRef& segment : snapshot.segments) {
      require(names::index_segment(segment.generation, segment.hash).name(), segment.stored_bytes,
              true);
    }
    if (!vault_.keyring().index_keys(snapshot.link.generation, snapshot.link.author) ||
        !snapshot.body) {
      cannot_look("indexes and lists of " + snapshot.link.author.hex().substr(0, 8) +
                  ", and so what nobody needs (its writer opens them, a pruner, an identity)");
      return;
    }
    guarded(name, [&] { check_lists(snapshot); });
  }

  const Index& index_for(const SnapshotRecord& snapshot) {
    if (loaded_ != snapshot.segments) {
      index_ = {};
      loaded_.clear();
      index_ = vault_.read_index(snapshot);
      loaded_ = snapshot.segments;
      for (const Index::Loaded& part : index_.segments()) note_segment(part, snapshot);
    }
    return index_;
  }

  void note_segment(const Index::Loaded& part, const SnapshotRecord& snapshot) {
    for (const IndexSegment::PackInfo& pack : part.segment.packs()) {
      // What a sweep removed is missed only where a list leads to it.
      if (swept_.removed(ObjectRef{part.ref.generation, pack.type, pack.hash})) continue;
      const auto key = names::pack(pack.type, part.ref.generation, pack.hash);
      require(key.name(), pack.stored_bytes, true);
    }
    for (const SessionId& session : part.segment.sessions()) {
      require(names::session(part.ref.generation, session).name(), 0, false);
    }
    segments_.insert_or_assign(part.ref.hash, BlobCheck::Segment{part.ref, snapshot.link.author});
  }

  void check_lists(const SnapshotRecord& snapshot) {
    const Index& index = index_for(snapshot);
    const KeyId& writer = snapshot.link.author;
    const auto keys = vault_.keyring().index_keys(snapshot.link.generation, writer);
    const FetchList fetch = [&](const BlobId& id) {
      const auto location = index.find(id);
      if (!location) {
        throw Error(ErrorKind::corrupt, "no index knows list " + id.hex().substr(0, 16));
      }
      const auto key = names::pack(location->pack_type, location->generation, location->pack);
      const auto stored =
          vault_.store().get_range(key, location->place.offset, location->place.stored_bytes);
      if (!stored) throw Error(ErrorKind::corrupt, key.name() + " is missing");
      return with_context(key.name(), [&] {
        return opener_.open_list({vault_.id(), location->generation, location->session, writer},
                                 *keys, id, location->place, *stored);
      });
    };
    const auto require_blobs = [&](const BlobId& list) {
      if (!walked_.insert(list).second) return;
      for (const BlobRef& blob : read_blob_list(list, fetch)) require_blob(index, blob.id);
    };
    for (const StreamEntry& stream : read_stream_list(snapshot.body->streams, fetch)) {
      if (stream.kind == StreamKind::document) {
        require_blobs(stream.list);
      } else if (walked_.insert(stream.list).second) {
        for (const RangeEntry& range : read_range_list(stream.list, fetch)) {
          require_blobs(range.blobs);
          require_blob(index, range.facts);
        }
      }
    }
  }

  void require_blob(const Index& index, const BlobId& id) {
    const auto at = index.find(id);
    if (!at) throw Error(ErrorKind::corrupt, "no index knows blob " + id.hex().substr(0, 16));
    if (!swept_.removed(ObjectRef{at->generation, at->pack_type, at->pack})) return;
    require(names::pack(at->pack_type, at->generation, at->pack).name(), 0, false);
  }

  void check_marks() {
    for (const auto& [name, found] : objects_) {
      if (found.parsed.type != ObjectType::mark) continue;
      guarded(name, [&, &name = name, &found = found] {
        const auto stored = vault_.store().get(store::ObjectKey(name), kMaxRecordBytes);
        if (!stored) return;
        static_cast<void>(Mark::decode(*stored, vault_.id(), vault_.trust(),
                                       found.parsed.generation, found.parsed.number));
      });
    }
  }

  /// Headers of runs that were broken off are named by nothing; their MAC tells a reader. Those
  /// already found to be other bytes than a record names are not looked into.
  void check_session_headers() {
    const bool reader = vault_.self().role == Role::identity;
    for (const auto& [name, found] : objects_) {
      if (found.parsed.type != ObjectType::session || other_headers_.contains(name)) continue;
      check_session_header(name, found.parsed, reader);
    }
  }

  void check_session_header(const std::string& name, const names::Parsed& parsed, bool reader) {
    guarded(name, [&] {
      const auto plain_key = names::session(parsed.generation, parsed.session);
      const auto plain = vault_.store().get(plain_key, kMaxSessionBytes);
      if (!plain) throw Error(ErrorKind::corrupt, plain_key.name() + " is missing");
      const SessionHeader header = SessionHeader::decode(*plain);
      header.require_place(vault_.id(), parsed.generation, parsed.session);
      if (parsed.number != 0) {
        check_sealed_again(name, parsed, header);
        return;
      }
      require_known_recipients(header);
      if (reader) with_session_of(name, parsed, [](const OpenedSession&) {});
    });
  }

  /// A header that another key than an identity's opens would have its data read by a stranger.
  void require_known_recipients(const SessionHeader& header) const {
    for (const SessionHeader::Recipient& recipient : header.recipients) {
      const TrustedKey* key = vault_.trust().find(recipient.key);
      if (key != nullptr && key->role == Role::identity) continue;
      throw Error(ErrorKind::corrupt, "it is sealed to " + recipient.key.hex().substr(0, 8) +
                                          ", which is no identity that trust lists");
    }
  }

  void check_sealed_again(const std::string& object, const names::Parsed& name,
                          const SessionHeader& plain) {
    const auto again = fetch_sealed_again(vault_, name.generation, name.session, name.number);
    if (!again) return;
    require_known_recipients(decode_sealed_again(*again, plain));
    if (vault_.self().role != Role::identity) return;
    with_session_of(object, name, [&](const OpenedSession& session) {
      static_cast<void>(require_sealed_again(*again, session));
    });
  }

  /// A session that is sealed to others only is a finding of its own: the check goes on.
  template <typename Look>
  void with_session_of(const std::string& object, const names::Parsed& name, Look&& look) {
    std::optional<OpenedSession> session;
    unless_denied(object,
                  [&] { session = open_stored_session(vault_, name.generation, name.session); });
    if (session) look(*session);
  }

  template <typename Open>
  void unless_denied(const std::string& name, Open&& open) {
    try {
      open();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::denied) throw;
      problem(ErrorKind::denied, name, error.message());
    }
  }

  void check_packs(const History& history) {
    observer_.phase("packs");
    if (report_.depth == CheckDepth::decrypt) {
      vault_.require_role(Role::identity, "check --decrypt");
      blob_check_.emplace(vault_, segments_);
    }
    PackRounds rounds(listed_packs(), report_.depth, choice_, past_checks(history));
    while (const ListedPack* const pack = rounds.next()) {
      const std::uint64_t read_before = report_.read_bytes;
      const std::size_t problems_before = report_.problems.size();
      guarded(pack->name, [&] { check_pack(pack->name, pack->parsed); });
      rounds.note(report_.read_bytes - read_before, report_.problems.size() == problems_before);
    }
    report_.packs_left = rounds.left();
    report_.packs_recent = rounds.recent();
    report_.read = rounds.read();
    if (choice_.place) report_.age = rounds.age();
    if (!blob_check_) return;
    for (const SessionId& session : blob_check_->sessions_that_reused_nonces()) {
      problem(ErrorKind::corrupt, "session " + session.hex(),
              "two of its blobs were encrypted under one nonce: who reads the vault's objects can "
              "tell how they differ");
    }
  }

  [[nodiscard]] std::vector<ListedPack> listed_packs() const {
    std::vector<ListedPack> packs;
    for (const auto& [name, found] : objects_) {
      const ObjectType type = found.parsed.type;
      if (type == ObjectType::data_pack || type == ObjectType::meta_pack ||
          type == ObjectType::index_segment) {
        packs.push_back({name, found.parsed, found.stored_at});
      }
    }
    return packs;
  }

  [[nodiscard]] PastChecks past_checks(const History& history) const {
    if (!choice_.place) return {};
    return {history, choice_.place->name, choice_.place->store_time};
  }

  void check_pack(const std::string& name, const names::Parsed& parsed) {
    const auto stored =
        vault_.store().get(store::ObjectKey(name), kMaxPackBytes + kMaxSegmentBytes);
    if (!stored) throw Error(ErrorKind::corrupt, "it vanished while the check ran");
    report_.read_bytes += stored->size();
    observer_.item_advanced(name, stored->size(), 0);
    if (ObjectHash{seal::sha256(*stored)} != parsed.hash) {
      throw Error(ErrorKind::corrupt, "its bytes are not what its name says");
    }
    WireReader header(*stored, "it");
    if (read_object_header(header, parsed.type, "it") != parsed.generation) {
      throw Error(ErrorKind::corrupt, "it is of another generation than its name says");
    }
    if (parsed.type == ObjectType::index_segment) return;
    ++report_.packs;
    if (!blob_check_) return;
    unless_denied(name, [&] { report_.blobs += blob_check_->check(*stored, parsed); });
  }

  void count_unreferenced() {
    for (const auto& [name, found] : objects_) {
      const names::Parsed& parsed = found.parsed;
      switch (parsed.type) {
        case ObjectType::data_pack:
        case ObjectType::meta_pack:
        case ObjectType::index_segment:
          count_unneeded(name,
                         swept_.removed(ObjectRef{parsed.generation, parsed.type, parsed.hash}));
          break;
        case ObjectType::session:
          count_unneeded(names::session(parsed.generation, parsed.session).name(),
                         swept_.removed(SessionName{parsed.generation, parsed.session}));
          break;
        case ObjectType::snapshot:
          if (swept_.tombstone(parsed.author, parsed.number) != nullptr) ++report_.leftovers;
          break;
        case ObjectType::format:
        case ObjectType::trust:
        case ObjectType::record:
        case ObjectType::mark:
        case ObjectType::run:
        case ObjectType::claim:
        case ObjectType::roll:
          break;
      }
    }
  }

  void count_unneeded(const std::string& name, bool removed) {
    if (needed_.contains(name)) return;
    if (removed) {
      ++report_.leftovers;
    } else if (report_.not_checked.empty()) {  // else an index that stayed closed may name it
      ++report_.unreferenced;
    }
  }

  const Vault& vault_;
  Observer& observer_;
  std::stop_token stop_;
  PackChoice choice_;
  CheckReport report_;
  Swept swept_;
  std::map<std::string, Found> objects_;
  std::set<std::string> needed_;
  std::set<std::string> other_headers_;  // sessions whose header is not the one that was signed
  std::vector<SegmentRef> loaded_;
  Index index_;
  std::map<ObjectHash, BlobCheck::Segment> segments_;
  std::unordered_set<BlobId, IdHash> walked_;
  std::optional<BlobCheck> blob_check_;
  BlobOpener opener_;
};

}  // namespace

CheckReport check(const Vault& vault, CheckDepth depth, Observer& observer, std::stop_token stop,
                  const PackChoice& choice) {
  return Checker(vault, depth, observer, std::move(stop), choice).run();
}

Link record_check(const Vault& vault, const PacksRead& read, Instant started, Instant finished) {
  return append_json_record(vault, RecordKind::check, encode_packs_read(read), started, finished);
}

}  // namespace lifeboat::vault
