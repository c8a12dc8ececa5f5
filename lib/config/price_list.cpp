#include "config/price_list.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/error.h"
#include "base/units.h"
#include "config/nearest.h"
#include "config/table_reader.h"
#include "os/file.h"

namespace lifeboat::config {
namespace {

constexpr std::uint64_t kMostBytes = kMiB;

double required_price(TableReader& reader, std::string_view key, const std::string& title,
                      int line) {
  const auto price = reader.amount(key);
  if (price) return *price;
  throw reader.error_at(line, title + " has no " + std::string(key),
                        "fill in what your store charges; 0 if it charges nothing for it");
}

ClassPrices read_class(const std::string& name, const toml::table& table, int line,
                       const std::string& file) {
  const std::string title = "[class." + name + "]";
  TableReader reader(table, title, file);
  ClassPrices prices;
  prices.name = name;
  prices.storage_gb_month = required_price(reader, "storage_gb_month", title, line);
  prices.put_1000 = required_price(reader, "put_1000", title, line);
  prices.get_1000 = required_price(reader, "get_1000", title, line);
  prices.egress_gb = required_price(reader, "egress_gb", title, line);
  prices.retrieval_gb = reader.amount("retrieval_gb").value_or(0);
  prices.minimum_days = std::chrono::days(reader.number("minimum_days", 0).value_or(0));
  prices.minimum_object_bytes =
      static_cast<std::uint64_t>(reader.number("minimum_object_bytes", 0).value_or(0));
  reader.expect_no_other();
  return prices;
}

std::vector<ClassPrices> read_classes(const toml::table& table, const std::string& file) {
  TableReader reader(table, "[class]", file);
  std::vector<ClassPrices> classes;
  for (const std::string& name : reader.keys()) {
    const toml::table* one = reader.table(name);
    classes.push_back(read_class(name, *one, reader.line_of(name), file));
  }
  return classes;
}

std::chrono::sys_days read_date(TableReader& reader) {
  const auto written = reader.text("as_of");
  if (!written) {
    throw reader.error_at(1, "the prices have no date", "as_of = \"2026-11-23\": prices change");
  }
  const auto date = written->size() == 10 ? parse_instant(*written) : std::nullopt;
  if (!date) {
    throw reader.error_at(reader.line_of("as_of"), "as_of is not a day: \"" + *written + "\"",
                          "write it like \"2026-11-23\"");
  }
  return std::chrono::floor<std::chrono::days>(*date);
}

}  // namespace

const ClassPrices& PriceList::of(std::string_view storage_class) const {
  const auto found = std::ranges::find(classes, storage_class, &ClassPrices::name);
  if (found != classes.end()) return *found;
  std::vector<std::string> known;
  for (const ClassPrices& one : classes) known.push_back(one.name);
  throw Error(
      ErrorKind::usage,
      file + " has no prices of class " + std::string(storage_class) + ", but of " + join(known),
      "add [class." + std::string(storage_class) + "] to it");
}

PriceList parse_prices(std::string_view text, const std::string& file) {
  const toml::table root = parse_toml(text, file);
  TableReader reader(root, "the top level", file);
  PriceList list;
  list.file = file;
  const auto currency = reader.text("currency");
  if (!currency) throw reader.error_at(1, "the prices have no currency", "currency = \"USD\"");
  list.currency = *currency;
  list.as_of = read_date(reader);
  if (const auto at = reader.choice("gb", {"GB", "GiB"})) {
    list.gb_bytes = *at == 0 ? 1'000'000'000 : kGiB;
  }
  if (const toml::table* classes = reader.table("class")) {
    list.classes = read_classes(*classes, file);
  }
  reader.expect_no_other();
  if (list.classes.empty()) {
    throw reader.error_at(1, "there are no prices", "add [class.STANDARD], as the example has it");
  }
  return list;
}

PriceList load_prices(const std::filesystem::path& file) {
  try {
    const Bytes bytes = os::read_file(file, kMostBytes);
    return parse_prices(as_text(bytes), file.string());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    throw Error(ErrorKind::usage, "read the prices: " + error.message(),
                "copy docs/prices.example.toml, and fill in what your store charges");
  }
}

}  // namespace lifeboat::config
