#include "postgres/exclusion.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "config/nearest.h"
#include "postgres/catalogue_scope.h"
#include "postgres/exclusion_pattern.h"

namespace lifeboat::postgres {
namespace {

constexpr std::string_view kRelations = R"(
SELECT c.oid, s.nspname, c.relname, c.relkind
FROM relation c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v')
ORDER BY s.nspname, c.relname
)";

/// Partitions and children, each with its parent; and views with each relation that they read.
constexpr std::string_view kFollowers = R"(
SELECT i.inhrelid, i.inhparent, false FROM pg_catalog.pg_inherits i
WHERE i.inhrelid IN (SELECT r.oid FROM relation r WHERE r.relkind IN ('r', 'p', 'f'))
UNION
SELECT w.ev_class, c.oid, true
FROM pg_catalog.pg_rewrite w JOIN relation v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')
     JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
                                AND d.objid = w.oid
     JOIN pg_catalog.pg_class c ON c.oid <> w.ev_class
     LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
WHERE (d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid)
   OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
       AND d.refobjid IN (t.oid, t.typarray))
)";

/// Of the tables in the session's setting, their row types too.
constexpr std::string_view kGone = R"(
, gone AS (
  SELECT c.oid, c.reltype, s.nspname || '.' || c.relname AS name
  FROM excluded e JOIN pg_catalog.pg_class c ON c.oid = e.oid
       JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
), used AS (
  SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, g.oid, g.name
  FROM gone g
  UNION ALL
  SELECT 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid, k.oid, g.name
  FROM gone g JOIN pg_catalog.pg_type t ON t.oid = g.reltype,
       LATERAL (VALUES (t.oid), (t.typarray)) k(oid)
), need AS (
  SELECT d.classid, d.objid, min(u.name) AS name
  FROM used u JOIN pg_catalog.pg_depend d ON d.refclassid = u.classid AND d.refobjid = u.oid
  WHERE d.deptype = 'n'
  GROUP BY 1, 2
)
)";

constexpr std::string_view kColumnsOfItsType = R"(
SELECT DISTINCT c.full_name, n.name FROM need n JOIN relation c ON c.oid = n.objid
WHERE n.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.relkind IN ('r', 'p', 'f', 'c')
ORDER BY 1
)";

constexpr std::string_view kDependents = R"(
SELECT n.classid, n.objid, 'constraint ' || c.full_name || '.'
  || pg_catalog.quote_ident(o.conname), n.name
FROM need n JOIN pg_catalog.pg_constraint o ON o.oid = n.objid
     JOIN relation c ON c.oid = o.conrelid
WHERE n.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
  AND o.contype = 'f' AND o.conparentid = 0
UNION ALL
SELECT n.classid, n.objid, CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate '
         WHEN 'w' THEN 'window function ' ELSE 'function ' END || s.name || '.'
  || pg_catalog.quote_ident(p.proname) || '('
  || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', n.name
FROM need n JOIN pg_catalog.pg_proc p ON p.oid = n.objid JOIN user_schema s ON s.oid = p.pronamespace
WHERE n.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
UNION ALL
SELECT n.classid, n.objid, 'policy ' || c.full_name || '.' || pg_catalog.quote_ident(p.polname),
       n.name
FROM need n JOIN pg_catalog.pg_policy p ON p.oid = n.objid JOIN relation c ON c.oid = p.polrelid
WHERE n.classid = 'pg_catalog.pg_policy'::pg_catalog.regclass
UNION ALL
SELECT n.classid, n.objid, 'rule ' || c.full_name || '.' || pg_catalog.quote_ident(w.rulename),
       n.name
FROM need n JOIN pg_catalog.pg_rewrite w ON w.oid = n.objid JOIN relation c ON c.oid = w.ev_class
WHERE n.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
ORDER BY 3
)";

/// Foreign keys of tables whose rows are there to tables whose rows, or some of them, are not.
constexpr std::string_view kKeysToNoRows = R"(
, empty AS (
  SELECT c.oid, s.nspname || '.' || c.relname AS name
  FROM relation c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  WHERE s.nspname || '.' || c.relname = ANY ($1::text[])
), holey AS (
  SELECT e.oid, e.name FROM empty e
  UNION ALL
  SELECT a.relid::pg_catalog.oid, e.name FROM empty e, LATERAL pg_catalog.pg_partition_ancestors(e.oid) a(relid)
)
SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid, o.oid,
  'constraint ' || c.full_name || '.' || pg_catalog.quote_ident(o.conname), min(h.name)
