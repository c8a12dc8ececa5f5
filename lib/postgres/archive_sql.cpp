#include "postgres/archive_sql.h"

#include <algorithm>
#include <array>

namespace lifeboat::postgres {
namespace {

/// Reads SQL as pg_dump formats it: exact words, exact blanks, identifiers by fmtId().
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool accept(std::string_view words) {
    if (!rest_.starts_with(words)) return false;
    rest_.remove_prefix(words.size());
    return true;
  }

  /// One identifier, with its quotes if it has any; empty if none stands here.
  std::string identifier() {
    std::size_t length = 0;
    if (rest_.starts_with('"')) {
      length = quoted_length(rest_);
    } else {
      while (length < rest_.size() && is_plain(rest_[length])) ++length;
    }
    return take(length);
  }

  /// schema.name; empty if it is something else.
  std::string qualified_name() {
    std::string schema = identifier();
    if (schema.empty() || !accept(".")) return {};
    const std::string name = identifier();
    return name.empty() ? std::string() : schema + "." + name;
  }

  /// "( ... )" with nested parentheses and quotes; empty if it never closes.
  std::string parenthesised() {
    if (!rest_.starts_with('(')) return {};
    int depth = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (c == '"' || c == '\'') {
        const std::size_t length = quoted_length(rest_.substr(i));
        if (length == 0) return {};
        i += length - 1;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        return take(i + 1);
      }
    }
    return {};
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

  /// Length of the quoted text at the front, doubled quotes included; 0 if it never ends.
  static std::size_t quoted_length(std::string_view text) {
    const char quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] != quote) continue;
      if (i + 1 < text.size() && text[i + 1] == quote) {
        ++i;
      } else {
        return i + 1;
      }
    }
    return 0;
  }

 private:
  static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  }

  std::string take(std::size_t length) {
    std::string front(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return front;
  }

  std::string_view rest_;
};

constexpr std::array kOwnedInSchema = {"COLLATION",
                                       "CONVERSION",
                                       "DOMAIN",
                                       "FOREIGN TABLE",
                                       "SEQUENCE",
                                       "STATISTICS",
                                       "TABLE",
                                       "TEXT SEARCH CONFIGURATION",
                                       "TYPE",
                                       "VIEW",
                                       "MATERIALIZED VIEW",
                                       "TEXT SEARCH DICTIONARY"};
constexpr std::array kOwnedOutsideSchemas = {
    "EVENT TRIGGER", "FOREIGN DATA WRAPPER", "PROCEDURAL LANGUAGE", "PUBLICATION", "SCHEMA",
    "SERVER",        "SUBSCRIPTION"};
/// Their arguments stand only in the DROP statement.
constexpr std::array kOwnedWithArguments = {"AGGREGATE",      "FUNCTION",        "OPERATOR",
                                            "OPERATOR CLASS", "OPERATOR FAMILY", "PROCEDURE"};

bool contains(const auto& kinds, const std::string& kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string object_of_drop(const std::string& drop_sql) {
  Scanner drop(drop_sql);
  if (!drop.accept("DROP ")) return {};
  std::string object(drop.rest());
  while (!object.empty() && (object.back() == '\n' || object.back() == ';')) object.pop_back();
  return object;
}

}  // namespace

std::string owner_sql(const ArchiveEntry& entry) {
  if (entry.owner.empty() || entry.drop_sql.empty()) return {};
  std::string object;
  if (contains(kOwnedInSchema, entry.kind)) {
    const std::string kind = entry.kind == "MATERIALIZED VIEW" ? "TABLE" : entry.kind;
    object = kind + " " + quote_identifier(entry.schema) + "." + quote_identifier(entry.name);
  } else if (contains(kOwnedOutsideSchemas, entry.kind)) {
    object = entry.kind + " " + quote_identifier(entry.name);
  } else if (contains(kOwnedWithArguments, entry.kind)) {
    object = object_of_drop(entry.drop_sql);
  }
  return object.empty() ? std::string()
                        : "ALTER " + object + " OWNER TO " + quote_identifier(entry.owner);
}

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> statements;
  std::size_t start = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    if (sql[i] == '"' || sql[i] == '\'') {
      const std::size_t length = Scanner::quoted_length(sql.substr(i));
      if (length == 0) break;
      i += length - 1;
    } else if (sql[i] == ';') {
      statements.emplace_back(sql.substr(start, i - start));
      start = sql.find_first_not_of(" \n\t;", i);
      if (start == std::string_view::npos) return statements;
      i = start - 1;
    }
  }
  if (sql.find_first_not_of(" \n\t", start) != std::string_view::npos) {
    statements.emplace_back(sql.substr(start));
  }
  return statements;
}

