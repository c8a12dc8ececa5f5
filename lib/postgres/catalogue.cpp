#include "postgres/catalogue.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lifeboat::postgres {
namespace {

/// Words that are no plain identifier somewhere in SQL: pg_get_keywords() of servers 13 to 18
/// without the unreserved ones. Sorted.
constexpr std::array kKeywords = std::to_array<std::string_view>({
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
});

bool is_plain(const std::string& name) {
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto follows = [&](char c) { return lower(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && lower(name.front()) && std::all_of(name.begin(), name.end(), follows) &&
         !std::binary_search(kKeywords.begin(), kKeywords.end(), std::string_view(name));
}

std::string enclose(const std::string& text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

}  // namespace

std::string quote_identifier(const std::string& name) {
  return is_plain(name) ? name : enclose(name, '"');
}

std::string quote_literal(const std::string& text) {
  if (text.find('\\') == std::string::npos) return enclose(text, '\'');
  // E'' means the same whatever standard_conforming_strings says.
  std::string escaped = " E'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') escaped += c;
    escaped += c;
  }
  return escaped + "'";
}

std::string Table::sql_name() const {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string Table::copy_columns() const {
  std::string list;
  for (const Column& column : columns) {
    if (column.generated) continue;
    if (!list.empty()) list += ", ";
    list += quote_identifier(column.name);
  }
  return list;
}

bool Table::carries_rows() const { return kind == 'r' && readable && !without_rows; }

std::string Sequence::sql_name() const {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

}  // namespace lifeboat::postgres