FROM holey h JOIN pg_catalog.pg_constraint o ON o.confrelid = h.oid
     JOIN relation c ON c.oid = o.conrelid
WHERE o.contype = 'f' AND o.conparentid = 0 AND o.conrelid NOT IN (SELECT e.oid FROM empty e)
GROUP BY 1, 2, 3
ORDER BY 3
)";

struct Relation {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';

  [[nodiscard]] std::string plain() const { return schema + "." + name; }
  [[nodiscard]] std::string in_words() const {
    const char* what = kind == 'v'   ? "view "
                       : kind == 'm' ? "materialized view "
                       : kind == 'f' ? "foreign table "
                                     : "table ";
    return what + quote_identifier(schema) + "." + quote_identifier(name);
  }
};

/// What follows a relation out of the snapshot, or out of having rows.
struct Follower {
  Oid relation = 0;
  bool view = false;
};

class Resolver {
 public:
  explicit Resolver(pq::Connection& connection) {
    exclude_relations(connection, {});
    const pq::Rows found = connection.query(scope_sql(kRelations));
    for (std::size_t row = 0; row < found.size(); ++row) {
      relations_.push_back({static_cast<Oid>(found.integer(row, 0)), found.text(row, 1),
                            found.text(row, 2), found.text(row, 3).at(0)});
    }
    for (std::size_t i = 0; i < relations_.size(); ++i) by_oid_[relations_[i].oid] = i;
    const pq::Rows follow = connection.query(scope_sql(kFollowers));
    for (std::size_t row = 0; row < follow.size(); ++row) {
      followers_.emplace(
          static_cast<Oid>(follow.integer(row, 1)),
          Follower{static_cast<Oid>(follow.integer(row, 0)), follow.boolean(row, 2)});
    }
  }

  void exclude(const std::vector<std::string>& patterns) {
    for (const std::size_t i : meant_by(patterns, "--exclude-table", "rpfmv")) {
      gone_.insert(relations_[i].oid);
      told(relations_[i].in_words(), std::string(kOnRequest));
      exclusion_.relations.push_back(relations_[i].plain());
    }
    std::vector<Oid> open(gone_.begin(), gone_.end());
    while (!open.empty()) {
      const Oid at = open.back();
      open.pop_back();
      const auto [first, last] = followers_.equal_range(at);
      for (auto follower = first; follower != last; ++follower) {
        const auto found = by_oid_.find(follower->second.relation);
        if (found == by_oid_.end() || !gone_.insert(found->first).second) continue;
        const Relation& relation = relations_[found->second];
        open.push_back(relation.oid);
        exclusion_.relations.push_back(relation.plain());
        told(relation.in_words(), (follower->second.view ? "it needs " : "it is part of ") +
                                      relations_[by_oid_.at(at)].plain() + ", " +
                                      std::string(kOnRequest));
      }
    }
  }

  void exclude_rows(const std::vector<std::string>& patterns) {
    std::set<Oid> empty;
    std::vector<Oid> open;
    for (const std::size_t i : meant_by(patterns, "--exclude-table-data", "rp")) {
      open.push_back(relations_[i].oid);
    }
    while (!open.empty()) {
      const Oid at = open.back();
      open.pop_back();
      const Relation& relation = relations_[by_oid_.at(at)];
      if (gone_.contains(at) || !empty.insert(at).second) continue;
      exclusion_.without_rows.push_back(relation.plain());
      if (relation.kind == 'r') told("rows of " + relation.in_words(), std::string(kOnRequest));
      if (relation.kind != 'p') continue;
      const auto [first, last] = followers_.equal_range(at);
      for (auto follower = first; follower != last; ++follower) {
        if (!follower->second.view) open.push_back(follower->second.relation);
      }
    }
  }

  Exclusion take() { return std::move(exclusion_); }

 private:
  void told(std::string object, std::string reason) {
    exclusion_.told.push_back({std::move(object), std::move(reason), Severity::harmless});
  }

