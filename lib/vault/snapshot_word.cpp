#include "vault/snapshot_word.h"

#include <algorithm>
#include <set>

#include "vault/history.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

using Kind = SnapshotWord::Kind;

constexpr std::size_t kLeastPrefix = 2;

/// What stands behind "NAME:" if the text begins with it.
std::optional<std::string> behind(const std::string& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  return text.substr(name.size());
}

std::optional<int> two_digits(std::string_view text, int limit) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 2 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const int number = (text[0] - '0') * 10 + (text[1] - '0');
  return number < limit ? std::optional(number) : std::nullopt;
}

/// parse_instant() knows UTC alone; RFC 3339 has "+01:00" behind the time, too.
std::optional<Instant> parse_moment(const std::string& text) {
  constexpr std::size_t kOffset = 6;
  const bool has_time = text.find_first_of("Tt ") != std::string::npos;
  if (!has_time || text.size() < kOffset) return parse_instant(text);
  const std::string offset = text.substr(text.size() - kOffset);
  if ((offset[0] != '+' && offset[0] != '-') || offset[3] != ':') return parse_instant(text);
  const std::string local = text.substr(0, text.size() - kOffset);
  const auto hours = two_digits(std::string_view(offset).substr(1, 2), 24);
  const auto minutes = two_digits(std::string_view(offset).substr(4, 2), 60);
  const auto instant = parse_instant(local);
  if (!hours || !minutes || !instant || local.ends_with('Z') || local.ends_with('z')) {
    return std::nullopt;
  }
  const std::chrono::minutes east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return offset[0] == '+' ? *instant - east : *instant + east;
}

SnapshotWord newest_of(Kind kind, const std::string& text, std::string source) {
  if (source.empty()) {
    throw Error(ErrorKind::usage, "\"" + text + "\" names no source",
                "put a source's name behind the colon, as `lifeboat vault ls` shows it");
  }
  return {.kind = kind, .text = text, .source = std::move(source), .before = {}};
}

bool holds(const SnapshotRecord& snapshot, const std::string& source) {
  if (!snapshot.body) return false;
  const auto& sources = snapshot.body->sources;
  return std::ranges::find(sources, source, &SourceSummary::name) != sources.end();
}

bool is_proven(const History& history, const SnapshotRecord& snapshot,
               const std::optional<std::string>& source) {
  if (!source) return snapshot.body && history.proofs_of(snapshot).verdict == Verdict::proven;
  const Attestation* newest = history.newest_on(snapshot.id(), *source);
  return newest != nullptr && newest->verdict_on(*source) == Verdict::proven;
}

/// The moment that the last of its sources is from.
Instant taken_at(const SnapshotRecord& snapshot) {
  if (!snapshot.body || snapshot.body->sources.empty()) return snapshot.link.finished;
  return std::ranges::max(snapshot.body->sources, {}, &SourceSummary::at).at;
}

bool fits(const SnapshotRecord& snapshot, const History& history, const SnapshotWord& word) {
  if (word.source && !holds(snapshot, *word.source)) return false;
  switch (word.kind) {
    case Kind::latest:
      return true;
    case Kind::latest_proven:
      return is_proven(history, snapshot, word.source);
    case Kind::before:
      return taken_at(snapshot) <= word.before;
    case Kind::id:
      break;
  }
  throw Error(ErrorKind::internal, "an id is not chosen by kind");
}

/// Whether a newer snapshot than `found` may have been where the chains have this problem. Chains
/// ascend in time: below a record of the same chain that is no newer, none was.
bool may_hide_newer(const History& history, const Trust& trust, const Problem& problem,
                    const SnapshotRecord* found) {
  if (problem.fork) return false;
  const auto place = names::parse(problem.object);
  if (!place) return problem.object.starts_with(names::kSnapshotPrefix);
  if (place->type != ObjectType::snapshot) return false;
  const TrustedKey* author = trust.find(place->author);
  if (author == nullptr || author->role != Role::writer) return false;
  if (found == nullptr) return true;
  return std::ranges::none_of(history.snapshots, [&](const SnapshotRecord& other) {
    return other.link.author == place->author && other.link.seq > place->number &&
           other.link.finished <= found->link.finished;
  });
}

void require_none_hidden(const History& history, const Trust& trust, const SnapshotWord& word,
                         const SnapshotRecord* found) {
  for (const Problem& problem : history.problems) {
    if (!may_hide_newer(history, trust, problem, found)) continue;
    throw Error(
        problem.kind,
        "what " + word.text + " means cannot be told: " + problem.object + ": " + problem.what,
        "name a snapshot by its id: `lifeboat vault ls` shows those that are there");
  }
}

