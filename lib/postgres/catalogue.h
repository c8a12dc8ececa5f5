#ifndef LIFEBOAT_POSTGRES_CATALOGUE_H_
#define LIFEBOAT_POSTGRES_CATALOGUE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::postgres {

using Oid = std::uint32_t;

/// Who a database is: enough to tell one from its copy, its failover partner or its namesake.
struct Identity {
  std::string host;  ///< as given, or the socket directory
  std::string port;
  std::string database;
  Oid database_oid = 0;
  std::string user;
  std::string system_identifier;  ///< pg_control_system(); empty where the role may not read it
  int server_version = 0;         ///< server_version_num, 150020
  std::string server_version_text;
  bool in_recovery = false;
};

struct Column {
  std::string name;
  std::string type;  ///< format_type() under search_path = ''
  int number = 0;    ///< attnum
  bool not_null = false;
  bool generated = false;  ///< its value is computed: never in COPY
  friend bool operator==(const Column&, const Column&) = default;
};

/// A relation that holds rows: an ordinary table, a leaf partition, the parent of an inheritance
/// tree (its own rows), or a partitioned table (none of its own).
struct Table {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';        ///< relkind: r, p, f (foreign: rows not carried), m (matview)
  bool heap = false;      ///< access method is heap: TID ranges are allowed
  bool populated = true;  ///< relispopulated (matviews)
  bool readable = true;   ///< the role may SELECT all of it
  Oid filenode = 0;       ///< pg_relation_filenode()
  Oid toast_filenode = 0;
  std::uint64_t blocks = 0;         ///< main fork, pg_relation_size / block size
  std::uint64_t total_bytes = 0;    ///< pg_table_size, TOAST included
  Oid parent = 0;                   ///< of a partition
  bool extension_member = false;    ///< dumped only by its extension's configuration condition
  std::string extension_condition;  ///< WHERE of an extension configuration table, or empty
  bool without_rows = false;        ///< its rows were excluded on request, its definition was not
  std::vector<Column> columns;      ///< attnum order, dropped ones left out
  std::vector<std::string> key;     ///< column names of the primary key, else of a usable unique
                                    ///< index over NOT NULL columns, else empty

  /// Of a table that pg_dump had to leave out: statements that make it without its rows, the table
  /// itself first (unreadable_tables.h). Empty for all others.
  std::vector<std::string> definition;
  std::vector<std::string> afterwards;  ///< with it: what needs other tables to be whole

  /// "public.orders", quoted as SQL wants it.
  [[nodiscard]] std::string sql_name() const;
  /// The columns that COPY carries, quoted, joined by ", ". Empty for a table without any.
  [[nodiscard]] std::string copy_columns() const;
  /// Whether rows of this relation stand in a snapshot.
  [[nodiscard]] bool carries_rows() const;
};

struct Sequence {
  std::string schema;
  std::string name;
  std::int64_t last_value = 0;
  bool is_called = false;
  std::int64_t increment = 1;
  [[nodiscard]] std::string sql_name() const;
};

struct LargeObject {
  Oid oid = 0;
  std::uint64_t size_bytes = 0;
  std::string owner;
  std::string comment;
  std::string acl;  ///< aclitem[] text, or empty
};

/// One object of the schema as text: compared item by item, source against restored copy.
/// kind: schema, extension, type, domain, table, column, index, constraint, sequence, view,
/// matview, function, aggregate, trigger, rule, policy, statistics, publication, comment, ...
struct SchemaItem {
  std::string kind;
  std::string identity;    ///< "public.orders.total"
  std::string definition;  ///< everything that matters, normalised; no OIDs, no owners, no ACLs
  friend auto operator<=>(const SchemaItem&, const SchemaItem&) = default;
};

/// An object by the system catalogue that it stands in and its OID there, as pg_dump's archive
/// names it.
struct ObjectAddress {
  Oid catalogue = 0;
  Oid object = 0;
  friend auto operator<=>(const ObjectAddress&, const ObjectAddress&) = default;
};

/// The catalogue document: what lifeboat itself knows of a database, beside pg_dump's DDL. Used for
/// scheduling, comparing, and for what pg_dump leaves out. JSON form: docs/format/postgres.md.
struct Catalogue {
  std::string encoding;  ///< server_encoding
  std::string collate;   ///< datcollate
  std::string ctype;
  std::string lc_monetary;
  int block_size = 8192;
  std::vector<Table> tables;  ///< ordered by (schema, name)
  std::vector<Sequence> sequences;
  std::vector<LargeObject> large_objects;
  std::vector<SchemaItem> items;   ///< sorted
  std::vector<std::string> roles;  ///< every role named by owners, ACLs, policies, defaults
  std::vector<std::string> database_settings;  ///< ALTER DATABASE ... SET as text
  /// What the archive holds although it cannot be made without what was excluded on request;
  /// sorted.
  std::vector<ObjectAddress> left_out;
};

/// "Name" if it needs quotes, name if not; always injection-safe.
[[nodiscard]] std::string quote_identifier(const std::string& name);
[[nodiscard]] std::string quote_literal(const std::string& text);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CATALOGUE_H_