std::optional<UniqueConstraint> take_apart_unique(const std::string& sql) {
  Scanner in(sql);
  if (!in.accept("ALTER TABLE ONLY ")) return std::nullopt;
  const std::string table = in.qualified_name();
  if (table.empty() || !in.accept("\n    ADD CONSTRAINT ")) return std::nullopt;
  const std::string name = in.identifier();
  if (name.empty()) return std::nullopt;
  const bool primary = in.accept(" PRIMARY KEY");
  if (!primary && !in.accept(" UNIQUE")) return std::nullopt;
  std::string options = in.accept(" NULLS NOT DISTINCT") ? " NULLS NOT DISTINCT" : "";
  if (!in.accept(" ")) return std::nullopt;
  std::string columns = in.parenthesised();
  if (columns.empty()) return std::nullopt;
  if (in.accept(" INCLUDE ")) columns += " INCLUDE " + in.parenthesised();
  if (in.accept(" WITH ")) options += " WITH " + in.parenthesised();
  std::string timing;
  if (in.accept(" DEFERRABLE")) timing += " DEFERRABLE";
  if (in.accept(" INITIALLY DEFERRED")) timing += " INITIALLY DEFERRED";
  if (!in.accept(";\n")) return std::nullopt;

  return UniqueConstraint{
      .build_sql = "CREATE UNIQUE INDEX " + name + " ON " + table + " " + columns + options,
      .attach_sql = "ALTER TABLE ONLY " + table + "\n    ADD CONSTRAINT " + name +
                    (primary ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " + name + timing +
                    ";\n" + std::string(in.rest())};
}

IndexStatements take_apart_index(const std::string& sql) {
  std::vector<std::string> statements = split_statements(sql);
  IndexStatements parts{.build_sql = sql, .alter_sql = {}};
  if (statements.size() < 2 || !statements.front().starts_with("CREATE ")) return parts;
  std::string rest;
  for (std::size_t i = 1; i < statements.size(); ++i) {
    if (!statements[i].starts_with("ALTER ")) return parts;
    rest += statements[i] + ";\n";
  }
  return {.build_sql = statements.front(), .alter_sql = std::move(rest)};
}

std::optional<ForeignKey> take_apart_foreign_key(const std::string& sql) {
  Scanner in(sql);
  if (!in.accept("ALTER TABLE ONLY ")) return std::nullopt;
  const std::string table = in.qualified_name();
  if (table.empty() || !in.accept("\n    ADD CONSTRAINT ")) return std::nullopt;
  const std::string name = in.identifier();
  constexpr std::string_view kEnd = ";\n";
  if (name.empty() || !in.rest().starts_with(" FOREIGN KEY ") || !sql.ends_with(kEnd)) {
    return std::nullopt;
  }
  const std::string statement = sql.substr(0, sql.size() - kEnd.size());
  if (statement.ends_with(" NOT VALID") || statement.ends_with(" NOT ENFORCED")) {
    return std::nullopt;
  }
  return ForeignKey{.table = table,
                    .add_sql = statement + " NOT VALID",
                    .validate_sql = "ALTER TABLE ONLY " + table + " VALIDATE CONSTRAINT " + name};
}

std::string extension_schema(const std::string& sql) {
  Scanner in(sql);
  if (!in.accept("CREATE EXTENSION ")) return {};
  static_cast<void>(in.accept("IF NOT EXISTS "));
  if (in.identifier().empty() || !in.accept(" WITH SCHEMA ")) return {};
  return in.identifier();
}

}  // namespace lifeboat::postgres
