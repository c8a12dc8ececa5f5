#include "vault/copy.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/units.h"
#include "seal/sha256.h"
#include "vault/fence.h"
#include "vault/object_names.h"
#include "vault/roll.h"
#include "vault/session.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kMaxObjectBytes = 128 * kMiB;
constexpr const char* kItem = "objects";

/// In the order in which they are written, which is a writer's own: nothing needs what is not there
/// yet.
enum class Step { foundation, headers, packs, indexes, records, snapshots, rolls, none };

Step step_of(const names::Parsed& name) {
  switch (name.type) {
    case ObjectType::format:
    case ObjectType::trust:
      return Step::foundation;
    case ObjectType::data_pack:
    case ObjectType::meta_pack:
      return Step::packs;
    case ObjectType::index_segment:
      return Step::indexes;
    case ObjectType::session:
      return Step::headers;
    case ObjectType::record:
      return Step::records;
    case ObjectType::snapshot:
      return Step::snapshots;
    case ObjectType::roll:
      return Step::rolls;
    case ObjectType::mark:
    case ObjectType::run:
    case ObjectType::claim:
      break;
  }
  return Step::none;
}

/// An object of the original.
struct Original {
  std::string name;
  names::Parsed parsed;
  std::uint64_t size_bytes = 0;
};

class Copier {
 public:
  Copier(const Vault& from, store::ObjectStore& to, CopyScope scope, Observer& observer,
         std::stop_token stop)
      : from_(from), to_(to), scope_(scope), observer_(observer), stop_(std::move(stop)) {}

  CopyReport run() {
    observer_.phase("list both vaults");
    // Chains first: all that a listed record names is stored already, so the listing of the rest
    // has it.
    list_chains_of_original();
    if (scope_ == CopyScope::everything) leave_out_swept();
    list_rest_of_original();
    list_copy();
    require_same_vault();
    require_same_past();
    copy_all();
    return std::move(report_);
  }

 private:
  using Queue = std::vector<Original>;

  void take(const store::ObjectInfo& info, std::set<Step> steps) {
    const auto parsed = from_.parse_name(info.key.name());
    if (!parsed) return;
    const Step step = step_of(*parsed);
    if (is_swept(*parsed)) return;
    if (!steps.contains(step) || !in_scope(*parsed)) return;
    queues_[step].push_back({info.key.name(), *parsed, info.size_bytes});
  }

  [[nodiscard]] bool in_scope(const names::Parsed& name) const {
    if (scope_ == CopyScope::everything) return true;
    switch (step_of(name)) {
      case Step::snapshots:
        return name.author == from_.self_id();
      case Step::rolls:
        return name.author == from_.self_id() && name.chain == ObjectType::snapshot;
      case Step::headers:
        return name.number == 0;  // those sealed again are an identity's
      case Step::packs:
      case Step::indexes:
        return true;
      case Step::foundation:
      case Step::records:
      case Step::none:
        break;
    }
    return false;
  }

  void list_chains_of_original() {
    for (const char* prefix : {names::kSnapshotPrefix, names::kRecordPrefix}) {
      from_.store().list(prefix, "", [&](const store::ObjectInfo& info) {
        take(info, {Step::records, Step::snapshots, Step::rolls});
        return true;
      });
    }
    // A chain's names run from its head down; they are written from its first record up.
    for (const Step step : {Step::records, Step::snapshots}) {
      std::ranges::sort(queues_[step], [](const Original& a, const Original& b) {
        return std::pair(a.parsed.author, a.parsed.number) <
               std::pair(b.parsed.author, b.parsed.number);
      });
    }
  }

  /// What a sweep removed that broke off is not copied. Read behind the names of the chains: what
  /// is missing there has its tombstone here.
  void leave_out_swept() {
    swept_ = read_sweeps(from_);
    std::erase_if(queues_[Step::snapshots],
                  [&](const Original& object) { return is_swept(object.parsed); });
  }

  [[nodiscard]] bool is_swept(const names::Parsed& name) const {
    if (!swept_) return false;
    if (name.type == ObjectType::snapshot) {
      return swept_->tombstone(name.author, name.number) != nullptr;
    }
    if (name.type == ObjectType::session) {
      return swept_->removed(SessionName{name.generation, name.session});
    }
    return swept_->removed(ObjectRef{name.generation, name.type, name.hash});
  }

