#include <algorithm>

#include "base/plural.h"
#include "base/units.h"
#include "cli/job_report.h"
#include "cli/redis_comparison_report.h"
#include "cli/text_table.h"
#include "postgres/exclusion.h"
#include "vault/history.h"
#include "vault/witness.h"

namespace lifeboat::cli {
namespace {

std::string to_second(Instant instant) {
  std::string text = to_rfc3339(instant).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

/// Losses by name; what somebody asked to leave out, with what goes with it; harmless omissions as
/// one line.
std::string omissions(const std::vector<NotCarried>& items, const std::string& word,
                      const Paint& paint) {
  std::string text;
  std::string excluded;
  std::string harmless;
  for (const NotCarried& item : items) {
    if (item.severity == Severity::loss) {
      text += paint.attention(word) + ": " +
              wrap(item.object + ": " + item.reason, kColumns - 2, 2) + "\n";
    } else if (item.reason == postgres::kOnRequest) {
      excluded += (excluded.empty() ? "" : ", ") + item.object;
    } else if (item.reason.ends_with(postgres::kOnRequest)) {
      text += "left out: " + wrap(item.object + ": " + item.reason, kColumns - 2, 2) + "\n";
    } else {
      harmless += (harmless.empty() ? "" : ", ") + item.object;
    }
  }
  if (!excluded.empty()) {
    text.insert(0,
                std::string(postgres::kOnRequest) + ": " + wrap(excluded, kColumns - 2, 2) + "\n");
  }
  if (!harmless.empty()) text += "left out, harmless: " + wrap(harmless, kColumns - 2, 2) + "\n";
  return text;
}

std::string target_of(const postgres::Identity& target) {
  return target.database + " on " + target.host + ":" + target.port + " (Postgres " +
         target.server_version_text + ")";
}

std::string example_line(const verify::RowDifference::Example& example) {
  using Kind = verify::RowDifference::Example::Kind;
  switch (example.kind) {
    case Kind::missing:
      return example.key + "   in the snapshot, not restored";
    case Kind::extra:
      return example.key + "   restored, not in the snapshot";
    case Kind::changed:
      return example.key + "   " + example.column + " " + example.expected + " in the snapshot, " +
             example.found + " restored";
  }
  return example.key;
}

std::string difference_text(const verify::TableVerdict& table) {
  if (!table.difference) {
    return std::to_string(table.rows) + " rows in the snapshot, " +
           std::to_string(table.restored_rows) + " restored";
  }
  const auto& difference = *table.difference;
  std::vector<std::string> parts;
  if (difference.changed > 0) {
    std::string columns;
    for (const std::string& column : difference.columns) {
      columns += (columns.empty() ? "" : ", ") + column;
    }
    parts.push_back(plural(difference.changed, "row") +
                    (difference.changed == 1 ? " differs" : " differ") + " in " +
                    (difference.columns.size() == 1 ? "column " : "columns ") + columns);
  }
  if (difference.missing > 0) parts.push_back(plural(difference.missing, "row") + " missing");
  if (difference.extra > 0) parts.push_back(plural(difference.extra, "row") + " too many");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text + (difference.complete ? "" : " (at least: not all could be looked at)");
}

/// "orders present, no orphan lines", cut off where the line ends.
std::string names_of(const std::vector<bridge::AssertionVerdict>& assertions) {
  std::string names;
  for (const auto& assertion : assertions) {
    names += (names.empty() ? "" : ", ") + assertion.name;
  }
  return fit(names, kColumns - 32, true);
}

std::string findings_text(const verify::SourceProof& proof, const Paint& paint) {
  std::string text;
  for (const auto& finding : proof.findings) {
    if (finding.severity != Severity::loss) continue;
    text += paint.danger("NOT PROVEN") + "   " + wrap(finding.what, kColumns - 2, 2) + "\n";
  }
  return text;
}

std::string not_proven_text(const verify::PostgresProof& report, const Paint& paint) {
  std::string text;
  if (report.large_objects && !report.large_objects->equal) {
    text += paint.danger("NOT PROVEN") + "   the large objects differ\n";
  }
  for (const auto& table : report.tables) {
    if (table.equal) continue;
    text += paint.danger("NOT PROVEN") + "   " +
            wrap(table.name + ": " + difference_text(table), kColumns - 2, 2) + "\n";
    if (!table.difference) continue;
    const char* label = "  first: ";
    for (const auto& example : table.difference->examples) {
      text += label + wrap(example_line(example), kColumns - 9, 9) + "\n";
      label = "         ";
    }
  }
  for (const auto& assertion : report.assertions) {
    if (assertion.equal()) continue;
    text += paint.danger("NOT PROVEN") + "   " + wrap(assertion.in_words(), kColumns - 2, 2) + "\n";
  }
  return text + findings_text(report, paint);
}

std::string assertions_text(const restore::Report& report, const Paint& paint) {
  if (!report.assertions) {
    return report.unasked == 0
               ? ""
               : "  " + plural(report.unasked, "assertion") + " not asked (" +
                     (report.whole ? "--no-assertions" : "no whole restore") + ")\n";
  }
  if (report.assertions->empty()) return "";
  const auto equal = std::ranges::count_if(*report.assertions, &bridge::AssertionVerdict::equal);
  std::string text = "  " + std::to_string(equal) + " of " +
                     plural(report.assertions->size(), "assertion") + " the same   " +
                     names_of(*report.assertions) + "\n";
  for (const auto& assertion : *report.assertions) {
    if (assertion.equal()) continue;
    text +=
        paint.danger("NOT THE SAME") + "   " + wrap(assertion.in_words(), kColumns - 2, 2) + "\n";
  }
  return text;
}

/// What would make a claim of this snapshot into knowledge.
std::string next_proof(const snapshot::Report& report, const std::string& id) {
  const bool holds_data = std::ranges::any_of(
      report.sources, [](const auto& source) { return source.summary.holds_data(); });
  return holds_data ? "not proven yet: lifeboat verify " + id + " --scratch local\n" : "";
}

std::string proof_text(const verify::PostgresProof& report, const Paint& paint) {
  std::string text = "restored into a " + report.scratch + " in " +
                     human_duration(report.restore_took) + ", compared in " +
                     human_duration(report.compare_took) + "\n";
  TextTable table({Align::left, Align::left}, 2);
  table.add({std::to_string(report.equal_tables()) + " of " +
                 plural(report.tables.size(), "table") + " equal",
             plural(report.rows(), "row") + ", every row by keyed sum"});
  table.add({plural(report.schema_items, "schema item") + " compared",
             plural(report.sequences, "sequence") + " at or after, " +
                 std::to_string(report.invalid_indexes) + " invalid indexes"});
  if (report.indexes_checked) {
    table.add({human_count(*report.indexes_checked) + " B-tree indexes checked",
               "every row found in each (amcheck)"});
  }
  if (!report.assertions.empty()) {
    table.add({std::to_string(report.equal_assertions()) + " of " +
                   plural(report.assertions.size(), "assertion") + " the same",
               names_of(report.assertions)});
  }
  if (report.large_objects) {
    table.add({std::string("large objects ") + (report.large_objects->equal ? "equal" : "differ"),
               plural(report.large_objects->rows, "piece") + " by keyed sum"});
  }
  text += table.text();
  text += omissions(report.not_carried, "not in the snapshot", paint);
  return text + not_proven_text(report, paint);
}

std::string proof_text(const verify::RedisProof& proof, const Paint& paint) {
  const auto& compared = proof.compared;
  std::string text = "restored into a " + proof.scratch + " in " +
                     human_duration(proof.restore_took) + ", compared in " +
                     human_duration(proof.compare_took) + "\n";
  TextTable table({Align::left, Align::left}, 2);
  table.add({human_count(compared.equal) + " of " + plural(compared.keys, "key") + " equal",
             "every value by digest, every expiry to the millisecond"});
  table.add({plural(compared.extra, "key") + " too many",
             std::string("functions ") + (compared.functions_equal ? "equal" : "differ")});
  if (compared.overdue > 0) {
    table.add({plural(compared.overdue, "key") + " expired by now",
               "proven all the same; a restore would leave them out"});
  }
  text += table.text() + omissions(proof.not_carried, "not in the snapshot", paint);
  if (!compared.functions_equal) text += paint.danger("NOT PROVEN") + "   functions differ\n";
  if (!compared.still) text += paint.danger("NOT PROVEN") + "   somebody wrote to the scratch\n";
  if (!compared.differences.empty()) {
    text += paint.danger("NOT PROVEN") + "   " + difference_counts(compared) + "\n" +
            differences_text(compared);
  }
  return text + findings_text(proof, paint);
}

}  // namespace

std::string snapshot_report_text(const snapshot::Report& report,
                                 const SnapshotSurroundings& surroundings, const Paint& paint) {
  const std::string id = vault::short_id(report.id);
  std::string text = "snapshot " + id + "   " + to_second(report.sources.front().summary.at) + "\n";
  TextTable table({Align::left, Align::left, Align::right, Align::right, Align::right, Align::right,
                   Align::left, Align::left},
                  2);
  // Of several sources each has its own moment.
  const bool several = report.sources.size() > 1;
  for (const auto& source : report.sources) {
    const auto& summary = source.summary;
    if (!summary.holds_data()) {
      table.add({source.name, summary.kind, "", "a cache", "", human_duration(source.took),
                 summary.guarantee + " only"});
      continue;
    }
    const bool has_tables = summary.kind == "postgres";
    table.add({source.name, summary.kind, has_tables ? plural(summary.tables, "table") : "",
               plural(summary.rows, has_tables ? "row" : "key"), human_bytes(summary.read_bytes),
               human_duration(source.took), summary.guarantee,
               several ? "at " + to_rfc3339(summary.at).substr(11, 12) : ""});
  }
  text += table.text();
  text += "stored " + human_bytes(report.stored_bytes) + " in the vault";
  if (report.resumed_bytes > 0) {
    text += ", used " + human_bytes(report.resumed_bytes) + " that an interrupted run had stored";
  }
  text += "\n";
  for (const auto& failure : report.failures) {
    text += paint.danger("FAILED") + "  " + wrap(failure.message, kColumns - 8, 8) + "\n";
    if (!failure.hint.empty()) {
      text += "        " + wrap("hint: " + failure.hint, kColumns - 8, 8) + "\n";
    }
  }
  for (const auto& source : report.sources) {
    text += omissions(source.summary.not_carried, "not carried", paint);
  }
  text += copies_text(surroundings.copies, paint);
  text += "head " + vault::to_word(report.heads.front()) + "\n";
  return text + next_proof(report, id);
}

std::string restore_plan_text(const restore::Plan& plan, const Paint& paint) {
  const auto& load = plan.load;
  std::string text = "would restore " + vault::short_id(plan.snapshot) + " (" + plan.source +
                     " as of " + to_second(plan.at) + ")\n";
  text += "  into " + target_of(load.target.identity) + "\n";
  if (load.goes_on) {
    text += "  going on where an earlier run was broken off\n";
  } else if (load.target.user_objects > 0) {
    text += "  " + paint.danger("after dropping all it holds") + ": " +
            plural(load.target.user_objects, "object") +
            " (tables: " + human_count(load.target.user_tables) + ")\n";
  }
  text += "  " + plural(load.tables, "table") + "   " + plural(plan.rows, "row") + "   " +
          human_bytes(load.copy_bytes) + "   " + human_count(load.indexes) + " indexes   " +
          plural(load.constraints, "constraint") + "\n";
  text += "  " + plural(load.materialized_views, "materialized view") + " to fill   " +
          plural(load.large_objects, "large object") + "   " +
          plural(load.other_objects, "other object") + "\n";
  if (plan.past && plan.estimate) {
    text += "time: about " + human_duration(*plan.estimate) + ", as the proof of " +
            to_second(plan.past->at) + " took (" + human_duration(plan.past->took) + " for " +
            plural(plan.past->rows, "row") + " in a " + plan.past->scratch + ")\n";
  } else {
    text += "time: not known, no proof of this source was made yet\n";
  }
  text += omissions(plan.not_carried, "not in the snapshot", paint);
  text += omissions(load.left_out, "NOT RESTORED", paint);
  return text + "nothing was written; without --plan it is done\n";
}

std::string restore_report_text(const restore::Report& report, const Paint& paint) {
  const auto& load = report.load;
  std::string text = "restored " + vault::short_id(report.snapshot) + " (" + report.source +
                     " as of " + to_second(report.at) + ") in " + human_duration(report.took) +
                     "\n";
  text += "  into " + (report.into_schema ? "schema " + *report.into_schema + " of " : "") +
          target_of(load.target) + "\n";
  text += "  " + plural(report.tables, "table") + "   " + plural(load.rows, "row") + "   " +
          human_bytes(load.copy_bytes) + "   " + human_count(load.indexes) + " indexes   " +
          plural(load.constraints, "constraint") + "\n";
  if (load.steps_done_before > 0) {
    text +=
        "  went on where an earlier run was broken off: " + plural(load.steps_done_before, "step") +
        " of it kept\n";
  }
  text += assertions_text(report, paint);
  text += omissions(report.not_carried, "not in the snapshot", paint);
  text += omissions(load.not_restored, "NOT RESTORED", paint);
  for (const std::string& cache : report.caches) {
    text += "the cache " + cache + " may hold what is not so any more: lifeboat restore " +
            vault::short_id(report.snapshot) + " --source " + cache + " --flush HOST:PORT\n";
  }
  return text;
}

std::string verify_report_text(const verify::Report& report, const Paint& paint) {
  const std::size_t sources = report.postgres.size() + report.redis.size() + report.failures.size();
  const auto headed = [&](const verify::SourceProof& proof, const std::string& text) {
    if (sources == 1) return text;
    return proof.source + ": " +
           (proof.verdict == vault::Verdict::proven ? paint.ok("proven")
                                                    : paint.danger("not proven")) +
           ", " + text + "\n";
  };
  std::string text;
  for (const auto& proof : report.postgres) text += headed(proof, proof_text(proof, paint));
  for (const auto& proof : report.redis) text += headed(proof, proof_text(proof, paint));
  for (const auto& failure : report.failures) {
    text += failure.source + ": " + paint.danger("no verdict") + ": " +
            wrap(failure.message, kColumns - 2, 2) + "\n";
    if (!failure.hint.empty()) text += "  hint: " + wrap(failure.hint, kColumns - 8, 8) + "\n";
    text += "\n";
  }
  text +=
      report.verdict == vault::Verdict::proven ? paint.ok("proven") : paint.danger("not proven");
  return text + "   attestation " + report.attestation.hex().substr(0, 8) +
         " written to the vault\n";
}

}  // namespace lifeboat::cli
