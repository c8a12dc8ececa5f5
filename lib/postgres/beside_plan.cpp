#include "postgres/beside_plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/error.h"
#include "postgres/load_phases.h"

namespace lifeboat::postgres {
namespace {

/// What the catalogue's text of an index says beside pg_get_indexdef()
/// (schema_queries_relations.cpp), each on a line of its own.
constexpr std::array<std::string_view, 4> kIndexNotes = {"partition of ", "clustered",
                                                         "replica identity", "statistics "};

std::string without_notes(std::string definition) {
  while (true) {
    const std::size_t line = definition.rfind('\n');
    if (line == std::string::npos) return definition;
    const std::string_view last = std::string_view(definition).substr(line + 1);
    const auto begins = [&](std::string_view note) { return last.starts_with(note); };
    if (std::ranges::none_of(kIndexNotes, begins)) return definition;
    definition.erase(line);
  }
}

/// The inverse of quote_identifier().
std::string unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"') return std::string(name);
  std::string text;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    text += name[i];
    if (name[i] == '"') ++i;
  }
  return text;
}

void refuse_schema(const std::string& schema) {
  if (!schema.empty() && !schema.starts_with("pg_") && schema != "information_schema" &&
      !is_platform_schema(schema)) {
    return;
  }
  throw Error(ErrorKind::usage, "tables cannot be restored into schema \"" + schema + "\"",
              "name a schema of your own: --into-schema restored");
}

class Planner {
 public:
  Planner(const Catalogue& catalogue, const TableChoice& choice, const std::string& schema)
      : catalogue_(catalogue), choice_(choice), chosen_(choose_tables(catalogue, choice)) {
    plan_.schema = schema;
    for (std::size_t t = 0; t < catalogue.tables.size(); ++t) {
      place_of_[catalogue.tables[t].oid] = t;
      if (catalogue.tables[t].parent != 0) children_[catalogue.tables[t].parent].push_back(t);
    }
  }

  BesidePlan plan() {
    refuse_schema(plan_.schema);
    refuse_others();
    for (std::size_t t = 0; t < chosen_.size(); ++t) {
      if (chosen_[t] && holds_rows(t) && !below_a_chosen(t)) add(t);
    }
    if (plan_.tables.empty()) {
      throw Error(ErrorKind::usage, "the snapshot holds no table to restore",
                  "lifeboat vault show lists what it holds");
    }
    refuse_several_schemas();
    return std::move(plan_);
  }

 private:
  [[nodiscard]] const Table& at(std::size_t t) const { return catalogue_.tables[t]; }
  [[nodiscard]] bool holds_rows(std::size_t t) const {
    return (at(t).kind == 'r' || at(t).kind == 'p') && !is_platform_schema(at(t).schema);
  }

  /// A materialized view or a foreign table that was named has no rows in a snapshot.
  void refuse_others() const {
    for (const std::string& name : choice_.tables) {
      for (std::size_t t = 0; t < chosen_.size(); ++t) {
        if (!is_meant(name, at(t)) || holds_rows(t)) continue;
        throw Error(
            ErrorKind::usage,
            at(t).sql_name() +
                (at(t).kind == 'm' ? " is a materialized view" : " is not a table with rows here") +
                ": the snapshot holds no rows of it",
            "restore the tables that it reads");
      }
    }
  }

  void refuse_several_schemas() const {
    const std::string& first = at(first_).schema;
    for (const std::size_t t : made_) {
      if (at(t).schema == first) continue;
      throw Error(ErrorKind::usage,
                  "tables of several schemas were chosen: " + at(first_).sql_name() + " and " +
                      at(t).sql_name(),
                  "one schema a call: name tables with theirs, or give --schema");
    }
  }

  [[nodiscard]] bool below_a_chosen(std::size_t t) const {
    for (Oid parent = at(t).parent; parent != 0;) {
      const auto found = place_of_.find(parent);
      if (found == place_of_.end()) return false;
      if (chosen_[found->second]) return true;
      parent = at(found->second).parent;
    }
    return false;
  }

  /// The table itself, or the partitions that hold its rows.
  void collect(std::size_t t, std::vector<std::size_t>& sources) {
    if (at(t).kind == 'r') {
      sources.push_back(t);
      if (!at(t).readable) {
        plan_.left_out.push_back({"rows of " + at(t).sql_name(),
                                  "the role of the snapshot could not read them", Severity::loss});
      }
    }
    const auto found = children_.find(at(t).oid);
    if (at(t).kind != 'p' || found == children_.end()) return;
    for (const std::size_t child : found->second) {
      if (excluded(child)) continue;
      if (at(child).kind == 'f') {
        plan_.left_out.push_back({"rows of " + at(child).sql_name(),
                                  "a foreign table: its rows are not in the snapshot",
                                  Severity::loss});
      }
      collect(child, sources);
    }
  }

