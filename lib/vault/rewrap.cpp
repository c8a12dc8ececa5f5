#include "vault/rewrap.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "vault/object_names.h"
#include "vault/stored_session.h"

namespace lifeboat::vault {
namespace {

struct SessionPlace {
  Generation generation = 0;
  SessionId id;
};

std::vector<SessionPlace> list_sessions(const Vault& vault) {
  std::vector<SessionPlace> places;
  for (Generation generation = 1; generation <= vault.generation(); ++generation) {
    vault.store().list(names::session_prefix(generation), "", [&](const store::ObjectInfo& info) {
      const auto parsed = names::parse(info.key.name());
      if (parsed && parsed->number == 0) places.push_back({generation, parsed->session});
      return true;
    });
  }
  return places;
}

/// What is stored of one session, and who is a recipient of a header that is good.
struct Examined {
  OpenedSession session;
  std::set<KeyId> recipients;
  std::uint64_t free = 1;  ///< the least n that no header has
  std::vector<Problem> problems;

  void add(const SessionHeader& header) {
    for (const auto& recipient : header.recipients) recipients.insert(recipient.key);
  }
};

class Rewrap {
 public:
  explicit Rewrap(const Vault& vault) : vault_(vault) {
    for (const TrustedKey* key : vault.trust().with_role(Role::identity)) {
      if (!key->void_after) report_.readers.push_back(*key);
    }
    for (const SnapshotRecord& snapshot : read_history(vault).snapshots) {
      for (const SessionRef& session : snapshot.sessions) {
        named_.insert_or_assign(session.id, session.header_hash);
      }
    }
  }

  /// One session; what is wrong with it goes into the report.
  void look_at(const SessionPlace& place) {
    ++report_.sessions;
    try {
      seal_until_complete(place);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::denied) throw;
      report_.problems.push_back(
          {error.kind(), names::session(place.generation, place.id).name(), error.message()});
    }
  }

  RewrapReport take() { return std::move(report_); }

 private:
  /// Each lost race on a name means that another header is there: so this ends.
  void seal_until_complete(const SessionPlace& place) {
    for (;;) {
      Examined found = examine(place);
      const bool complete = std::ranges::all_of(report_.readers, [&](const TrustedKey& reader) {
        return found.recipients.contains(reader.id);
      });
      if (complete || seal_again(found)) {
        std::ranges::move(found.problems, std::back_inserter(report_.problems));
        return;
      }
    }
  }

  Examined examine(const SessionPlace& place) {
    const auto named = named_.find(place.id);
    Examined found;
    found.session =
        open_stored_session(vault_, place.generation, place.id,
                            named == named_.end() ? std::nullopt : std::optional(named->second));
    found.add(found.session.plain);
    for (; found.free <= names::kMaxSealedAgain; ++found.free) {
      try {
        const auto again = fetch_sealed_again(vault_, place.generation, place.id, found.free);
        if (!again) break;
        found.add(require_sealed_again(*again, found.session));
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::corrupt) throw;
        const auto key = names::session(place.generation, place.id, found.free);
        found.problems.push_back({error.kind(), key.name(), error.message()});
      }
    }
    return found;
  }

  /// Whether it is stored now: false if the name was taken meanwhile.
  bool seal_again(const Examined& found) {
    const SessionHeader& plain = found.session.plain;
    if (found.free > names::kMaxSealedAgain) {
      throw Error(ErrorKind::corrupt, "it was sealed again too often: no name is free");
    }
    const auto key = names::session(plain.generation, plain.id, found.free);
    const Bytes stored = seal_session_again(plain, found.session.key, vault_.state());
    if (vault_.store().put(key, stored) == store::PutResult::exists &&
        fetch_sealed_again(vault_, plain.generation, plain.id, found.free) != stored) {
      return false;
    }
    ++report_.sealed_again;
    return true;
  }

  const Vault& vault_;
  std::map<SessionId, ObjectHash> named_;  ///< by records, of plain headers
  RewrapReport report_;
};

}  // namespace

RewrapReport rewrap_sessions(const Vault& vault, Observer& observer, const std::stop_token& stop) {
  vault.require_role(Role::identity, "sealing sessions again");
  observer.phase("sessions");
  Rewrap rewrap(vault);
  for (const SessionPlace& place : list_sessions(vault)) {
    if (stop.stop_requested()) {
      throw Error(ErrorKind::cancelled, "stopped before the end",
                  "run it again: it goes on where it was");
    }
    rewrap.look_at(place);
  }
  return rewrap.take();
}

}  // namespace lifeboat::vault