  /// Indexes of relations, each once.
  [[nodiscard]] std::set<std::size_t> meant_by(const std::vector<std::string>& patterns,
                                               const std::string& option,
                                               std::string_view kinds) const {
    std::set<std::size_t> meant;
    for (const std::string& text : patterns) {
      const ExclusionPattern pattern(text);
      const std::size_t before = meant.size();
      bool again = false;
      for (std::size_t i = 0; i < relations_.size(); ++i) {
        const Relation& relation = relations_[i];
        if (kinds.find(relation.kind) == std::string_view::npos) continue;
        if (!pattern.matches(relation.schema, relation.name)) continue;
        again = !meant.insert(i).second || again;
      }
      if (meant.size() == before && !again) throw_no_match(text, option, kinds);
    }
    return meant;
  }

  [[noreturn]] void throw_no_match(const std::string& text, const std::string& option,
                                   std::string_view kinds) const {
    std::vector<std::string> known;
    for (const Relation& relation : relations_) {
      if (kinds.find(relation.kind) == std::string_view::npos) continue;
      known.push_back(text.find('.') == std::string::npos ? relation.name : relation.plain());
    }
    const auto near = config::nearest(text, known);
    throw Error(
        ErrorKind::usage,
        option + " " + text + " matches no table of " + std::to_string(known.size()) + " here",
        near ? "did you mean " + *near + "?"
             : "a pattern is table, schema.table, or one with * and ?");
  }

  std::vector<Relation> relations_;
  std::map<Oid, std::size_t> by_oid_;
  std::multimap<Oid, Follower> followers_;
  std::set<Oid> gone_;
  Exclusion exclusion_;
};

/// A table cannot be made without the type of its column, and its rows are wanted.
void refuse_columns_of_its_type(pq::Connection& connection, const Exclusion& exclusion) {
  exclude_relations(connection, exclusion.relations);
  const pq::Rows rows =
      connection.query(scope_sql(std::string(kGone) + std::string(kColumnsOfItsType)));
  if (rows.size() == 0) return;
  throw Error(
      ErrorKind::usage,
      rows.text(0, 1) + " cannot be excluded: " + rows.text(0, 0) + " has a column of its type",
      "exclude both, or its rows alone with --exclude-table-data");
}

}  // namespace

Exclusion resolve_exclusion(pq::Connection& connection,
                            const std::vector<std::string>& exclude_tables,
                            const std::vector<std::string>& exclude_table_data) {
  if (exclude_tables.empty() && exclude_table_data.empty()) return {};
  Resolver resolver(connection);
  resolver.exclude(exclude_tables);
  resolver.exclude_rows(exclude_table_data);
  Exclusion exclusion = resolver.take();
  if (!exclusion.relations.empty()) refuse_columns_of_its_type(connection, exclusion);
  return exclusion;
}

void find_dependents(pq::Connection& connection, const Exclusion& exclusion, Catalogue& catalogue,
                     std::vector<NotCarried>& told) {
  std::map<ObjectAddress, NotCarried> found;
  const auto collect = [&](const pq::Rows& rows, const std::string& verb) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      found.insert(
          {{static_cast<Oid>(rows.integer(row, 0)), static_cast<Oid>(rows.integer(row, 1))},
           {rows.text(row, 2), verb + rows.text(row, 3) + ", " + std::string(kOnRequest),
            Severity::harmless}});
    }
  };
  if (!exclusion.relations.empty()) {
    exclude_relations(connection, exclusion.relations);
    collect(connection.query(scope_sql(std::string(kGone) + std::string(kDependents))),
            "it needs ");
  }
  if (!exclusion.without_rows.empty()) {
    collect(connection.query(scope_sql(kKeysToNoRows), {array_literal(exclusion.without_rows)}),
            "it needs rows of ");
  }
  catalogue.left_out.clear();
  for (auto& [address, item] : found) {
    catalogue.left_out.push_back(address);
    told.push_back(std::move(item));
  }
}

void mark_without_rows(const Exclusion& exclusion, Catalogue& catalogue) {
  for (Table& table : catalogue.tables) {
    table.without_rows =
        std::ranges::count(exclusion.without_rows, table.schema + "." + table.name) > 0;
  }
}

}  // namespace lifeboat::postgres
