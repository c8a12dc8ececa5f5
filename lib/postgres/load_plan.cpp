#include "postgres/load_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "postgres/archive_sql.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

/// What building an index costs, in hundredths of the COPY of its table. Measured: btree on a
/// bigint 1.1 s, GIN on jsonb 23.9 s beside a COPY of 14 s (docs/postgres-restore.md).
std::uint64_t cost_of_index(const std::string& sql) {
  if (sql.find(" USING gin ") != std::string::npos) return 170;
  if (sql.find(" USING gist ") != std::string::npos) return 150;
  if (sql.find(" USING spgist ") != std::string::npos) return 100;
  if (sql.find(" USING brin ") != std::string::npos) return 4;
  return 20;
}

/// What is known of one table while the plan grows.
struct TablePlan {
  std::uint64_t bytes = 0;
  std::uint64_t index_cost = 0;         ///< bytes of COPY that its indexes are worth
  std::vector<std::size_t> loads;       ///< steps
  std::vector<std::size_t> builds;      ///< steps that may run beside each other
  std::vector<std::size_t> exclusives;  ///< steps that lock the whole table, one after the other
};

class Planner {
 public:
  Planner(const Catalogue& catalogue, const Archive& archive, const RangeSizes& ranges)
      : catalogue_(catalogue),
        archive_(archive),
        ranges_(ranges),
        graph_(catalogue, archive),
        phases_(phases_of(catalogue, archive, graph_)),
        tables_(catalogue.tables.size()) {}

  LoadPlan plan() {
    leave_out();
    estimate();
    in_turn(Phase::schema);
    rows();
    in_turn(Phase::constraints);
    validation();
    in_turn(Phase::rules);
    refresh();
    sequences();
    for (const std::string& setting : catalogue_.database_settings) {
      add({.kind = StepKind::set_default,
           .phase = Phase::finish,
           .sql = setting,
           .label = "database setting " + setting});
    }
    in_turn(Phase::finish);
    return std::move(plan_);
  }

 private:
  std::size_t add(Step step) {
    plan_.steps.push_back(std::move(step));
    return plan_.steps.size() - 1;
  }

  [[nodiscard]] Step step_of(std::size_t e, StepKind kind, std::string sql) const {
    return {.kind = kind,
            .phase = *phases_[e],
            .sql = std::move(sql),
            .label = archive_.entries[e].label(),
            .entry = e,
            .table = graph_.belongs_to(e)};
  }

  [[nodiscard]] std::vector<std::size_t> entries_in(Phase phase) const {
    std::vector<std::size_t> entries;
    for (std::size_t e = 0; e < phases_.size(); ++e) {
      if (phases_[e] == phase) entries.push_back(e);
    }
    return order_of(entries, archive_, graph_);
  }

  void leave_out() {
    for (std::size_t e = 0; e < phases_.size(); ++e) {
      const ArchiveEntry& entry = archive_.entries[e];
      if (belongs_to_platform(entry)) {
        plan_.left_out.push_back({entry.label(), "left to the platform", Severity::harmless});
      } else if (belongs_to_database(entry) && !entry.kind.starts_with("DATABASE")) {
        plan_.left_out.push_back(
            {entry.label(), "belongs to the old database itself", Severity::harmless});
      }
    }
  }

  void estimate() {
    for (std::size_t t = 0; t < tables_.size() && t < ranges_.size(); ++t) {
      tables_[t].bytes = std::accumulate(ranges_[t].begin(), ranges_[t].end(), std::uint64_t{0});
    }
    for (std::size_t e = 0; e < phases_.size(); ++e) {
      const auto table = graph_.belongs_to(e);
      if (phases_[e] == Phase::rows && table) tables_[*table].index_cost += index_bytes(e, *table);
    }
  }

  [[nodiscard]] std::uint64_t index_bytes(std::size_t e, std::size_t table) const {
    return tables_[table].bytes * cost_of_index(archive_.entries[e].sql) / 100;
  }

  /// One after the other on one connection, in order.
  void in_turn(Phase phase) {
    for (const std::size_t e : entries_in(phase)) {
      const ArchiveEntry& entry = archive_.entries[e];
      const bool grants = entry.kind == "ACL" || entry.kind == "DEFAULT ACL";
      const auto key = entry.kind == "FK CONSTRAINT" && !touches_partitioned_table(e)
                           ? take_apart_foreign_key(entry.sql)
                           : std::optional<ForeignKey>();
      if (key) {
        add(step_of(e, StepKind::add_constraint, key->add_sql));
        foreign_keys_.emplace_back(e, *key);
      } else {
        add(step_of(e, grants ? StepKind::grant : StepKind::create, entry.sql));
      }
    }
  }

