#ifndef LIFEBOAT_POSTGRES_CATALOGUE_JSON_H_
#define LIFEBOAT_POSTGRES_CATALOGUE_JSON_H_

#include <string>
#include <string_view>

#include "postgres/catalogue.h"

namespace lifeboat::postgres {

/// Canonical JSON (sorted keys, no spaces): equal catalogues give equal bytes.
/// Text that is not UTF-8 (SQL_ASCII sources) is carried as {"hex": "..."}.
[[nodiscard]] std::string to_json(const Catalogue& catalogue);
/// Throws Error(corrupt) on anything that to_json() cannot have written; ignores unknown fields.
[[nodiscard]] Catalogue catalogue_from_json(std::string_view json);

[[nodiscard]] std::string to_json(const Identity& identity);
[[nodiscard]] Identity identity_from_json(std::string_view json);

}  // namespace lifeboat::postgres

#endif  // LIFEBOAT_POSTGRES_CATALOGUE_JSON_H_
