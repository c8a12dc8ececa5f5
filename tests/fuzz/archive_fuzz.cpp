// The table of contents of a pg_dump archive, and the taking apart of its statements.
#include "fuzz/target.h"
#include "postgres/archive.h"
#include "postgres/archive_sql.h"

using namespace lifeboat;

namespace {

/// A version that is not known here is not_found: read_archive() says so.
constexpr ErrorKind kAnswers[] = {ErrorKind::corrupt, ErrorKind::not_found};

void take_apart(const postgres::ArchiveEntry& entry) {
  static_cast<void>(entry.label());
  static_cast<void>(postgres::owner_sql(entry));
  static_cast<void>(postgres::split_statements(entry.sql));
  static_cast<void>(postgres::take_apart_unique(entry.sql));
  static_cast<void>(postgres::take_apart_index(entry.sql));
  static_cast<void>(postgres::take_apart_foreign_key(entry.sql));
  static_cast<void>(postgres::extension_schema(entry.sql));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::answers_with(kAnswers, [&] {
    for (const auto& entry : postgres::read_archive({data, size}).entries) take_apart(entry);
  });
  return 0;
}
