#ifndef LIFEBOAT_BRIDGE_POSTGRES_STREAMS_H_
#define LIFEBOAT_BRIDGE_POSTGRES_STREAMS_H_

#include <string>

#include "postgres/catalogue.h"

/// How a Postgres source is laid out in a snapshot: docs/format/postgres.md.
namespace lifeboat::bridge {

inline constexpr const char* kPostgresKind = "postgres";
inline constexpr const char* kCatalogueDocument = "catalogue.json";
inline constexpr const char* kSchemaArchiveDocument = "schema.archive";
inline constexpr const char* kSchemaSqlDocument = "schema.sql";
inline constexpr const char* kCaptureDocument = "capture.json";
/// Only if the source was asked anything.
inline constexpr const char* kAssertionsDocument = "assertions.json";
inline constexpr const char* kLargeObjectStream = "large objects";

/// The stream of a table's rows: its SQL name.
[[nodiscard]] inline std::string stream_name(const postgres::Table& table) {
  return table.sql_name();
}

}  // namespace lifeboat::bridge

#endif  // LIFEBOAT_BRIDGE_POSTGRES_STREAMS_H_
