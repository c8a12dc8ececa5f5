#include "verify/row_difference.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <map>

#include "base/units.h"
#include "vault/row_sum.h"

namespace lifeboat::verify {
namespace {

constexpr std::size_t kBuckets = 4096;
constexpr std::uint64_t kMostBytes = 64 * kMiB;
constexpr std::size_t kMostExamples = 5;
constexpr std::size_t kMostExampleBytes = 200;

/// The fields of a COPY line; a tab inside a value is escaped, so every tab separates.
std::vector<std::string_view> fields_of(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  std::vector<std::string_view> fields;
  std::size_t from = 0;
  for (std::size_t tab = line.find('\t'); tab != std::string_view::npos;
       tab = line.find('\t', from)) {
    fields.push_back(line.substr(from, tab - from));
    from = tab + 1;
  }
  fields.push_back(line.substr(from));
  return fields;
}

std::string shortened(std::string_view text) {
  if (text.size() <= kMostExampleBytes) return std::string(text);
  return std::string(text.substr(0, kMostExampleBytes)) + "...";
}

/// What tells the rows of a table apart: its key's columns, or the whole line.
class RowKey {
 public:
  explicit RowKey(const postgres::Table& table) {
    std::size_t at = 0;
    for (const postgres::Column& column : table.columns) {
      if (column.generated) continue;
      names_.push_back(column.name);
      if (std::ranges::find(table.key, column.name) != table.key.end()) positions_.push_back(at);
      ++at;
    }
    if (positions_.size() != table.key.size()) positions_.clear();
  }

  [[nodiscard]] std::string of(std::string_view line) const {
    if (positions_.empty()) return std::string(line);
    const auto fields = fields_of(line);
    std::string key;
    for (const std::size_t position : positions_) {
      if (position < fields.size()) key += std::string(fields[position]) + '\t';
    }
    return key;
  }

  /// "id 4711", or the line itself.
  [[nodiscard]] std::string describe(std::string_view line) const {
    const auto fields = fields_of(line);
    std::string text;
    for (const std::size_t position : positions_) {
      if (position >= fields.size()) continue;
      text += (text.empty() ? "" : ", ") + names_[position] + " " + std::string(fields[position]);
    }
    return shortened(text.empty() ? line.substr(0, line.find('\n')) : text);
  }

  [[nodiscard]] bool present() const noexcept { return !positions_.empty(); }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> positions_;
};

class Comparison {
 public:
  Comparison(const postgres::Table& table, const seal::SecretArray<16>& row_key)
      : key_(table), row_key_(row_key) {}

  RowDifference run(const EachRow& expected, const EachRow& found) {
    const auto expected_sums = bucket_sums(expected);
    const auto found_sums = bucket_sums(found);
    choose_buckets(expected_sums, found_sums);
    collect(expected, +1);
    collect(found, -1);
    report();
    return std::move(difference_);
  }

 private:
  using Sums = std::vector<vault::RowSum>;

  [[nodiscard]] std::size_t bucket_of(std::string_view line) const {
    const auto hash = vault::hash_row(row_key_, as_bytes(key_.of(line)));
    return (hash[0] | static_cast<unsigned>(hash[1]) << 8U) % kBuckets;
  }

  Sums bucket_sums(const EachRow& each_row) const {
    Sums sums(kBuckets);
    each_row([&](ByteView line) {
      sums[bucket_of(as_text(line))].add(vault::hash_row(row_key_, line), line.size());
    });
    return sums;
  }

  /// Differing buckets, as many as fit into the memory allowed.
  void choose_buckets(const Sums& expected, const Sums& found) {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (expected[i] == found[i]) continue;
      const std::uint64_t more = expected[i].bytes() + found[i].bytes();
      if (chosen_.any() && bytes + more > kMostBytes) {
        difference_.complete = false;
        continue;
      }
      bytes += more;
      chosen_.set(i);
    }
  }

  /// Equal lines of both sides cancel out as they come.
  void collect(const EachRow& each_row, int side) {
    each_row([&](ByteView bytes) {
      const std::string_view line = as_text(bytes);
      if (!chosen_.test(bucket_of(line))) return;
      const auto at = lines_.try_emplace(std::string(line), 0).first;
      at->second += side;
      if (at->second == 0) lines_.erase(at);
    });
  }

  struct Rows {
    std::vector<std::string_view> expected;
    std::vector<std::string_view> found;
  };

  void report() {
    std::map<std::string, Rows> by_key;
    for (const auto& [line, count] : lines_) {
      Rows& rows = by_key[key_.of(line)];
      auto& side = count > 0 ? rows.expected : rows.found;
      side.insert(side.end(), static_cast<std::size_t>(std::abs(count)), line);
    }
    for (const auto& [key, rows] : by_key) {
      if (key_.present() && rows.expected.size() == 1 && rows.found.size() == 1) {
        changed(rows.expected[0], rows.found[0]);
        continue;
      }
      for (const std::string_view line : rows.expected) only_in_one(line, Kind::missing);
      for (const std::string_view line : rows.found) only_in_one(line, Kind::extra);
    }
  }

  using Kind = RowDifference::Example::Kind;

  void only_in_one(std::string_view line, Kind kind) {
    ++(kind == Kind::missing ? difference_.missing : difference_.extra);
    if (difference_.examples.size() >= kMostExamples) return;
    difference_.examples.push_back({kind, key_.describe(line), {}, {}, {}});
  }

  void changed(std::string_view expected_line, std::string_view found_line) {
    ++difference_.changed;
    const auto expected = fields_of(expected_line);
    const auto found = fields_of(found_line);
    const std::size_t count = std::min({expected.size(), found.size(), key_.names().size()});
    for (std::size_t i = 0; i < count; ++i) {
      if (expected[i] == found[i]) continue;
      difference_.columns.insert(key_.names()[i]);
      if (difference_.examples.size() < kMostExamples) {
        difference_.examples.push_back({Kind::changed, key_.describe(expected_line),
                                        key_.names()[i], shortened(expected[i]),
                                        shortened(found[i])});
      }
    }
  }

  RowKey key_;
  const seal::SecretArray<16>& row_key_;
  std::bitset<kBuckets> chosen_;
  std::map<std::string, int> lines_;
  RowDifference difference_;
};

}  // namespace

RowDifference find_row_difference(const postgres::Table& table,
                                  const seal::SecretArray<16>& row_key, const EachRow& expected,
                                  const EachRow& found) {
  return Comparison(table, row_key).run(expected, found);
}

}  // namespace lifeboat::verify
