// vault_pipeline write|read MIB [DIRECTORY] | discard MIB DIRECTORY: rows into a vault, and for
// "read" out of it again. The vault is in memory, or a new one in DIRECTORY; "discard" forgets the
// packs of rows. Prints the bytes of rows and what each way took, as JSON. instructions_test.py
// counts instructions, scripts/bench pipeline seconds and memory.
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "store/directory_store.h"
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

/// Takes packs of rows and forgets them.
class DiscardingStore final : public store::ObjectStore {
 public:
  explicit DiscardingStore(store::ObjectStore& below) : below_(below) {}

  store::PutResult put(const store::ObjectKey& key, ByteView bytes) override {
    const bool rows = key.name().find("/pack/") != std::string::npos;
    return rows ? store::PutResult::created : below_.put(key, bytes);
  }
  std::optional<Bytes> get(const store::ObjectKey& key, std::uint64_t limit_bytes) override {
    return below_.get(key, limit_bytes);
  }
  std::optional<Bytes> get_range(const store::ObjectKey& key, std::uint64_t offset,
                                 std::uint64_t count) override {
    return below_.get_range(key, offset, count);
  }
  std::optional<store::ObjectInfo> find(const store::ObjectKey& key) override {
    return below_.find(key);
  }
  void list(std::string_view prefix, std::string_view after,
            const std::function<bool(const store::ObjectInfo&)>& visit) override {
    below_.list(prefix, after, visit);
  }
  void remove(const store::ObjectKey& key) override { below_.remove(key); }
  [[nodiscard]] std::string describe() const override { return "discarded"; }

 private:
  store::ObjectStore& below_;
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

void measured(const char* what, const std::function<void()>& work) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  rusage before{};
  rusage after{};
  getrusage(RUSAGE_SELF, &before);
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  getrusage(RUSAGE_SELF, &after);
  const double cpu = seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) -
                     seconds(before.ru_stime);
  std::printf(R"("%s": {"ms": %.0f, "cpu_ms": %.0f, "peak_kib": %ld}, )", what, 1e3 * wall.count(),
              1e3 * cpu, after.ru_maxrss);
}

void run(store::ObjectStore& store, bool and_read, std::uint64_t total_bytes) {
  const SystemClock clock;
  const vault::NewVault made = vault::plan_vault({.writer_sources = {"guard"}}, clock.now());
  vault::publish(made, store);
  std::uint64_t written = 0;
  std::printf("{");
  measured("write", [&] {
    vault::Vault as_writer(store, capability(made, vault::Role::writer));
    written = write(as_writer, clock, total_bytes);
  });
  if (and_read) {
    measured("read", [&] {
      vault::Vault as_reader(store, capability(made, vault::Role::identity));
      if (read(as_reader) != written) throw Error(ErrorKind::corrupt, "it came back shorter");
    });
  }
  std::printf("\"bytes\": %llu}\n", static_cast<unsigned long long>(written));
}

int usage() {
  std::fputs("usage: vault_pipeline write|read MIB [DIRECTORY] | discard MIB DIRECTORY\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2 || words.size() > 3) return usage();
  const std::string& what = words[0];
  std::uint64_t mib = 0;
  std::from_chars(words[1].data(), words[1].data() + words[1].size(), mib);
  if ((what != "write" && what != "read" && what != "discard") || mib == 0) return usage();
  if (what == "discard" && words.size() != 3) return usage();
  try {
    seal::initialize();
    const SystemClock clock;
    store::MemoryStore memory(clock);
    std::optional<store::DirectoryStore> directory;
    if (words.size() == 3) directory.emplace(words[2]);
    store::ObjectStore* store = directory ? static_cast<store::ObjectStore*>(&*directory) : &memory;
    DiscardingStore discarding(*store);
    if (what == "discard") store = &discarding;
    run(*store, what == "read", mib * kMiB);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vault_pipeline: %s\n", error.what());
    return 1;
  }
}
