#include "postgres/load_outcome.h"

#include <utility>

namespace lifeboat::postgres {

void LoadOutcome::entry_failed(std::size_t entry, const std::string& label,
                               const pq::ServerError& failure) {
  const std::lock_guard lock(mutex_);
  remember({"entry", entry, label, failure.message, failure.sqlstate});
  std::string reason = left_to_platform(archive_.entries[entry]) ? "left to the platform: " : "";
  reason += failure.message + " (" + failure.sqlstate + ")";
  for (const std::size_t needed : graph_.needs(entry)) {
    if (needed == entry || !failed_.contains(needed)) continue;
    reason += "; it needs " + archive_.entries[needed].label() + ", which could not be made";
    break;
  }
  failed_.insert(entry);
  items_.push_back({label, std::move(reason), severity_of(archive_.entries[entry])});
}

bool LoadOutcome::failed(std::size_t entry) const {
  const std::lock_guard lock(mutex_);
  return failed_.contains(entry);
}

void LoadOutcome::lost(const std::string& object, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  remember({"lost", 0, object, reason, ""});
  items_.push_back({object, reason, Severity::loss});
}

void LoadOutcome::left_out(const std::string& object, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  remember({"left_out", 0, object, reason, ""});
  items_.push_back({object, reason, Severity::harmless});
}

void LoadOutcome::rows_lost(std::size_t table, const std::string& name, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  remember({"rows", table, name, reason, ""});
  LostRows& rows = rows_[table];
  if (rows.ranges++ == 0) rows = {name, reason, 1};
}

void LoadOutcome::harmless(const std::string& what, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  remember({"harmless", 0, what, reason, ""});
  ++harmless_[{what, reason}];
}

void LoadOutcome::remember(OutcomeNote note) {
  notes_[std::this_thread::get_id()].push_back(std::move(note));
}

std::vector<OutcomeNote> LoadOutcome::take_notes() {
  const std::lock_guard lock(mutex_);
  return std::exchange(notes_[std::this_thread::get_id()], {});
}

void LoadOutcome::replay(const OutcomeNote& note) {
  if (note.kind == "entry") {
    entry_failed(note.item, note.object, {note.sqlstate, note.reason, ""});
  } else if (note.kind == "lost") {
    lost(note.object, note.reason);
  } else if (note.kind == "left_out") {
    left_out(note.object, note.reason);
  } else if (note.kind == "rows") {
    rows_lost(note.item, note.object, note.reason);
  } else {
    harmless(note.object, note.reason);
  }
}

std::vector<NotCarried> LoadOutcome::take() {
  const std::lock_guard lock(mutex_);
  for (const auto& [table, rows] : rows_) {
    const std::string more =
        rows.ranges == 1 ? "" : " (the first of " + std::to_string(rows.ranges) + " failed ranges)";
    items_.push_back({"rows of " + rows.name, rows.reason + more, Severity::loss});
  }
  for (const auto& [key, count] : harmless_) {
    items_.push_back({std::to_string(count) + " " + key.first + (count == 1 ? "" : "s"), key.second,
                      Severity::harmless});
  }
  return std::exchange(items_, {});
}

}  // namespace lifeboat::postgres
