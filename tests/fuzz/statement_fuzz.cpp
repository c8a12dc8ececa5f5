// The statements of one entry of an archive, as text: a kind, an owner and a name in lines of their
// own, then the SQL.
#include <string>

#include "fuzz/target.h"
#include "postgres/archive_check.h"
#include "postgres/archive_sql.h"

using namespace lifeboat;

namespace {

std::string take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string line(text.substr(0, end));
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = as_text({data, size});
  postgres::ArchiveEntry entry;
  entry.id = 1;
  entry.kind = take_line(text);
  entry.owner = take_line(text);
  entry.name = take_line(text);
  entry.sql = text;
  entry.drop_sql = "DROP " + entry.kind + " " + entry.name + ";\n";
  fuzz::answers_with(fuzz::kStoredKinds, [&] {
    static_cast<void>(postgres::owner_sql(entry));
    static_cast<void>(postgres::split_statements(entry.sql));
    static_cast<void>(postgres::take_apart_unique(entry.sql));
    static_cast<void>(postgres::take_apart_index(entry.sql));
    static_cast<void>(postgres::take_apart_foreign_key(entry.sql));
    static_cast<void>(postgres::extension_schema(entry.sql));
  });
  postgres::Archive archive;
  archive.entries = {entry};
  fuzz::answers_with(fuzz::kStoredKinds, [&] { postgres::compare_with_listing(archive, text); });
  fuzz::answers_with(fuzz::kStoredKinds, [&] { postgres::compare_with_script(archive, text); });
  return 0;
}
