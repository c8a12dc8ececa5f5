#include "postgres/restore_part.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

/// Kinds of entries that are part of a table if they need it; all others stand by themselves.
constexpr std::array<std::string_view, 16> kPartsOfATable = {
    "ACL",      "CHECK CONSTRAINT", "COMMENT",      "CONSTRAINT",   "DEFAULT", "FK CONSTRAINT",
    "INDEX",    "INDEX ATTACH",     "POLICY",       "ROW SECURITY", "RULE",    "SECURITY LABEL",
    "SEQUENCE", "STATISTICS",       "TABLE ATTACH", "TRIGGER"};
constexpr std::string_view kOwnedBy = "SEQUENCE OWNED BY";

bool is_part_of_a_table(const ArchiveEntry& entry) {
  return entry.kind == kOwnedBy ||
         std::ranges::find(kPartsOfATable, entry.kind) != kPartsOfATable.end();
}

bool is_said_of_another(const ArchiveEntry& entry) {
  return entry.kind == "ACL" || entry.kind == "COMMENT" || entry.kind == "SECURITY LABEL";
}

class Chooser {
 public:
  Chooser(const Catalogue& catalogue, const Archive& archive, const TableChoice& choice)
      : catalogue_(catalogue),
        archive_(archive),
        choice_(choice),
        graph_(catalogue, archive),
        needs_(real_needs()),
        chosen_(choose_tables(catalogue, choice)),
        keep_(archive.entries.size()) {
    made_ = chosen_;
    make_what_tables_need();
    blocked_by_ = blocked();
  }

