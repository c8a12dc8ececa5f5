#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "cli/text_table.h"
#include "cli/vault_report.h"
#include "config/credential.h"
#include "config/s3_access.h"
#include "vault/forget.h"

namespace lifeboat::cli {
namespace {

std::string_view purpose_of(vault::Role role) {
  switch (role) {
    case vault::Role::admin:
      return "changes who may do what; keep it offline";
    case vault::Role::identity:
      return "reads and restores; keep two copies apart: losing it loses the backups";
    case vault::Role::writer:
      return "takes snapshots, reads none: the only one for the dyno";
    case vault::Role::viewer:
      return "sees names, times and sizes, no data: for a status page";
    case vault::Role::operator_:
      return "signs runbook and drill journals";
    case vault::Role::pruner:
      return "forgets old snapshots, reads none";
  }
  return "";
}

std::string sources_of(const vault::SnapshotRecord& snapshot) {
  if (!snapshot.body) return "(sealed)";
  std::string names;
  for (const auto& source : snapshot.body->sources) {
    names += (names.empty() ? "" : " ") + source.name;
  }
  return names;
}

std::uint64_t read_bytes_of(const vault::SnapshotBody& body) {
  std::uint64_t total = 0;
  for (const auto& source : body.sources) total += source.read_bytes;
  return total;
}

std::string age_of(Instant then, Instant now) {
  using namespace std::chrono;
  const auto age = now - then;
  if (age < hours(1)) return std::to_string(duration_cast<minutes>(age).count()) + " min";
  if (age < hours(48)) return std::to_string(duration_cast<hours>(age).count()) + " h";
  return std::to_string(duration_cast<days>(age).count()) + " d";
}

/// "03:16" on the day of the snapshot, "11-25 03:16" later.
std::string proof_time(Instant proof, Instant snapshot) {
  const std::string text = to_minute(proof);
  const bool same_day = text.substr(0, 10) == to_minute(snapshot).substr(0, 10);
  return text.substr(same_day ? 11 : 5);
}

std::string proven_cell(const vault::SnapshotRecord& snapshot, const vault::History& history,
                        const Paint& paint) {
  const vault::Proofs proofs = history.proofs_of(snapshot);
  if (proofs.newest == nullptr) return holds_only_inventories(snapshot) ? "(caches)" : "never";
  const std::string time = proof_time(proofs.newest->link.finished, snapshot.link.finished);
  if (proofs.verdict == vault::Verdict::not_proven) return paint.danger("NOT PROVEN") + " " + time;
  if (proofs.verdict == vault::Verdict::proven) return time + "  equal";
  return time + "  " + paint.attention("in part");
}

/// The line of `show` on a snapshot's proofs.
std::string proven_line(const vault::SnapshotRecord& snapshot, const vault::History& history,
                        const Paint& paint) {
  const vault::Proofs proofs = history.proofs_of(snapshot);
  if (proofs.newest == nullptr && holds_only_inventories(snapshot)) {
    return "  proven     nothing to prove: caches alone, of which inventories are kept\n";
  }
  const std::string how = "lifeboat verify " + vault::short_id(snapshot.id()) + " --scratch local";
  if (proofs.newest == nullptr) return "  proven     never: " + how + "\n";
  const std::string when = to_rfc3339(proofs.newest->link.finished) + ", attestation " +
                           proofs.newest->link.id.hex().substr(0, 8) + "\n";
  if (proofs.verdict == vault::Verdict::proven) return "  proven     " + when;
  std::string names;
  for (const std::string& name : proofs.unproven) names += (names.empty() ? "" : ", ") + name;
  const std::string left = "             not proven: " + names + "\n";
  if (proofs.verdict) return "  " + paint.danger("NOT PROVEN ") + when + left;
  return "  " + paint.attention("in part") + "    " + when + left;
}

/// What of a source is in the snapshot; of a cache, how it was.
std::string amount_text(const vault::SourceSummary& source, std::size_t place,
                        const Inventories& inventories) {
  if (!source.holds_data()) {
    const auto found = inventories.find(place);
    return found == inventories.end() ? "  an inventory alone\n" : inventory_text(found->second);
  }
  return "  " +
         (source.kind == "postgres"
              ? plural(source.tables, "table") + "   " + plural(source.rows, "row")
              : plural(source.rows, "key")) +
         "   " + human_bytes(source.read_bytes) + "\n";
}

/// What is pinned among those listed, and what is forgotten.
std::string keeping_lines(const vault::History& history, const Keeping& keeping,
                          const Paint& paint) {
  std::string text;
  for (const auto& snapshot : history.snapshots) {
    const auto pin = keeping.pins.pinned.find(snapshot.id());
    if (pin == keeping.pins.pinned.end()) continue;
    text +=
        wrap("pinned: " + vault::short_id(snapshot.id()) + ": " + pin->second.reason, kColumns, 2) +
        "\n";
  }
  if (keeping.forgotten == 0) return text;
  return text + paint.attention("forgotten") + ": " + plural(keeping.forgotten, "snapshot") +
         (keeping.hidden ? ", not listed (--all)" : "") + "; no sweep before " +
         to_minute(*keeping.sweep_from) + " UTC\n";
}

/// The lines of `show` on the same.
std::string keeping_lines(const vault::SnapshotId& id, const vault::PinsAndForgets& pins,
                          const Paint& paint) {
  std::string text;
  if (const auto pin = pins.pinned.find(id); pin != pins.pinned.end()) {
    text += "  pinned     " + wrap(pin->second.reason, kColumns - 13, 13) + "\n";
  }
  if (const auto found = pins.forgotten.find(id); found != pins.forgotten.end()) {
    text += "  " + paint.attention("forgotten") + "  " + to_rfc3339(found->second.since) +
            ": a sweep may delete it\n";
  }
  return text;
}

std::string void_lines(const std::vector<vault::VoidRecords>& records, const Paint& paint) {
  std::string text;
  for (const auto& item : records) {
    text += paint.attention("void") + ": " + plural(item.records, "record") + " of revoked " +
            std::string(vault::name_of(item.role)) + " " + item.name + "\n";
  }
  return text;
}

std::string missed_lines(const std::vector<vault::MissedMark>& missed, const Paint& paint) {
  std::string text;
  for (const auto& item : missed) {
    text += paint.attention("void") + ": snapshot " + vault::short_id(item.id) + " of " +
            item.name + ", number " + std::to_string(item.seq) +
            ": it came too late for a sweep, what it needs may be gone\n";
  }
  return text;
}

/// What checks on record had read, and what this one adds.
std::string past_checks_lines(const vault::CheckReport& report, bool recorded, const Paint& paint) {
  const std::string kind = " and index segments";
  std::string text;
  if (report.packs_recent > 0) {
    text += plural(report.packs_recent, "pack") + kind +
            " left out: a check on record read them recently\n";
  }
  if (report.age && report.age->never > 0) {
    text += paint.attention("never read") +
            " by a check on record: " + plural(report.age->never, "pack") + kind + "\n";
  }
  if (report.age && report.age->oldest) {
    text += (report.age->never > 0 ? "the others read since " : "everything read since ") +
            to_rfc3339(*report.age->oldest) + "\n";
  }
  if (recorded) text += "put on record\n";
  return text;
}

}  // namespace

std::string created_vault_text(const CreatedVault& created) {
  std::string text = "vault " + created.url + "   id " + created.id.hex().substr(0, 8) + "\n\n";
  for (std::size_t i = 0; i < created.key_files.size(); ++i) {
    const std::string file = created.key_files[i].filename().string();
    text += "  " + file + std::string(file.size() < 14 ? 14 - file.size() : 1, ' ') +
            wrap(purpose_of(created.capabilities[i].role), kColumns - 16, 16) + "\n";
  }
  text += "\nkeys are in " + created.key_files.front().parent_path().string() +
          " (mode 0600). Nobody can make them again.\n";
  if (created.protection == Protection::unprotected) {
    text +=
        "UNPROTECTED: whoever may write there may also delete from it.\n"
        "Keep it where the machine that takes snapshots can only add.\n";
  }
  if (created.hashed_names) {
    text +=
        "Its names are hashed: two runs of one credential at once fork its chain, which\n"
        "every listing tells (14) until the next run joins them. Nothing is lost.\n";
  }
  if (config::is_s3_url(created.url)) {
    text += "What the store credential of each role may do: lifeboat vault policy ROLE\n";
  }
  return text;
}

Keeping keeping_of(vault::History& history, const vault::Trust& trust, bool all) {
  Keeping keeping{.pins = vault::pins_and_forgets(history), .hidden = !all};
  for (const auto& snapshot : history.snapshots) {
    const auto found = keeping.pins.forgotten.find(snapshot.id());
    if (found == keeping.pins.forgotten.end()) continue;
    const Instant from = vault::earliest_sweep(found->second.since, trust);
    keeping.sweep_from = std::min(keeping.sweep_from.value_or(from), from);
    ++keeping.forgotten;
  }
  if (!all) vault::leave_out_forgotten(history, keeping.pins);
  return keeping;
}

std::string snapshots_text(const vault::History& history, const Freshness& freshness, Instant now,
                           const Paint& paint, const Keeping& keeping) {
  if (history.snapshots.empty() && history.problems.empty() && history.void_records.empty() &&
      keeping.forgotten == 0) {
    return "no snapshot yet: lifeboat snapshot --postgres env:DATABASE_URL\n";
  }
  TextTable table({Align::left, Align::left, Align::right, Align::left, Align::right, Align::right,
                   Align::left});
  table.add({"snapshot", "taken (UTC)", "age", "sources", "read", "stored", "proven"});
  for (const auto& snapshot : history.snapshots) {
    const auto& body = snapshot.body;
    const Instant at =
        body && !body->sources.empty() ? body->sources[0].at : snapshot.link.finished;
    table.add({vault::short_id(snapshot.id()), to_minute(at), age_of(at, now),
               fit(sources_of(snapshot), 16), body ? human_bytes(read_bytes_of(*body)) : "?",
               body ? human_bytes(body->stored_bytes) : "?",
               proven_cell(snapshot, history, paint) + (keeping.pins.is_forgotten(snapshot.id())
                                                            ? "  " + paint.attention("forgotten")
                                                            : "")});
  }
  return table.text() + keeping_lines(history, keeping, paint) +
         freshness_text(freshness, history.heads) + void_lines(history.void_records, paint) +
         missed_lines(history.missed_marks, paint) + problem_lines(history.problems, paint);
}

std::string snapshot_details_text(const vault::SnapshotRecord& snapshot,
                                  const vault::History& history, const Paint& paint,
                                  const Inventories& inventories) {
  std::string text = "snapshot " + snapshot.id().hex() + "\n";
  text += "  taken      " + to_rfc3339(snapshot.link.started) + " to " +
          to_rfc3339(snapshot.link.finished) + "\n";
  text += "  writer     " + snapshot.link.author.hex().substr(0, 8) + ", number " +
          std::to_string(snapshot.link.seq) + " of its chain" +
          (snapshot.complete ? "" : ", " + paint.attention("partial")) + "\n";
  text += proven_line(snapshot, history, paint);
  text += keeping_lines(snapshot.id(), vault::pins_and_forgets(history), paint);
  if (!snapshot.body) return text + "  sealed     this credential does not open its contents\n";
  text += "  stored     " + human_bytes(snapshot.body->stored_bytes) + " new in the vault\n";
  for (const std::string& tag : snapshot.body->tags) text += "  tag        " + tag + "\n";
  for (std::size_t i = 0; i < snapshot.body->sources.size(); ++i) {
    const auto& source = snapshot.body->sources[i];
    text += "\n" + source.name + "   " + source.kind + " " + source.version + "   " +
            source.guarantee + " at " + to_rfc3339(source.at) + "\n" +
            amount_text(source, i, inventories);
    for (const auto& item : source.not_carried) {
      const std::string mark = item.severity == Severity::loss ? paint.attention("not carried")
                                                               : std::string("left out");
      text += "  " + mark + ": " + wrap(item.object + ": " + item.reason, kColumns - 4, 4) + "\n";
    }
  }
  return text;
}

std::string check_text(const vault::CheckReport& report, bool recorded, const Freshness& freshness,
                       const Paint& paint) {
  std::string text = plural(report.objects, "object") + ", " +
                     plural(report.snapshots, "snapshot") +
                     ": chains, signatures, indexes, lists\n";
  if (report.depth != vault::CheckDepth::structure) {
    text += plural(report.packs, "pack") + " read, " + human_bytes(report.read_bytes) +
            ", every hash compared\n";
  }
  if (report.packs_left > 0) {
    text += paint.attention("not read") + ": " + plural(report.packs_left, "pack") +
            " and index segments, of other parts or for lack of time\n";
  }
  text += past_checks_lines(report, recorded, paint);
  if (report.depth == vault::CheckDepth::decrypt) {
    text += plural(report.blobs, "blob") + " decrypted and compared with their ids\n";
  }
  if (report.unreferenced > 0) {
    text += plural(report.unreferenced, "object") +
            " that no snapshot needs: of runs that broke off, or not swept yet\n";
  }
  if (report.leftovers > 0) {
    text += plural(report.leftovers, "object") +
            " that a sweep removed on record and left: run lifeboat vault sweep\n";
  }
  for (const std::string& what : report.not_checked) {
    text += paint.attention("not checked") + ": " + wrap(what, kColumns - 4, 4) + "\n";
  }
  text += freshness_text(freshness, report.heads);
  text += void_lines(report.void_records, paint);
  text += missed_lines(report.missed_marks, paint);
  text += problem_lines(report.problems, paint);
  return text + (report.problems.empty()
                     ? paint.ok("clean") + "\n"
                     : paint.danger(plural(report.problems.size(), "problem")) + "\n");
}

std::string rewrap_text(const vault::RewrapReport& report, const Paint& paint) {
  std::string names;
  for (const auto& reader : report.readers) names += (names.empty() ? "" : ", ") + reader.name;
  std::string text = plural(report.sessions, "session") + ", " + human_count(report.sealed_again) +
                     " sealed again\n" + "  for " + wrap(names, kColumns - 6, 6) + "\n" +
                     problem_lines(report.problems, paint);
  const auto closed = std::ranges::count_if(report.problems, [](const vault::Problem& problem) {
    return problem.kind == ErrorKind::denied;
  });
  if (closed > 0) {
    text += plural(static_cast<std::uint64_t>(closed), "session") +
            " not opened: run this with an identity that was there before\n";
  }
  return text;
}

std::string problem_lines(const std::vector<vault::Problem>& problems, const Paint& paint) {
  std::string text;
  for (const auto& problem : problems) {
    const char* what = problem.kind == ErrorKind::stale    ? "STALE    "
                       : problem.kind == ErrorKind::denied ? "CLOSED   "
                                                           : "DAMAGED  ";
    text += paint.danger(what) + problem.object + "\n         " +
            wrap(problem.what, kColumns - 9, 9) + "\n";
  }
  return text;
}

ExitCode exit_code_of(const std::vector<vault::Problem>& problems) {
  if (problems.empty()) return ExitCode::done;
  const auto has = [&](ErrorKind kind) {
    return std::ranges::any_of(
        problems, [kind](const vault::Problem& problem) { return problem.kind == kind; });
  };
  if (has(ErrorKind::stale)) return ExitCode::stale;
  if (has(ErrorKind::denied)) return ExitCode::denied;
  return ExitCode::findings;
}

}  // namespace lifeboat::cli
