/// Makes the vaults of tests/vectors/v1, each time byte for byte the same.
///
/// usage: vector_generator DIRECTORY

#include <exception>
#include <iostream>

#include "vectors/vector_vault.h"

namespace lifeboat::vectors {
namespace {

using vault::StreamKind;

Stream table(std::string name, std::vector<Records> ranges) {
  return {.kind = StreamKind::table, .name = std::move(name), .ranges = std::move(ranges)};
}

Stream document(std::string name, std::string text) {
  return {.kind = StreamKind::document, .name = std::move(name), .ranges = {{std::move(text)}}};
}

/// Rows as COPY prints them; they compress, but not to nothing.
Records orders(int from, int to) {
  Records rows;
  for (int i = from; i < to; ++i) {
    const auto number = static_cast<std::uint64_t>(i) * 2654435761U % 4294967296U;
    rows.push_back(std::to_string(i) + "\tcustomer " + std::to_string(number % 977) + "\t" +
                   std::to_string(number) + "\t2026-11-23 03:12:00+00\t\\N\n");
  }
  return rows;
}

/// A row of so many bytes, its line end included.
std::string row_of(std::size_t bytes) {
  std::string row;
  for (int i = 0; row.size() + 1 < bytes; ++i) row += "word " + std::to_string(i % 50) + ", ";
  row.resize(bytes - 1);
  return row + "\n";
}

void write_empty_source(const std::filesystem::path& to) {
  VectorVault vault("empty-source", {"*"});
  vault.take({});
  vault.write_to(to);
}

void write_short_rows(const std::filesystem::path& to) {
  VectorVault vault("short-rows", {"shop-db"});
  vault.take(
      {.streams = {table("public.customers",
                         {{"1\tMaría\t\\N\n", "2\ta tab\\t, a line\\nend\tt\n", "3\t\tf\n"}}),
                   table("public.wish_lists", {{}}),
                   table("public.heartbeats", {{"\n", "\n", "\n"}}),
                   table("public.\"Straße/\"\"%2F\"\"\"", {{"1\n"}, {}, {"2\n", "1\n"}}),
                   document("catalogue.json", "{\"format\":1,\"tables\":[]}"),
                   document("schema.sql", "")},
       .tags = {"first", "short"}});
  vault.write_to(to);
}

void write_two_ranges(const std::filesystem::path& to) {
  VectorVault vault("two-ranges", {"*"});
  vault.take({.streams = {table("public.orders", {orders(0, 2700), orders(2700, 5400)})}});
  vault.write_to(to);
}

void write_long_rows(const std::filesystem::path& to) {
  constexpr std::size_t kMiB = std::size_t{1} << 20U;
  VectorVault vault("long-rows", {"*"});
  vault.take(
      {.streams = {table("public.texts", {{row_of(20), row_of(kMiB), row_of(100), row_of(kMiB + 1),
                                           row_of(3 * kMiB / 2), row_of(5)}}),
                   document("schema.sql", row_of(2 * kMiB + 17))}});
  vault.write_to(to);
}

void write_large_objects(const std::filesystem::path& to) {
  std::string piece = "16401\t0\t\\\\x";
  for (int i = 0; i < 20000; ++i) piece += "0123456789abcdef"[i * i % 251 % 16];
  VectorVault vault("large-objects", {"*"});
  vault.take({.streams = {{.kind = StreamKind::large_objects,
                           .name = "large objects",
                           .ranges = {{"16400\t0\t\\\\x\n", piece + "\n", "16402\t0\t\\\\xcafe\n",
                                       "16402\t1\t\\\\xbabe\n"}}}}});
  vault.write_to(to);
}

void write_two_writers(const std::filesystem::path& to) {
  VectorVault vault("two-writers", {"shop-db"});
  vault.take({.streams = {table("public.orders", {orders(0, 40)})}});
  const std::size_t second = vault.add_writer("payroll");
  vault.take({.source = "payroll", .streams = {table("public.orders", {orders(0, 40)})}}, second);
  vault.take({.streams = {table("public.orders", {orders(0, 41)})}});
  vault.write_to(to);
}

void write_three_snapshots(const std::filesystem::path& to) {
  VectorVault vault("three-snapshots", {"*"});
  const Stream unchanged = table("public.archive", {orders(5000, 6500)});
  vault.take({.streams = {unchanged, table("public.orders", {orders(0, 1500)})}});
  vault.take(
      {.streams = {unchanged, table("public.orders", {orders(0, 1510)})}, .tags = {"pre-deploy"}});
  vault.attest();
  vault.take({.streams = {unchanged}});
  vault.write_to(to);
}

void write_partial(const std::filesystem::path& to) {
  VectorVault vault("partial", {"*"});
  vault.take({.streams = {table("public.orders", {orders(0, 10)})},
              .complete = false,
              .not_carried = {{.object = "foreign table public.rates",
                               .reason = "rows live on another server",
                               .severity = Severity::loss},
                              {.object = "materialized view public.totals",
                               .reason = "computed again by the restore",
                               .severity = Severity::harmless}}});
  vault.write_to(to);
}

void write_merged_index(const std::filesystem::path& to) {
  VectorVault vault("merged-index", {"*"});
  for (int i = 1; i <= 9; ++i) {
    vault.take({.streams = {table("public.orders", {orders(0, 5 * i)})}});
  }
  vault.write_to(to);
}

void write_two_generations(const std::filesystem::path& to) {
  VectorVault vault("two-generations", {"*"});
  vault.take({.streams = {table("public.orders", {orders(0, 500)})}});
  vault.rotate();
  vault.take({.streams = {table("public.orders", {orders(0, 500)})}});
  vault.attest();
  vault.write_to(to);
}

void write_hashed_names(const std::filesystem::path& to) {
  VectorVault vault("hashed-names", {"*"}, true);
  const Stream unchanged = table("public.archive", {orders(5000, 6500)});
  vault.take({.streams = {unchanged}});
  vault.take_at_once({.streams = {unchanged, table("public.orders", {orders(0, 1500)})}},
                     {.streams = {unchanged, table("public.orders", {orders(100, 1600)})}});
  vault.attest();
  vault.take({.streams = {unchanged, table("public.orders", {orders(0, 1600)})}});
  vault.write_to(to);
}

/// Of eight snapshots two are swept, one of which stored rows that others still need; one is void,
/// and one is forgotten under a mark that nobody has carried out yet.
void write_swept(const std::filesystem::path& to) {
  VectorVault vault("swept", {"*"});
  const Stream archive = table("public.archive", {orders(5000, 6200)});
  const Stream gone = table("public.orders", {orders(300, 1500)});
  const auto today = [](int to_row) { return table("public.orders", {orders(0, to_row)}); };
  vault.take({.streams = {today(20)}});
  vault.take({.streams = {archive, today(21)}});
  vault.take({.streams = {archive, gone}});
  for (const int row : {23, 24, 25}) vault.take({.streams = {archive, today(row)}});
  vault.attest();
  vault.keep(0);
  vault.forget({1, 2, 4});
  vault.keep(4);  // takes the forgetting back
  vault.keep(5);
  vault.release(5);
  vault.run_the_pruner();
  vault.run_the_pruner();
  vault.take_unaware({.streams = {archive, gone}});
  vault.take({.streams = {archive, today(27)}});
  vault.forget({3});
  vault.run_the_pruner();
  vault.write_to(to);
}

void write_all(const std::filesystem::path& to) {
  write_empty_source(to);
  write_short_rows(to);
  write_two_ranges(to);
  write_long_rows(to);
  write_large_objects(to);
  write_two_writers(to);
  write_three_snapshots(to);
  write_partial(to);
  write_merged_index(to);
  write_two_generations(to);
  write_hashed_names(to);
  write_swept(to);
}

}  // namespace
}  // namespace lifeboat::vectors

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: vector_generator DIRECTORY\n";
    return 2;
  }
  try {
    lifeboat::vectors::write_all(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << "vector_generator: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