  /// A foreign key to a partitioned table has a row of its own for each partition, and VALIDATE
  /// leaves those marked NOT VALID (seen on 15): such a key is added in one step.
  [[nodiscard]] bool touches_partitioned_table(std::size_t e) const {
    return std::any_of(graph_.needs(e).begin(), graph_.needs(e).end(), [&](std::size_t needed) {
      const auto table = graph_.creates(needed);
      return table && catalogue_.tables[*table].kind == 'p';
    });
  }

  void rows() {
    load_steps();
    std::map<std::size_t, std::size_t> last_step_of;  // entry → its last step in this phase
    std::vector<std::pair<std::size_t, std::string>> adoptions;
    std::vector<std::size_t> late;
    for (const std::size_t e : entries_in(Phase::rows)) {
      const ArchiveEntry& entry = archive_.entries[e];
      const auto table = graph_.belongs_to(e);
      const auto unique = entry.kind == "CONSTRAINT" ? take_apart_unique(entry.sql)
                                                     : std::optional<UniqueConstraint>();
      if (!table || (entry.kind != "INDEX" && !unique)) {
        late.push_back(e);
        continue;
      }
      const IndexStatements parts = unique ? IndexStatements{unique->build_sql, unique->attach_sql}
                                           : take_apart_index(entry.sql);
      Step build = step_of(e, StepKind::build_index, parts.build_sql);
      build.after = tables_[*table].loads;
      build.weight = index_bytes(e, *table) + 1;
      wait_for_needs(build, e, last_step_of);
      last_step_of[e] = add(std::move(build));
      tables_[*table].builds.push_back(last_step_of[e]);
      if (!parts.alter_sql.empty()) adoptions.emplace_back(e, parts.alter_sql);
    }
    for (auto& [e, sql] : adoptions) {
      last_step_of[e] =
          add_exclusive(step_of(e, StepKind::add_constraint, std::move(sql)), e, last_step_of);
    }
    for (const std::size_t e : late) {
      const bool builds = archive_.entries[e].kind == "CONSTRAINT";
      last_step_of[e] = add_exclusive(
          step_of(e, builds ? StepKind::build_index : StepKind::create, archive_.entries[e].sql), e,
          last_step_of);
    }
    analyze_tables();
  }

  void load_steps() {
    for (std::size_t t = 0; t < tables_.size() && t < ranges_.size(); ++t) {
      const Table& table = catalogue_.tables[t];
      if (!table.carries_rows() || is_platform_schema(table.schema)) continue;
      for (std::size_t range = 0; range < ranges_[t].size(); ++range) {
        tables_[t].loads.push_back(add({.kind = StepKind::load_range,
                                        .phase = Phase::rows,
                                        .label = "rows of " + table.sql_name(),
                                        .table = t,
                                        .range = range,
                                        .weight = tables_[t].bytes + tables_[t].index_cost + 1}));
      }
    }
    if (catalogue_.large_objects.empty()) return;
    std::uint64_t bytes = 1;
    for (const LargeObject& object : catalogue_.large_objects) bytes += object.size_bytes;
    add({.kind = StepKind::load_large_objects,
         .phase = Phase::rows,
         .label = "large objects",
         .weight = bytes});
  }

  /// After all builds on the table and the exclusive steps before it.
  std::size_t add_exclusive(Step step, std::size_t e,
                            const std::map<std::size_t, std::size_t>& last_step_of) {
    wait_for_needs(step, e, last_step_of);
    if (!step.table) return add(std::move(step));
    TablePlan& table = tables_[*step.table];
    const std::vector<std::size_t>& before = table.builds.empty() ? table.loads : table.builds;
    step.after.insert(step.after.end(), before.begin(), before.end());
    if (!table.exclusives.empty()) step.after.push_back(table.exclusives.back());
    step.weight = index_bytes(e, *step.table) + 1;
    const std::size_t added = add(std::move(step));
    table.exclusives.push_back(added);
    return added;
  }

  void wait_for_needs(Step& step, std::size_t e,
                      const std::map<std::size_t, std::size_t>& last_step_of) const {
    for (const std::size_t needed : graph_.needs(e)) {
      if (const auto found = last_step_of.find(needed); found != last_step_of.end()) {
        step.after.push_back(found->second);
      }
    }
    // An adopted index was built by a step of the same entry.
    if (const auto own = last_step_of.find(e); own != last_step_of.end()) {
      step.after.push_back(own->second);
    }
  }

