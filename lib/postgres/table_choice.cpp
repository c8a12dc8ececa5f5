#include "postgres/table_choice.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "config/nearest.h"

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kNamesInAHint = 8;

/// The hint: the near name, or what there is.
std::string instead_of(const std::string& name, std::vector<std::string> names) {
  if (const auto near = config::nearest(name, names)) return "did you mean " + *near + "?";
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return "the snapshot holds none";
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesInAHint); ++i) {
    list += (list.empty() ? "" : ", ") + names[i];
  }
  return "the snapshot holds " + list + (names.size() > kNamesInAHint ? ", ..." : "");
}

std::vector<std::string> table_names(const Catalogue& catalogue, bool with_schema) {
  std::vector<std::string> names;
  for (const Table& table : catalogue.tables) {
    names.push_back(with_schema ? table.schema + "." + table.name : table.name);
  }
  return names;
}

void mark_tables(const Catalogue& catalogue, const std::string& name, bool value,
                 std::vector<bool>& marks) {
  bool found = false;
  for (std::size_t t = 0; t < catalogue.tables.size(); ++t) {
    if (!is_meant(name, catalogue.tables[t])) continue;
    marks[t] = value;
    found = true;
  }
  if (found) return;
  const bool with_schema = name.find('.') != std::string::npos;
  throw Error(ErrorKind::usage, "the snapshot holds no table " + name,
              instead_of(name, table_names(catalogue, with_schema)));
}

void mark_schema(const Catalogue& catalogue, const std::string& name, std::vector<bool>& marks) {
  std::vector<std::string> schemas;
  bool found = false;
  for (std::size_t t = 0; t < catalogue.tables.size(); ++t) {
    const std::string& schema = catalogue.tables[t].schema;
    schemas.push_back(schema);
    if (schema != name && quote_identifier(schema) != name) continue;
    marks[t] = true;
    found = true;
  }
  if (found) return;
  throw Error(ErrorKind::usage, "the snapshot holds no table in a schema " + name,
              instead_of(name, std::move(schemas)));
}

/// In with their table and out with it, but for those that were excluded by name.
void take_partitions_along(const Catalogue& catalogue, const TableChoice& choice,
                           std::vector<bool>& marks) {
  std::map<Oid, std::size_t> place_of;
  for (std::size_t t = 0; t < marks.size(); ++t) place_of[catalogue.tables[t].oid] = t;
  const auto excluded = [&](std::size_t t) {
    return std::ranges::any_of(choice.excluded, [&](const std::string& name) {
      return is_meant(name, catalogue.tables[t]);
    });
  };
  const std::vector<bool> by_name = marks;
  for (std::size_t t = 0; t < marks.size(); ++t) {
    for (Oid parent = catalogue.tables[t].parent; parent != 0 && place_of.contains(parent);) {
      const std::size_t above = place_of[parent];
      if (by_name[above] && !excluded(t)) marks[t] = true;
      if (excluded(above)) marks[t] = false;
      parent = catalogue.tables[above].parent;
    }
  }
}

}  // namespace

bool is_meant(const std::string& name, const Table& table) {
  return name == table.name || name == table.schema + "." + table.name ||
         name == table.sql_name() || name == quote_identifier(table.name);
}

std::vector<bool> choose_tables(const Catalogue& catalogue, const TableChoice& choice) {
  std::vector<bool> marks(catalogue.tables.size(), choice.tables.empty() && choice.schemas.empty());
  for (const std::string& name : choice.tables) mark_tables(catalogue, name, true, marks);
  for (const std::string& name : choice.schemas) mark_schema(catalogue, name, marks);
  for (const std::string& name : choice.excluded) mark_tables(catalogue, name, false, marks);
  take_partitions_along(catalogue, choice, marks);
  return marks;
}

}  // namespace lifeboat::postgres
