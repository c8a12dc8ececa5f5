#include "postgres/load_phases.h"

#include <algorithm>
#include <array>
#include <set>

namespace lifeboat::postgres {
namespace {

constexpr Oid kRelationCatalogue = 1259;  // pg_class
/// Heroku's own, and the marks that lifeboat leaves while it works.
constexpr std::array kForeignSchemas = {"_heroku", "lifeboat_restore", "lifeboat_scratch"};

/// The phase by kind and section alone.
Phase usual_phase(const ArchiveEntry& entry, std::optional<char> table_kind) {
  if (entry.section == Section::pre_data) return Phase::schema;
  const std::string& kind = entry.kind;
  if (kind == "COMMENT" || kind == "SECURITY LABEL" || kind == "EVENT TRIGGER") {
    return Phase::finish;
  }
  if (kind == "INDEX" || kind == "CONSTRAINT" || kind == "STATISTICS") {
    if (table_kind == 'r') return Phase::rows;
    return table_kind == 'm' ? Phase::refresh : Phase::constraints;
  }
  if (kind == "INDEX ATTACH" || kind == "CHECK CONSTRAINT" || kind == "FK CONSTRAINT" ||
      kind == "VIEW" || kind == "MATERIALIZED VIEW") {
    return Phase::constraints;
  }
  return Phase::rules;
}

int rank_of(const ArchiveEntry& entry) {
  if (entry.kind == "EVENT TRIGGER") return 2;
  return entry.kind == "ACL" || entry.kind == "DEFAULT ACL" ? 1 : 0;
}

bool is_about(const ArchiveEntry& entry, std::string_view thing) {
  return (entry.kind == "ACL" || entry.kind == "COMMENT" || entry.kind == "SECURITY LABEL") &&
         entry.name.starts_with(thing);
}

}  // namespace

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::schema:
      return "schema";
    case Phase::rows:
      return "rows and indexes";
    case Phase::constraints:
      return "constraints";
    case Phase::validation:
      return "validation";
    case Phase::rules:
      return "rules and grants";
    case Phase::refresh:
      return "materialized views";
    case Phase::finish:
      return "finish";
  }
  return "";
}

bool runs_at_once(Phase phase) {
  return phase == Phase::rows || phase == Phase::validation || phase == Phase::refresh;
}

EntryGraph::EntryGraph(const Catalogue& catalogue, const Archive& archive)
    : catalogue_(catalogue), needs_(archive.entries.size()), creates_(archive.entries.size()) {
  std::map<int, std::size_t> by_id;
  std::map<Oid, std::size_t> by_oid;
  for (std::size_t e = 0; e < archive.entries.size(); ++e) by_id[archive.entries[e].id] = e;
  for (std::size_t t = 0; t < catalogue.tables.size(); ++t) by_oid[catalogue.tables[t].oid] = t;
  for (std::size_t e = 0; e < archive.entries.size(); ++e) {
    const ArchiveEntry& entry = archive.entries[e];
    for (const int id : entry.depends_on) {
      if (const auto found = by_id.find(id); found != by_id.end()) {
        needs_[e].push_back(found->second);
      }
    }
    if (entry.catalogue != kRelationCatalogue || entry.kind == "INDEX") continue;
    if (const auto found = by_oid.find(entry.object); found != by_oid.end()) {
      creates_[e] = found->second;
    }
  }
}

std::optional<std::size_t> EntryGraph::belongs_to(std::size_t e) const {
  std::set<std::size_t> tables;
  for (const std::size_t needed : needs_[e]) {
    if (creates_[needed]) tables.insert(*creates_[needed]);
  }
  if (tables.size() != 1) return std::nullopt;
  return *tables.begin();
}

std::vector<std::size_t> EntryGraph::matviews_under(std::size_t e) const {
  std::vector<std::size_t> found;
  std::set<std::size_t> seen = {e};
  std::vector<std::size_t> open = {e};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const std::size_t needed : needs_[at]) {
      if (!seen.insert(needed).second) continue;
      open.push_back(needed);
      if (creates_[needed] && catalogue_.tables[*creates_[needed]].kind == 'm') {
        found.push_back(*creates_[needed]);
      }
    }
  }
  return found;
}

bool is_platform_schema(const std::string& schema) {
  return std::find(kForeignSchemas.begin(), kForeignSchemas.end(), schema) != kForeignSchemas.end();
}