  RestorePart part(const RangeSizes& ranges) {
    refuse_views_of_others();
    for (std::size_t e = 0; e < keep_.size(); ++e) look_at(e);
    keep_what_is_said();
    RestorePart part{catalogue_, archive_, ranges, {}};
    part.archive.entries.clear();
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      if (keep_[e]) part.archive.entries.push_back(archive_.entries[e]);
    }
    for (std::size_t t = 0; t < part.ranges.size(); ++t) {
      if (!chosen_[t]) part.ranges[t].clear();
    }
    restrict(part.catalogue);
    part.left_out = std::move(left_out_);
    return part;
  }

 private:
  [[nodiscard]] bool everything() const {
    return choice_.tables.empty() && choice_.schemas.empty();
  }
  [[nodiscard]] const Table& at(std::size_t t) const { return catalogue_.tables[t]; }

  [[nodiscard]] bool excluded(std::size_t t) const {
    return std::ranges::any_of(choice_.excluded,
                               [&](const std::string& name) { return is_meant(name, at(t)); });
  }

  /// Those of the archive, but that a partition needs its table: pg_dump says so, and yet makes it
  /// by itself and attaches it later.
  [[nodiscard]] std::vector<std::vector<std::size_t>> real_needs() const {
    std::vector<std::vector<std::size_t>> all(archive_.entries.size());
    for (std::size_t e = 0; e < all.size(); ++e) {
      const auto table = graph_.creates(e);
      for (const std::size_t needed : graph_.needs(e)) {
        const auto other = graph_.creates(needed);
        const bool partition = table && other && at(*table).parent == at(*other).oid;
        if (!partition) all[e].push_back(needed);
      }
    }
    return all;
  }
  [[nodiscard]] const std::vector<std::size_t>& needs(std::size_t e) const { return needs_[e]; }

  /// A table may need another: its parent by inheritance, or one whose row is the argument of a
  /// function that it calls. Such a one is made without its rows.
  void make_what_tables_need() {
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      const auto table = graph_.creates(e);
      if (!table || !chosen_[*table] || at(*table).kind == 'm') continue;
      for (const std::size_t needed : needed_by(e)) {
        const auto other = graph_.creates(needed);
        if (!other || made_[*other] || excluded(*other)) continue;
        made_[*other] = true;
        left_out_.push_back(
            {"rows of table " + at(*other).sql_name(),
             "it was not chosen, and made empty: " + at(*table).sql_name() + " needs it",
             Severity::harmless});
      }
    }
  }

  /// All that an entry needs, and what that needs.
  [[nodiscard]] std::set<std::size_t> needed_by(std::size_t e) const {
    std::set<std::size_t> seen;
    std::vector<std::size_t> open = {e};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t needed : needs(at)) {
        if (seen.insert(needed).second) open.push_back(needed);
      }
    }
    return seen;
  }

  /// For each entry that needs a table that is not made, one such table; found from those tables
  /// upwards, so that each entry is looked at once.
  [[nodiscard]] std::vector<std::optional<std::size_t>> blocked() const {
    std::vector<std::vector<std::size_t>> dependents(keep_.size());
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      for (const std::size_t needed : needs(e)) dependents[needed].push_back(e);
    }
    std::vector<std::optional<std::size_t>> by(keep_.size());
    std::vector<std::size_t> open;
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      const auto table = graph_.creates(e);
      if (!table || made_[*table]) continue;
      by[e] = table;
      open.push_back(e);
    }
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      for (const std::size_t dependent : dependents[at]) {
        if (by[dependent]) continue;
        by[dependent] = by[at];
        open.push_back(dependent);
      }
    }
    return by;
  }

  void refuse_views_of_others() const {
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      const auto table = graph_.creates(e);
      if (!table || !chosen_[*table] || !blocked_by_[e]) continue;
      const auto is_it = [&](const std::string& name) { return is_meant(name, at(*table)); };
      if (std::ranges::none_of(choice_.tables, is_it)) continue;
      throw Error(ErrorKind::usage,
                  at(*table).sql_name() + " needs " + at(*blocked_by_[e]).sql_name() +
                      ", which was not chosen",
                  "add --table " + at(*blocked_by_[e]).schema + "." + at(*blocked_by_[e]).name);
    }
  }

  [[nodiscard]] bool is_on_a_made_table(std::size_t e) const {
    return is_part_of_a_table(archive_.entries[e]) &&
           std::ranges::any_of(needs(e), [&](std::size_t needed) {
             const auto table = graph_.creates(needed);
             return table && made_[*table];
           });
  }

  [[nodiscard]] bool is_in_a_schema(const ArchiveEntry& entry) const {
    return std::ranges::any_of(choice_.schemas, [&](const std::string& name) {
      const std::string& is = entry.kind == "SCHEMA" ? entry.name : entry.schema;
      return is == name || quote_identifier(is) == name;
    });
  }

  void look_at(std::size_t e) {
    const ArchiveEntry& entry = archive_.entries[e];
    const bool wanted = everything() || graph_.creates(e)
                            ? chosen_or_made(e)
                            : is_on_a_made_table(e) || is_in_a_schema(entry);
    if (!wanted) return;
    if (blocked_by_[e]) return leave_out(e);
    keep_[e] = true;
    if (everything()) return;
    for (const std::size_t needed : needed_by(e)) keep_[needed] = true;
  }

  [[nodiscard]] bool chosen_or_made(std::size_t e) const {
    const auto table = graph_.creates(e);
    return !table || made_[*table];
  }

  /// What belongs to a table that was left out goes with it, without a word.
  void leave_out(std::size_t e) {
    const ArchiveEntry& entry = archive_.entries[e];
    if (entry.kind == "INDEX ATTACH" || is_said_of_another(entry)) return;
    if (is_part_of_a_table(entry) && !is_on_a_made_table(e)) return;
    left_out_.push_back(
        {entry.label(),
         "it needs table " + at(*blocked_by_[e]).sql_name() + ", which was not chosen",
         Severity::harmless});
  }

  /// Comments and grants of what is kept.
  void keep_what_is_said() {
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      if (!is_said_of_another(archive_.entries[e]) || needs(e).empty()) continue;
      keep_[e] = keep_[e] ||
                 std::ranges::all_of(needs(e), [&](std::size_t needed) { return keep_[needed]; });
    }
  }

  void restrict(Catalogue& catalogue) {
    std::set<std::pair<std::string, std::string>> sequences;
    for (std::size_t e = 0; e < keep_.size(); ++e) {
      const ArchiveEntry& entry = archive_.entries[e];
      if (keep_[e] && entry.kind == "SEQUENCE") sequences.emplace(entry.schema, entry.name);
    }
    std::erase_if(catalogue.sequences, [&](const Sequence& sequence) {
      return !sequences.contains({sequence.schema, sequence.name});
    });
    for (std::size_t t = 0; t < catalogue.tables.size(); ++t) {
      if (made_[t]) continue;
      catalogue.tables[t].definition.clear();
      catalogue.tables[t].afterwards.clear();
    }
    if (everything()) return;
    catalogue.database_settings.clear();
    if (catalogue.large_objects.empty()) return;
    left_out_.push_back({"large objects", "they belong to no table", Severity::harmless});
    catalogue.large_objects.clear();
  }

  const Catalogue& catalogue_;
  const Archive& archive_;
  const TableChoice& choice_;
  const EntryGraph graph_;
  const std::vector<std::vector<std::size_t>> needs_;
  std::vector<bool> chosen_;  ///< tables whose rows are wanted
  std::vector<bool> made_;    ///< tables that are made, some of them empty
  std::vector<bool> keep_;    ///< entries
  std::vector<std::optional<std::size_t>> blocked_by_;
  std::vector<NotCarried> left_out_;
};

}  // namespace

RestorePart part_of(const Catalogue& catalogue, const Archive& archive, const RangeSizes& ranges,
                    const TableChoice& choice) {
  return Chooser(catalogue, archive, choice).part(ranges);
}

}  // namespace lifeboat::postgres
