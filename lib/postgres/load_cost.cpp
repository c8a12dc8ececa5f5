#include "postgres/load_cost.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/units.h"

namespace lifeboat::postgres {
namespace {

using Share = std::pair<std::string_view, std::uint64_t>;  // of the table's bytes, in hundredths
constexpr std::array<Share, 5> kOtherMethods = {
    {{"gin", 170}, {"gist", 150}, {"spgist", 100}, {"hash", 30}, {"brin", 4}}};
constexpr std::uint64_t kSortedNumber = 15;
constexpr std::uint64_t kSortedText = 50;  // each comparison asks the collation

constexpr std::array<std::string_view, 6> kTexts = {"text",   "character", "citext",
                                                    "bpchar", "jsonb",     "numeric"};

const Share* other_method(const std::string& sql) {
  const auto* const at = std::ranges::find_if(kOtherMethods, [&](const Share& method) {
    return sql.find(" USING " + std::string(method.first) + " ") != std::string::npos;
  });
  return at == kOtherMethods.end() ? nullptr : at;
}

bool is_text(const Column& column) {
  return std::ranges::any_of(kTexts,
                             [&](std::string_view type) { return column.type.starts_with(type); });
}

/// Of all columns that stand in the key, or behind it.
std::uint64_t share_of_sort(const std::string& sql, const Table& table) {
  const std::size_t key = std::min(sql.find('('), sql.size());
  std::uint64_t share = 0;
  for (const Column& column : table.columns) {
    if (sql.find(column.name, key) == std::string::npos) continue;
    share += is_text(column) ? kSortedText : kSortedNumber;
  }
  return std::clamp(share, kSortedNumber, kSortedText + kSortedNumber);
}

}  // namespace

bool is_sorted_index(const std::string& sql) { return other_method(sql) == nullptr; }

std::uint64_t index_cost(const std::string& sql, const Table& table, std::uint64_t table_bytes) {
  const Share* method = other_method(sql);
  const std::uint64_t share = method != nullptr ? method->second : share_of_sort(sql, table);
  return table_bytes / 100 * share;
}

std::uint64_t validation_cost(std::uint64_t tables_bytes) { return tables_bytes / 4; }

std::uint64_t analyze_cost(std::uint64_t table_bytes) {
  return std::min<std::uint64_t>(table_bytes, 16 * kMiB);
}

/// From the last steps backwards: a step is weighed once all that wait for it are.
void weigh(std::vector<Step>& steps) {
  std::vector<std::size_t> dependents_left(steps.size());
  for (const Step& step : steps) {
    for (const std::size_t before : step.after) ++dependents_left[before];
  }
  std::vector<std::size_t> weighed;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (dependents_left[i] == 0) weighed.push_back(i);
  }
  for (std::size_t next = 0; next < weighed.size(); ++next) {
    Step& step = steps[weighed[next]];
    step.weight += step.cost + 1;
    for (const std::size_t before : step.after) {
      steps[before].weight = std::max(steps[before].weight, step.weight);
      if (--dependents_left[before] == 0) weighed.push_back(before);
    }
  }
}

}  // namespace lifeboat::postgres