  void list_rest_of_original() {
    from_.store().list("", "", [&](const store::ObjectInfo& info) {
      take(info, {Step::foundation, Step::packs, Step::indexes, Step::headers});
      return true;
    });
  }

  void list_copy() {
    to_.list("", "", [&](const store::ObjectInfo& info) {
      there_[info.key.name()] = info.size_bytes;
      return true;
    });
  }

  [[nodiscard]] bool is_there(const std::string& name) const { return there_.contains(name); }

  void require_same_vault() const {
    const store::ObjectKey format = names::format();
    if (!is_there(format.name())) {
      if (scope_ == CopyScope::everything) return;
      throw Error(ErrorKind::not_found, to_.describe() + " holds no copy of this vault yet",
                  "make it once with lifeboat vault copy");
    }
    const auto here = from_.store().get(format, kMaxObjectBytes);
    if (to_.get(format, kMaxObjectBytes) == here) return;
    throw Error(ErrorKind::refused, to_.describe() + " holds another vault",
                "copy into an empty place");
  }

  /// The newest record of each chain that the copy has must be the original's, byte for byte: a
  /// record holds the hash of the one before it.
  void require_same_past() {
    std::map<std::string, const Original*> newest;  // by chain, of those that both have
    std::set<std::string> names;
    for (const Step step : {Step::foundation, Step::records, Step::snapshots}) {
      const auto queue = queues_.find(step);
      if (queue == queues_.end()) continue;
      for (const Original& object : queue->second) {
        names.insert(object.name);
        if (!is_there(object.name)) continue;
        newest[object.name.substr(0, object.name.rfind('/'))] = &object;
      }
    }
    for (const auto& [chain, object] : newest) {
      const store::ObjectKey key(object->name);
      if (from_.store().get(key, kMaxObjectBytes) != to_.get(key, kMaxObjectBytes)) {
        differ(object->name + " is another one there");
      }
    }
    for (const auto& [name, size] : there_) {
      const auto parsed = from_.parse_name(name);
      const bool counts = parsed && in_scope(*parsed) &&
                          (parsed->type == ObjectType::snapshot ||
                           parsed->type == ObjectType::record || parsed->type == ObjectType::trust);
      if (!counts || names.contains(name)) continue;
      if (!swept_) swept_ = read_sweeps(from_);
      if (!is_swept(*parsed)) differ("it holds " + name + ", which is not here");
    }
  }

  [[noreturn]] void differ(const std::string& what) const {
    throw Error(ErrorKind::stale, to_.describe() + " is no copy of this vault as it is: " + what,
                "one of the two was rolled back or written by two sides: look at both with "
                "lifeboat vault check");
  }

  void copy_all() {
    observer_.phase("copy");
    std::uint64_t total = 0;
    for (const auto& [step, queue] : queues_) {
      for (const Original& object : queue) total += is_there(object.name) ? 0 : object.size_bytes;
    }
    observer_.item_started(kItem, total);
    try {
      for (const auto& [step, queue] : queues_) {
        for (const Original& object : queue) copy(object);
      }
    } catch (Error& error) {
      error.add_kept(std::to_string(report_.objects) + " objects (" + human_bytes(report_.bytes) +
                     ") are in the copy; the same command goes on from there");
      throw;
    }
    observer_.item_finished(kItem);
  }