bool belongs_to_platform(const ArchiveEntry& entry) {
  if (is_platform_schema(entry.schema)) return true;
  if (entry.kind == "SCHEMA") return is_platform_schema(entry.name);
  return std::any_of(kForeignSchemas.begin(), kForeignSchemas.end(), [&](std::string schema) {
    if (entry.kind == "EVENT TRIGGER") {
      return entry.sql.find("EXECUTE FUNCTION " + schema + ".") != std::string::npos ||
             entry.sql.find("EXECUTE PROCEDURE " + schema + ".") != std::string::npos;
    }
    return is_about(entry, "SCHEMA") && entry.name == "SCHEMA " + schema;
  });
}

bool left_to_platform(const ArchiveEntry& entry) {
  return belongs_to_platform(entry) || is_about(entry, "EXTENSION ") ||
         (entry.kind == "EXTENSION" && entry.name == "pg_stat_statements");
}

bool belongs_to_database(const ArchiveEntry& entry) {
  return entry.kind == "DATABASE" || entry.kind == "DATABASE PROPERTIES" ||
         is_about(entry, "DATABASE ");
}

std::vector<bool> left_out_on_request(const Catalogue& catalogue, const Archive& archive,
                                      const EntryGraph& graph) {
  std::vector<bool> left_out(archive.entries.size());
  if (catalogue.left_out.empty()) return left_out;
  for (std::size_t e = 0; e < left_out.size(); ++e) {
    const ArchiveEntry& entry = archive.entries[e];
    left_out[e] = std::ranges::binary_search(catalogue.left_out,
                                             ObjectAddress{entry.catalogue, entry.object});
  }
  for (bool more = true; more;) {
    more = false;
    for (std::size_t e = 0; e < left_out.size(); ++e) {
      if (left_out[e] || archive.entries[e].kind == "TABLE") continue;
      if (std::ranges::none_of(graph.needs(e), [&](std::size_t n) { return left_out[n]; }))
        continue;
      left_out[e] = more = true;
    }
  }
  return left_out;
}

std::vector<std::optional<Phase>> phases_of(const Catalogue& catalogue, const Archive& archive,
                                            const EntryGraph& graph) {
  std::vector<std::optional<Phase>> phases(archive.entries.size());
  const std::vector<bool> left_out = left_out_on_request(catalogue, archive, graph);
  for (std::size_t e = 0; e < archive.entries.size(); ++e) {
    const ArchiveEntry& entry = archive.entries[e];
    if (belongs_to_platform(entry) || belongs_to_database(entry) || left_out[e]) continue;
    if (entry.section == Section::data) continue;
    const std::optional<std::size_t> table = graph.belongs_to(e);
    phases[e] = usual_phase(
        entry, table ? std::optional<char>(catalogue.tables[*table].kind) : std::nullopt);
  }
  // A dependency stands before its dependents in the archive, but for comments and grants: few
  // rounds settle it, and each round only moves entries later, so it ends.
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t e = 0; e < phases.size(); ++e) {
      if (!phases[e] || archive.entries[e].section == Section::pre_data) continue;
      for (const std::size_t needed : graph.needs(e)) {
        if (!phases[needed] || *phases[needed] <= *phases[e]) continue;
        phases[e] = phases[needed];
        moved = true;
      }
    }
  }
  return phases;
}

std::vector<std::size_t> order_of(const std::vector<std::size_t>& entries, const Archive& archive,
                                  const EntryGraph& graph) {
  const std::set<std::size_t> members(entries.begin(), entries.end());
  std::map<std::size_t, std::size_t> waiting;
  std::map<std::size_t, std::vector<std::size_t>> dependents;
  for (const std::size_t e : entries) {
    std::set<std::size_t> needed;
    for (const std::size_t n : graph.needs(e)) {
      if (n != e && members.contains(n)) needed.insert(n);
    }
    waiting[e] = needed.size();
    for (const std::size_t n : needed) dependents[n].push_back(e);
  }
  using Place = std::pair<int, std::size_t>;  // rank, then the archive's order
  std::set<Place> ready;
  const auto place_of = [&](std::size_t e) { return Place(rank_of(archive.entries[e]), e); };
  for (const auto& [e, count] : waiting) {
    if (count == 0) ready.insert(place_of(e));
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t e = ready.begin()->second;
    ready.erase(ready.begin());
    order.push_back(e);
    waiting.erase(e);
    for (const std::size_t dependent : dependents[e]) {
      if (--waiting[dependent] == 0) ready.insert(place_of(dependent));
    }
  }
  for (const auto& [e, count] : waiting) order.push_back(e);  // a cycle: as the archive has them
  return order;
}

Severity severity_of(const ArchiveEntry& entry) {
  const bool harmless = entry.kind == "ACL" || entry.kind == "DEFAULT ACL" ||
                        left_to_platform(entry) || belongs_to_database(entry);
  return harmless ? Severity::harmless : Severity::loss;
}

}  // namespace lifeboat::postgres