  [[nodiscard]] bool excluded(std::size_t t) const {
    return std::ranges::any_of(choice_.excluded,
                               [&](const std::string& name) { return is_meant(name, at(t)); });
  }

  void add(std::size_t t) {
    BesideTable table;
    table.name = at(t).name;
    table.sql_name = quote_identifier(plan_.schema) + "." + quote_identifier(table.name);
    for (const Column& column : at(t).columns) {
      if (!column.generated) {
        table.columns.push_back(column);
        continue;
      }
      plan_.left_out.push_back({"column " + at(t).sql_name() + "." + quote_identifier(column.name),
                                "computed from others: not among the rows", Severity::harmless});
    }
    collect(t, table.sources);
    add_constraints(t, table);
    add_indexes(t, table);
    if (table.keys.empty() && !at(t).key.empty()) add_key(t, table);
    if (made_.empty()) first_ = t;
    made_.push_back(t);
    plan_.tables.push_back(std::move(table));
  }

  void add_constraints(std::size_t t, BesideTable& table) const {
    const std::string prefix = at(t).sql_name() + ".";
    for (const SchemaItem& item : catalogue_.items) {
      if (item.kind != "constraint" || !item.identity.starts_with(prefix)) continue;
      const bool primary = item.definition.starts_with("PRIMARY KEY");
      if (!primary && !item.definition.starts_with("UNIQUE")) continue;
      const std::string name = item.identity.substr(prefix.size());
      table.keys.push_back(
          {unquoted(name),
           (primary ? "primary key " : "unique constraint ") + name + " of " + table.sql_name,
           "ALTER TABLE " + table.sql_name + " ADD CONSTRAINT " + name + " " + item.definition,
           true});
    }
  }

  void add_indexes(std::size_t t, BesideTable& table) const {
    const std::string schema = quote_identifier(at(t).schema) + ".";
    for (const SchemaItem& item : catalogue_.items) {
      if (item.kind != "index" || !item.identity.starts_with(schema)) continue;
      const std::string name = item.identity.substr(schema.size());
      const auto has_it = [&](const BesideKey& key) { return key.name == unquoted(name); };
      if (std::ranges::any_of(table.keys, has_it)) continue;
      const std::string begin = "CREATE UNIQUE INDEX " + name + " ON ";
      for (const char* only : {"", "ONLY "}) {
        const std::string prefix = begin + only + at(t).sql_name() + " USING ";
        if (!item.definition.starts_with(prefix)) continue;
        table.keys.push_back({unquoted(name), "unique index " + name + " of " + table.sql_name,
                              begin + table.sql_name + " USING " +
                                  without_notes(item.definition).substr(prefix.size())});
      }
    }
  }

  /// The catalogue knows a key whose item it does not name as we do.
  void add_key(std::size_t t, BesideTable& table) const {
    std::string columns;
    for (const std::string& column : at(t).key) {
      columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    }
    table.keys.push_back({table.name + "_pkey", "primary key of " + table.sql_name,
                          "ALTER TABLE " + table.sql_name + " ADD CONSTRAINT " +
                              quote_identifier(table.name + "_pkey") + " PRIMARY KEY (" + columns +
                              ")",
                          true});
  }

  const Catalogue& catalogue_;
  const TableChoice& choice_;
  const std::vector<bool> chosen_;
  std::map<Oid, std::size_t> place_of_;
  std::map<Oid, std::vector<std::size_t>> children_;
  std::vector<std::size_t> made_;
  std::size_t first_ = 0;
  BesidePlan plan_;
};

}  // namespace

std::vector<std::string> BesidePlan::names() const {
  std::vector<std::string> names;
  for (const BesideTable& table : tables) {
    names.push_back(table.name);
    for (const BesideKey& key : table.keys) names.push_back(key.name);
  }
  return names;
}

std::set<std::string> BesidePlan::types() const {
  std::set<std::string> types;
  for (const BesideTable& table : tables) {
    for (const Column& column : table.columns) types.insert(column.type);
  }
  return types;
}

BesidePlan plan_beside(const Catalogue& catalogue, const TableChoice& choice,
                       const std::string& schema) {
  return Planner(catalogue, choice, schema).plan();
}

std::string create_sql(const BesideTable& table, const std::set<std::string>& as_text) {
  std::string columns;
  for (const Column& column : table.columns) {
    columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name) + " " +
               (as_text.contains(column.type) ? "text" : column.type) +
               (column.not_null ? " NOT NULL" : "");
  }
  return "CREATE TABLE " + table.sql_name + " (" + columns + ")";
}

}  // namespace lifeboat::postgres
