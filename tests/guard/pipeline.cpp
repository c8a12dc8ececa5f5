// vault_pipeline write|read MIB: rows into a vault in memory, and for "read" out of it again. It
// prints the bytes of rows. instructions_test.py counts what it costs.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <string>

#include "base/error.h"
#include "base/units.h"
#include "store/memory_store.h"
#include "vault/history.h"
#include "vault/new_vault.h"
#include "vault/snapshot_reader.h"
#include "vault/snapshot_writer.h"

namespace {

using namespace lifeboat;

constexpr unsigned kAverageLog2 = 16;
constexpr std::uint64_t kRangeBytes = 4 * kMiB;

/// Rows of COPY text of 113 bytes: a number that counts, words that repeat, and a token that does
/// not compress. Made in place: they are to cost next to nothing.
class Rows {
 public:
  ByteView next() {
    count_up();
    fill_token();
    return as_bytes(row_);
  }

 private:
  void count_up() {
    for (std::size_t at = kNumberEnd; at-- > 0;) {
      if (++row_[at] <= '9') return;
      row_[at] = '0';
    }
  }

  void fill_token() {
    for (std::size_t at = token_; at < token_ + 32; ++at) {
      state_ ^= state_ << 13U;
      state_ ^= state_ >> 7U;
      state_ ^= state_ << 17U;
      row_[at] = "0123456789abcdef"[state_ >> 60U];
    }
  }

  static constexpr std::size_t kNumberEnd = 10;
  std::uint64_t state_ = 0x9E3779B97F4A7C15ULL;
  std::string row_ =
      "0000000000\t17\t2026-11-23 03:12:00+00\tpaid\tcustomer of the blue shop 421\t"
      "................................\t\\N\tt\n";
  const std::size_t token_ = row_.find('.');
};

const vault::Capability& capability(const vault::NewVault& made, vault::Role role) {
  for (const vault::Capability& one : made.capabilities) {
    if (one.role == role) return one;
  }
  throw Error(ErrorKind::internal, "the vault was made without that role");
}

std::uint64_t write(vault::Vault& vault, const Clock& clock, std::uint64_t total_bytes) {
  vault::SnapshotWriter writer(vault, clock, {"guard"}, 1);
  std::vector<vault::RangeEntry> ranges;
  std::uint64_t written = 0;
  Rows rows;
  while (written < total_bytes) {
    vault::RangeWriter range(writer.session(), kAverageLog2);
    const std::uint64_t end = std::min(total_bytes, written + kRangeBytes);
    while (written < end) {
      const ByteView line = rows.next();
      range.add(line);
      written += line.size();
    }
    ranges.push_back(range.finish(ranges.size() * 4096));
  }
  writer.add_stream(0, vault::StreamKind::table, "public.guard", ranges);
  vault::SourceSummary summary;
  summary.name = "guard";
  summary.kind = "postgres";
  summary.identity = "{}";
  summary.at = clock.now();
  summary.guarantee = "exact";
  summary.average_log2 = kAverageLog2;
  static_cast<void>(writer.commit({summary}, true, {}));
  return written;
}

std::uint64_t read(vault::Vault& vault) {
  const vault::SnapshotReader reader(vault, vault::resolve_snapshot(vault, "latest"));
  const auto* stream = reader.find_stream(0, vault::StreamKind::table, "public.guard");
  Bytes buffer(256 * kKiB);
  std::uint64_t total = 0;
  for (const vault::RangeEntry& range : reader.ranges(*stream)) {
    const auto source = reader.open(range);
    while (const std::size_t count = source->read(buffer)) total += count;
  }
  return total;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  std::uint64_t mib = 0;
  if (argc == 3) std::from_chars(argv[2], argv[2] + std::string_view(argv[2]).size(), mib);
  if ((what != "write" && what != "read") || mib == 0) {
    std::fputs("usage: vault_pipeline write|read MIB\n", stderr);
    return 2;
  }
  try {
    seal::initialize();
    const SystemClock clock;
    store::MemoryStore store(clock);
    const vault::NewVault made = vault::plan_vault({.writer_sources = {"guard"}}, clock.now());
    vault::publish(made, store);
    vault::Vault as_writer(store, capability(made, vault::Role::writer));
    const std::uint64_t written = write(as_writer, clock, mib * kMiB);
    if (what == "read") {
      vault::Vault as_reader(store, capability(made, vault::Role::identity));
      if (read(as_reader) != written) throw Error(ErrorKind::corrupt, "it came back shorter");
    }
    std::printf("%llu\n", static_cast<unsigned long long>(written));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vault_pipeline: %s\n", error.what());
    return 1;
  }
}