  void copy(const Original& object) {
    if (stop_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped before the end");
    if (const auto at = there_.find(object.name); at != there_.end()) {
      ++report_.already;
      if (at->second != object.size_bytes) {
        problem(ErrorKind::corrupt, object.name, "it has another length in the copy");
      }
      return;
    }
    const store::ObjectKey key(object.name);
    const auto stored = from_.store().get(key, kMaxObjectBytes);
    try {
      if (!stored) throw Error(ErrorKind::stale, "it vanished while it was copied");
      verify(object, *stored);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      problem(error.kind(), object.name, error.message());
      if (object.parsed.type == ObjectType::snapshot) leave_behind(stored, object);
      return;
    }
    if (to_.put(key, *stored) == store::PutResult::created) {
      ++report_.objects;
      report_.bytes += stored->size();
      if (object.parsed.type == ObjectType::snapshot) ++report_.snapshots;
    } else {
      ++report_.already;  // another run puts the same in
    }
    there_[object.name] = stored->size();
    observer_.item_advanced(kItem, stored->size(), 0);
  }

  void verify(const Original& object, const Bytes& stored) {
    const names::Parsed& name = object.parsed;
    switch (step_of(name)) {
      case Step::packs:
      case Step::indexes:
        if (ObjectHash{seal::sha256(stored)} == name.hash) return;
        throw Error(ErrorKind::corrupt, "its bytes are not what its name says");
      case Step::headers:
        if (name.number == 0) {
          SessionHeader::decode(stored).require_place(from_.id(), name.generation, name.session);
          headers_[object.name] = ObjectHash{seal::sha256(stored)};
        }
        return;
      case Step::records:
        if (const TrustedKey* author = author_of(name)) {
          static_cast<void>(from_.decode_record(*author, {name.number, name.mark}, stored));
        }
        return;
      case Step::snapshots:
        if (const TrustedKey* author = author_of(name)) {
          require_named(from_.decode_snapshot(*author, {name.number, name.mark}, stored));
        }
        return;
      case Step::rolls:
        static_cast<void>(decode_roll(stored));
        return;
      case Step::foundation:
      case Step::none:
        return;
    }
  }

  [[nodiscard]] const TrustedKey* author_of(const names::Parsed& name) const {
    const TrustedKey* author = from_.trust().find(name.author);
    if (author != nullptr) return author;
    throw Error(ErrorKind::corrupt, "trust lists no such author");
  }

  /// A snapshot is copied behind all that its record names.
  void require_named(const SnapshotRecord& snapshot) {
    for (const SegmentRef& segment : snapshot.segments) {
      const auto key = names::index_segment(segment.generation, segment.hash);
      if (!is_there(key.name())) {
        throw Error(ErrorKind::corrupt, "it needs " + key.name() + ", which is not in the copy");
      }
    }
    for (const SessionRef& session : snapshot.sessions) {
      const auto key = names::session(session.generation, session.id);
      if (header_in_copy(key) == session.header_hash) continue;
      throw Error(ErrorKind::corrupt,
                  key.name() + " in the copy is not the header that this snapshot names");
    }
  }

  std::optional<ObjectHash> header_in_copy(const store::ObjectKey& key) {
    const auto known = headers_.find(key.name());
    if (known != headers_.end() && is_there(key.name())) return known->second;
    const auto stored = to_.get(key, kMaxSessionBytes);
    if (!stored) return std::nullopt;
    return headers_[key.name()] = ObjectHash{seal::sha256(*stored)};
  }

  void leave_behind(const std::optional<Bytes>& stored, const Original& object) {
    ++report_.behind;
    if (!stored) return;
    try {
      const TrustedKey* author = author_of(object.parsed);
      const Instant taken =
          from_.decode_snapshot(*author, {object.parsed.number, object.parsed.mark}, *stored)
              .link.finished;
      report_.behind_since = std::min(report_.behind_since.value_or(taken), taken);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::stale) throw;
      // The record itself is what is damaged: when it was taken cannot be told.
    }
  }

  void problem(ErrorKind kind, const std::string& object, const std::string& what) {
    report_.problems.push_back({kind, object, what});
  }

  const Vault& from_;
  store::ObjectStore& to_;
  CopyScope scope_;
  Observer& observer_;
  std::stop_token stop_;
  std::optional<Swept> swept_;    // read when it is needed
  std::map<Step, Queue> queues_;  // ordered by step
  std::map<std::string, std::uint64_t> there_;
  std::map<std::string, ObjectHash> headers_;
  CopyReport report_;
};

}  // namespace

CopyReport copy_vault(const Vault& from, store::ObjectStore& to, CopyScope scope,
                      Observer& observer, std::stop_token stop) {
  return Copier(from, to, scope, observer, std::move(stop)).run();
}

}  // namespace lifeboat::vault