/// "shop-db (newest 2026-11-23 03:12), crm (...)".
std::string sources_in(const History& history) {
  std::set<std::string> seen;
  std::string text;
  for (const SnapshotRecord& snapshot : history.snapshots) {
    if (!snapshot.body) continue;
    for (const SourceSummary& source : snapshot.body->sources) {
      if (!seen.insert(source.name).second) continue;
      text += (text.empty() ? "" : ", ") + source.name + " (newest " + to_minute(source.at) + ")";
    }
  }
  return text;
}

bool any_sealed(const History& history) {
  return std::ranges::any_of(history.snapshots,
                             [](const SnapshotRecord& snapshot) { return !snapshot.body; });
}

[[noreturn]] void none_holds(const History& history, const std::string& source) {
  const std::string there = sources_in(history);
  throw Error(ErrorKind::not_found, "no snapshot holds a source named " + source,
              there.empty() ? "there is no source in it yet" : "there are " + there);
}

[[noreturn]] void none_fits(const History& history, const SnapshotWord& word) {
  if (history.snapshots.empty()) {
    throw Error(ErrorKind::not_found, "the vault shows no snapshot that can be read",
                "part of the history is damaged or hidden: see `lifeboat vault check`");
  }
  const SnapshotRecord& newest = history.snapshots.front();
  const SnapshotRecord& oldest = history.snapshots.back();
  const bool needs_body = word.kind != Kind::before;
  if (needs_body && any_sealed(history)) {
    throw Error(ErrorKind::denied, "this credential does not show which sources the snapshots hold",
                "use an identity or a viewer, or name a snapshot by its id");
  }
  if (word.kind == Kind::before) {
    throw Error(ErrorKind::not_found,
                "no snapshot was taken at or before " + to_rfc3339(word.before),
                "the oldest is of " + to_rfc3339(taken_at(oldest)) + ", the newest of " +
                    to_rfc3339(taken_at(newest)));
  }
  const bool held = !word.source || std::ranges::any_of(history.snapshots, [&](const auto& one) {
    return holds(one, *word.source);
  });
  if (!held) none_holds(history, *word.source);
  throw Error(ErrorKind::not_found,
              "none of " + std::to_string(history.snapshots.size()) + " snapshots is proven" +
                  (word.source ? " for " + *word.source : std::string()) + ": the oldest is of " +
                  to_minute(taken_at(oldest)) + ", the newest of " + to_minute(taken_at(newest)) +
                  " UTC",
              "prove one: lifeboat verify " + short_id(newest.id()) + " --scratch local");
}

}  // namespace

SnapshotWord SnapshotWord::from_text(const std::string& text) {
  if (text == "latest") return {Kind::latest, text, std::nullopt, {}};
  if (text == "latest-proven") return {Kind::latest_proven, text, std::nullopt, {}};
  if (auto source = behind(text, "latest:")) {
    return newest_of(Kind::latest, text, std::move(*source));
  }
  if (auto source = behind(text, "latest-proven:")) {
    return newest_of(Kind::latest_proven, text, std::move(*source));
  }
  if (const auto time = behind(text, "before:")) {
    const auto moment = parse_moment(*time);
    if (moment) return {Kind::before, text, std::nullopt, *moment};
    throw Error(ErrorKind::usage, "\"" + *time + "\" is no moment",
                "write before:2026-11-22T03:00 or before:2026-11-22 (in UTC), or "
                "before:2026-11-22T03:00:00+01:00");
  }
  if (text.size() < kLeastPrefix ||
      text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Error(ErrorKind::usage, "\"" + text + "\" does not name a snapshot",
                "give `latest`, or at least 2 digits of an id that `lifeboat vault ls` shows, or "
                "latest:SOURCE, latest-proven, before:TIME");
  }
  return {Kind::id, text, std::nullopt, {}};
}

void require_past(const SnapshotWord& word, Instant now) {
  if (word.kind != Kind::before || word.before <= now) return;
  throw Error(ErrorKind::usage,
              word.text + " has yet to come: it is " + to_rfc3339(now).substr(0, 19) + "Z",
              "for the newest snapshot there is, give `latest`");
}

const SnapshotRecord& choose(const History& history, const Trust& trust, const SnapshotWord& word) {
  const auto found = std::ranges::find_if(history.snapshots, [&](const SnapshotRecord& snapshot) {
    return fits(snapshot, history, word);
  });
  const bool any = found != history.snapshots.end();
  require_none_hidden(history, trust, word, any ? &*found : nullptr);
  if (!any) none_fits(history, word);
  return *found;
}

void keep_sources(History& history, const std::vector<std::string>& names) {
  if (names.empty()) return;
  for (const std::string& name : names) {
    const bool held = std::ranges::any_of(
        history.snapshots, [&](const SnapshotRecord& one) { return holds(one, name); });
    if (!held && !any_sealed(history)) none_holds(history, name);
  }
  std::erase_if(history.snapshots, [&](const SnapshotRecord& one) {
    return one.body &&
           std::ranges::none_of(names, [&](const std::string& name) { return holds(one, name); });
  });
}

}  // namespace lifeboat::vault