  void analyze_tables() {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      const Table& table = catalogue_.tables[t];
      // Leaves are analysed with their root: ANALYZE of a partitioned table descends.
      if (tables_[t].loads.empty() || table.kind != 'r' || table.parent != 0) continue;
      Step step = analyze(t, Phase::rows);
      for (const auto* before : {&tables_[t].loads, &tables_[t].builds, &tables_[t].exclusives}) {
        step.after.insert(step.after.end(), before->begin(), before->end());
      }
      add(std::move(step));
    }
  }

  [[nodiscard]] Step analyze(std::size_t t, Phase phase) const {
    const std::string name = catalogue_.tables[t].sql_name();
    return {.kind = StepKind::analyze,
            .phase = phase,
            .sql = "ANALYZE " + name,
            .label = "ANALYZE " + name,
            .table = t,
            .weight = 1};
  }

  void validation() {
    std::map<std::string, std::size_t> last_of_table;
    for (const auto& [e, key] : foreign_keys_) {
      Step step = step_of(e, StepKind::validate, key.validate_sql);
      step.phase = Phase::validation;
      for (const std::size_t needed : graph_.needs(e)) {
        if (const auto table = graph_.creates(needed)) step.weight += tables_[*table].bytes;
      }
      // Two on one table would only wait for each other's lock.
      const auto before = last_of_table.find(key.table);
      if (before != last_of_table.end()) step.after.push_back(before->second);
      last_of_table[key.table] = add(std::move(step));
    }
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      if (catalogue_.tables[t].kind == 'p' && catalogue_.tables[t].parent == 0) {
        add(analyze(t, Phase::validation));
      }
    }
    for (const std::size_t e : entries_in(Phase::validation)) {
      add(step_of(e, StepKind::create, archive_.entries[e].sql));
    }
  }

  void refresh() {
    std::map<std::size_t, std::size_t> refresh_of;             // table → step
    std::vector<std::pair<std::size_t, std::size_t>> made_by;  // entry, step
    for (std::size_t e = 0; e < phases_.size(); ++e) {
      const auto table = graph_.creates(e);
      if (!table || !phases_[e] || catalogue_.tables[*table].kind != 'm') continue;
      if (!catalogue_.tables[*table].populated) continue;
      const std::string name = catalogue_.tables[*table].sql_name();
      refresh_of[*table] = add({.kind = StepKind::refresh,
                                .phase = Phase::refresh,
                                .sql = "REFRESH MATERIALIZED VIEW " + name,
                                .label = "contents of MATERIALIZED VIEW " + name,
                                .entry = e,
                                .table = table,
                                .weight = catalogue_.tables[*table].total_bytes + 2});
      made_by.emplace_back(e, refresh_of[*table]);
    }
    for (const auto& [e, step] : made_by) {
      for (const std::size_t under : graph_.matviews_under(e)) {
        const auto found = refresh_of.find(under);
        if (found != refresh_of.end() && found->second != step) {
          plan_.steps[step].after.push_back(found->second);
        }
      }
    }
    index_matviews(refresh_of);
  }

  void index_matviews(const std::map<std::size_t, std::size_t>& refresh_of) {
    std::map<std::size_t, std::size_t> last_step_of;
    std::map<std::size_t, std::vector<std::size_t>> work_on;  // table → steps before ANALYZE
    for (const auto& [table, step] : refresh_of) work_on[table].push_back(step);
    for (const std::size_t e : entries_in(Phase::refresh)) {
      const auto table = graph_.belongs_to(e);
      Step step = step_of(e, StepKind::build_index, archive_.entries[e].sql);
      step.weight = 1;
      wait_for_needs(step, e, last_step_of);
      if (table) {
        const auto found = refresh_of.find(*table);
        if (found != refresh_of.end()) step.after.push_back(found->second);
      }
      last_step_of[e] = add(std::move(step));
      if (table) work_on[*table].push_back(last_step_of[e]);
    }
    for (const auto& [table, step] : refresh_of) {
      Step last = analyze(table, Phase::refresh);
      last.after = work_on[table];
      add(std::move(last));
    }
  }

  void sequences() {
    for (const Sequence& sequence : catalogue_.sequences) {
      add({.kind = StepKind::set_sequence,
           .phase = Phase::finish,
           .sql = "SELECT pg_catalog.setval(" + quote_literal(sequence.sql_name()) +
                  "::pg_catalog.regclass, " + std::to_string(sequence.last_value) + ", " +
                  (sequence.is_called ? "true" : "false") + ")",
           .label = "value of SEQUENCE " + sequence.sql_name()});
    }
  }

  const Catalogue& catalogue_;
  const Archive& archive_;
  const RangeSizes& ranges_;
  const EntryGraph graph_;
  const std::vector<std::optional<Phase>> phases_;
  std::vector<TablePlan> tables_;
  std::vector<std::pair<std::size_t, ForeignKey>> foreign_keys_;
  LoadPlan plan_;
};

}  // namespace

LoadPlan plan_load(const Catalogue& catalogue, const Archive& archive, const RangeSizes& ranges) {
  return Planner(catalogue, archive, ranges).plan();
}

}  // namespace lifeboat::postgres
