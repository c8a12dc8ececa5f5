#include "postgres/load_plan.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "postgres/archive_sql.h"
#include "postgres/load_cost.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

/// What is known of one table while the plan grows.
struct TablePlan {
  std::uint64_t bytes = 0;
  std::vector<std::size_t> loads;       ///< steps
  std::vector<std::size_t> builds;      ///< steps that may run beside each other
  std::vector<std::size_t> exclusives;  ///< steps that lock the whole table, one after the other
};

/// A foreign key that a step adds NOT VALID.
struct AddedKey {
  std::size_t entry;
  ForeignKey key;
  Phase phase;
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
    define_unreadable_tables();
    rows();
    in_turn(Phase::constraints);
    validation();
    complete_unreadable_tables();
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
    weigh(plan_.steps);
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
  }

  [[nodiscard]] Step build_of(std::size_t e, std::string sql) const {
    Step build = step_of(e, StepKind::build_index, std::move(sql));
    if (!build.table) return build;
    const std::uint64_t bytes = tables_[*build.table].bytes;
    build.cost = index_cost(build.sql, catalogue_.tables[*build.table], bytes);
    if (is_sorted_index(build.sql)) build.sort_bytes = std::max<std::uint64_t>(bytes, 1);
    return build;
  }

  /// One after the other on one connection, in order.
  void in_turn(Phase phase) {
    for (const std::size_t e : entries_in(phase)) {
      const ArchiveEntry& entry = archive_.entries[e];
      if (phase == Phase::schema) try_unreadable_tables_before(entry);
      const bool grants = entry.kind == "ACL" || entry.kind == "DEFAULT ACL";
      const auto key = foreign_key_of(e);
      if (key && goes_with_rows(e)) continue;  // it is there already
      if (key) {
        add(step_of(e, StepKind::add_constraint, key->add_sql));
        foreign_keys_.push_back({e, *key, phase});
      } else {
        add(step_of(e, grants ? StepKind::grant : StepKind::create, entry.sql));
      }
    }
  }

  /// Tables that the archive lacks are made behind the types and functions that they may need and
  /// before the views that may need them. Where that is too early, they are made last.
  void try_unreadable_tables_before(const ArchiveEntry& entry) {
    const bool may_need_them =
        entry.kind.ends_with("TABLE") || entry.kind.ends_with("VIEW") || entry.kind == "SEQUENCE";
    if (unreadable_tried_ || !may_need_them) return;
    unreadable_tried_ = true;
    for (const Table& table : catalogue_.tables) {
      if (!table.definition.empty()) {
        add_definition(table, StepKind::try_table, Phase::schema, table.definition.front());
      }
    }
  }

  void define_unreadable_tables() {
    for (const Table& table : catalogue_.tables) {
      if (table.definition.empty()) continue;
      for (const std::string& sql : table.definition) {
        add_definition(table, StepKind::define_table, Phase::schema, sql);
      }
      plan_.left_out.push_back({"rows of table " + table.sql_name(),
                                "the snapshot does not hold them: the table was made empty",
                                Severity::harmless});
    }
  }

  /// Foreign keys, and partitions: when the indexes of all other tables are whole.
  void complete_unreadable_tables() {
    for (const Table& table : catalogue_.tables) {
      for (const std::string& sql : table.afterwards) {
        add_definition(table, StepKind::define_table, Phase::rules, sql);
      }
    }
  }

  void add_definition(const Table& table, StepKind kind, Phase phase, const std::string& sql) {
    add({.kind = kind, .phase = phase, .sql = sql, .label = "table " + table.sql_name()});
  }

  /// A foreign key that is added NOT VALID and validated by a step of its own.
  [[nodiscard]] std::optional<ForeignKey> foreign_key_of(std::size_t e) const {
    const ArchiveEntry& entry = archive_.entries[e];
    if (entry.kind != "FK CONSTRAINT" || touches_partitioned_table(e)) return std::nullopt;
    return take_apart_foreign_key(entry.sql);
  }

  /// Whether all that foreign key `e` needs is there as soon as its tables are complete.
  [[nodiscard]] bool goes_with_rows(std::size_t e) const {
    return phases_[e] == Phase::constraints &&
           std::ranges::all_of(graph_.needs(e), [&](std::size_t needed) {
             return phases_[needed] && *phases_[needed] <= Phase::rows;
           });
  }

  /// In a part of a snapshot there are tables that were not chosen.
  [[nodiscard]] std::vector<bool> made_tables() const {
    std::vector<bool> made(tables_.size());
    for (std::size_t t = 0; t < made.size(); ++t)
      made[t] = !catalogue_.tables[t].definition.empty();
    for (std::size_t e = 0; e < phases_.size(); ++e) {
      if (const auto table = graph_.creates(e)) made[*table] = true;
    }
    return made;
  }

  [[nodiscard]] std::vector<std::size_t> tables_of(std::size_t e) const {
    std::vector<std::size_t> tables;
    for (const std::size_t needed : graph_.needs(e)) {
      if (const auto table = graph_.creates(needed)) tables.push_back(*table);
    }
    return tables;
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
      Step build = build_of(e, parts.build_sql);
      build.after = tables_[*table].loads;
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
      const std::string& sql = archive_.entries[e].sql;
      last_step_of[e] = add_exclusive(builds ? build_of(e, sql) : step_of(e, StepKind::create, sql),
                                      e, last_step_of);
    }
    add_foreign_keys(last_step_of);
    validate_foreign_keys(Phase::rows);
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
                                        .cost = ranges_[t][range]}));
      }
    }
    if (catalogue_.large_objects.empty()) return;
    std::uint64_t bytes = 1;
    for (const LargeObject& object : catalogue_.large_objects) bytes += object.size_bytes;
    add({.kind = StepKind::load_large_objects,
         .phase = Phase::rows,
         .label = "large objects",
         .cost = bytes});
  }

  /// After all builds on the table and the exclusive steps before it.
  std::size_t add_exclusive(Step step, std::size_t e,
                            const std::map<std::size_t, std::size_t>& last_step_of) {
    wait_for_needs(step, e, last_step_of);
    if (!step.table) return add(std::move(step));
    TablePlan& table = tables_[*step.table];
    wait_for_table(step, table);
    const std::size_t added = add(std::move(step));
    table.exclusives.push_back(added);
    return added;
  }

  static void wait_for_table(Step& step, const TablePlan& table) {
    const std::vector<std::size_t>& before = table.builds.empty() ? table.loads : table.builds;
    step.after.insert(step.after.end(), before.begin(), before.end());
    if (!table.exclusives.empty()) step.after.push_back(table.exclusives.back());
  }

  /// Adding one locks both tables against builds and against each other: two that share a table
  /// come one after the other, so none waits for a lock with another in its hands.
  void add_foreign_keys(std::map<std::size_t, std::size_t>& last_step_of) {
    for (const std::size_t e : entries_in(Phase::constraints)) {
      const auto key = foreign_key_of(e);
      if (!key || !goes_with_rows(e)) continue;
      Step step = step_of(e, StepKind::add_constraint, key->add_sql);
      step.phase = Phase::rows;
      wait_for_needs(step, e, last_step_of);
      for (const std::size_t t : tables_of(e)) wait_for_table(step, tables_[t]);
      last_step_of[e] = add(std::move(step));
      for (const std::size_t t : tables_of(e)) tables_[t].exclusives.push_back(last_step_of[e]);
      foreign_keys_.push_back({e, *key, Phase::rows});
    }
  }

  /// Each reads two tables by one core. VALIDATE and ANALYZE of one table would only wait for each
  /// other's lock, and both for a foreign key that is yet to be added to it.
  void validate_foreign_keys(Phase phase) {
    for (const AddedKey& added : foreign_keys_) {
      if (added.phase != phase) continue;
      Step step = step_of(added.entry, StepKind::validate, added.key.validate_sql);
      step.phase = phase == Phase::constraints ? Phase::validation : phase;
      std::uint64_t bytes = 0;
      for (const std::size_t t : tables_of(added.entry)) {
        bytes += tables_[t].bytes;
        if (catalogue_.tables[t].sql_name() != added.key.table || phase != Phase::rows) continue;
        step.after.push_back(tables_[t].exclusives.back());
      }
      step.cost = validation_cost(bytes);
      auto [last, is_first] = last_validation_.try_emplace({step.phase, added.key.table});
      if (!is_first) step.after.push_back(last->second);
      last->second = add(std::move(step));
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
      const auto last = last_validation_.find({Phase::rows, table.sql_name()});
      if (last != last_validation_.end()) step.after.push_back(last->second);
      add(std::move(step));
    }
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

  [[nodiscard]] Step analyze(std::size_t t, Phase phase) const {
    const std::string name = catalogue_.tables[t].sql_name();
    return {.kind = StepKind::analyze,
            .phase = phase,
            .sql = "ANALYZE " + name,
            .label = "ANALYZE " + name,
            .table = t,
            .cost = analyze_cost(tables_[t].bytes)};
  }

  void validation() {
    validate_foreign_keys(Phase::constraints);
    const std::vector<bool> made = made_tables();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
      const Table& table = catalogue_.tables[t];
      if (table.kind == 'p' && table.parent == 0 && made[t]) add(analyze(t, Phase::validation));
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
                                .cost = catalogue_.tables[*table].total_bytes});
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
      Step step = build_of(e, archive_.entries[e].sql);
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
  std::vector<AddedKey> foreign_keys_;
  std::map<std::pair<Phase, std::string>, std::size_t> last_validation_;  ///< by phase and table
  bool unreadable_tried_ = false;
  LoadPlan plan_;
};

}  // namespace

LoadPlan plan_load(const Catalogue& catalogue, const Archive& archive, const RangeSizes& ranges) {
  return Planner(catalogue, archive, ranges).plan();
}

}  // namespace lifeboat::postgres
