// How much of a table is new data to a vault after some of its rows changed. The bounds are what
// record-aligned cuts with an average of 64 KiB and 256 KiB were measured to give on a table of 274
// MB (docs/performance.md, "Small changes stay small"), and a fifth for the luck of the seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "vault/chunker.h"
#include "vault/row_sum.h"

namespace lifeboat::vault {
namespace {

constexpr std::size_t kRows = 300'000;
constexpr unsigned kSeed = 20261123;

using Rows = std::vector<std::string>;

/// 137 bytes on the average, as in the measured table.
std::string row(std::size_t number, unsigned salt) {
  std::string text = std::to_string(number) + "\tcustomer " + std::to_string(number * 31 % 99'991) +
                     "\t2026-11-23 03:12:00+00\t" + std::to_string(number * 7919 + salt) +
                     "\tpaid\t";
  return text.append(45 + number % 61, 'x') + "\n";
}

const Rows& table() {
  static const Rows rows = [] {
    Rows made;
    made.reserve(kRows);
    for (std::size_t i = 0; i < kRows; ++i) made.push_back(row(i, 0));
    return made;
  }();
  return rows;
}

std::vector<std::string> cut(const Rows& rows, unsigned average_log2) {
  ByteArray<16> bytes{};
  bytes.fill(7);
  const seal::SecretArray<16> key(bytes);
  std::vector<std::string> chunks;
  Chunker chunker(average_log2, [&](ByteView chunk, bool) { chunks.emplace_back(as_text(chunk)); });
  for (const std::string& one : rows) {
    chunker.add(as_bytes(one), hash_row(key, as_bytes(one)));
  }
  chunker.finish();
  return chunks;
}

/// Percent of the bytes after the edit that lie in chunks which were not there before.
double new_percent(const Rows& edited, unsigned average_log2) {
  const auto before = cut(table(), average_log2);
  const std::unordered_set<std::string> known(before.begin(), before.end());
  double fresh = 0;
  double all = 0;
  for (const std::string& chunk : cut(edited, average_log2)) {
    all += static_cast<double>(chunk.size());
    if (!known.contains(chunk)) fresh += static_cast<double>(chunk.size());
  }
  return 100 * fresh / all;
}

/// `share` of the rows, each with the same chance.
std::vector<std::size_t> uniform(double share) {
  std::mt19937 random(kSeed);
  std::vector<std::size_t> chosen;
  const auto count = static_cast<std::size_t>(share * kRows);
  while (chosen.size() < count) chosen.push_back(random() % kRows);
  return chosen;
}

/// Mostly young rows: the age of what changes falls off exponentially, its mean a fiftieth of the
/// table.
std::vector<std::size_t> recent(double share) {
  std::mt19937 random(kSeed);
  std::exponential_distribution<double> age(50.0 / kRows);
  std::vector<std::size_t> chosen;
  const auto count = static_cast<std::size_t>(share * kRows);
  while (chosen.size() < count) {
    const auto rows_ago = static_cast<std::size_t>(age(random));
    if (rows_ago < kRows) chosen.push_back(kRows - 1 - rows_ago);
  }
  return chosen;
}

Rows updated(const std::vector<std::size_t>& chosen) {
  Rows rows = table();
  for (const std::size_t at : chosen) rows[at] = row(at, 1'000'003);
  return rows;
}

Rows deleted(const std::vector<std::size_t>& chosen) {
  Rows rows = table();
  for (const std::size_t at : chosen) rows[at].clear();
  std::erase(rows, std::string());
  return rows;
}

Rows inserted(const std::vector<std::size_t>& chosen) {
  Rows rows = table();
  for (const std::size_t at : chosen) rows[at] += row(at + kRows, 7);
  return rows;
}

Rows appended(double share) {
  Rows rows = table();
  const auto end = static_cast<std::size_t>((1 + share) * kRows);
  for (std::size_t i = kRows; i < end; ++i) rows.push_back(row(i, 0));
  return rows;
}

/// Two rows in one string stand for a row put in between: they are split again here.
Rows split(const Rows& rows) {
  Rows result;
  for (const std::string& one : rows) {
    for (std::size_t at = 0; at < one.size();) {
      const std::size_t end = one.find('\n', at) + 1;
      result.push_back(one.substr(at, end - at));
      at = end;
    }
  }
  return result;
}

void expect_at_most(double bound, const Rows& edited, unsigned average_log2, const char* what) {
  const double percent = new_percent(edited, average_log2);
  std::printf("[  cuts    ] average 2^%u, %s: %.1f %% new, at most %.1f\n", average_log2, what,
              percent, bound);
  EXPECT_GT(percent, 0);
  EXPECT_LE(percent, bound);
}

TEST(Locality, AnUnchangedTableIsNothingNew) {
  EXPECT_EQ(new_percent(table(), 16), 0);
  EXPECT_EQ(new_percent(table(), 18), 0);
}

TEST(Locality, OneRowInTenThousandMakesLessThanATenthNew) {
  expect_at_most(1.2 * 7.6, updated(uniform(0.0001)), 16, "0.01 % updated");
  expect_at_most(1.2 * 7.6, deleted(uniform(0.0001)), 16, "0.01 % deleted");
  expect_at_most(1.2 * 7.6, split(inserted(uniform(0.0001))), 16, "0.01 % inserted");
  expect_at_most(1.2 * 26, updated(uniform(0.0001)), 18, "0.01 % updated");
}

TEST(Locality, OneRowInAThousandMakesHalfNew) {
  expect_at_most(1.2 * 50, updated(uniform(0.001)), 16, "0.1 % updated");
  expect_at_most(1.2 * 50, deleted(uniform(0.001)), 16, "0.1 % deleted");
  expect_at_most(1.2 * 50, split(inserted(uniform(0.001))), 16, "0.1 % inserted");
}

TEST(Locality, YoungRowsThatChangeLeaveOldOnesAlone) {
  expect_at_most(1.2 * 7.9, updated(recent(0.001)), 16, "0.1 % updated, mostly young");
  expect_at_most(1.2 * 10.7, updated(recent(0.001)), 18, "0.1 % updated, mostly young");
}

TEST(Locality, RowsThatAreAddedAtTheEndAreAllThatIsNewButTheLastChunks) {
  const double table_bytes = 137.0 * kRows;
  for (const unsigned average_log2 : {16U, 18U}) {
    const double last_chunks = 100 * 2 * std::exp2(average_log2) / table_bytes;
    expect_at_most(1.2 * 1.0 + last_chunks, appended(0.01), average_log2, "1 % appended");
  }
}

TEST(Locality, CutsDoNotDependOnWhatStandsFarInFront) {
  // The same rows behind another beginning: after at most a few chunks the cuts are the same again.
  const Rows tail(table().begin() + kRows / 2, table().end());
  Rows longer(table().begin(), table().begin() + 1'000);
  longer.insert(longer.end(), tail.begin(), tail.end());
  const auto plain = cut(tail, 16);
  const auto shifted = cut(longer, 16);
  const std::unordered_set<std::string> known(plain.begin(), plain.end());
  std::size_t fresh = 0;
  for (const std::string& chunk : shifted) fresh += known.contains(chunk) ? 0 : 1;
  EXPECT_LE(fresh, 6U);
}

}  // namespace
}  // namespace lifeboat::vault
