// One step of `scripts/bench scale` on a vault in a directory. It prints what the step asked of the
// store, in JSON; the memory and the time of its process are for whoever runs it.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/wire.h"
#include "harness/faulty_store.h"
#include "store/directory_store.h"
#include "store/memory_store.h"
#include "vault/history.h"
#include "vault/new_vault.h"
#include "vault/object_names.h"
#include "vault/roll.h"
#include "vault/snapshot_writer.h"

namespace {

using namespace lifeboat;
namespace fs = std::filesystem;

constexpr const char* kUsage =
    "usage: vault_scale create DIR\n"
    "       vault_scale snapshot DIR TABLES CHUNKS   a snapshot of TABLES tables, CHUNKS chunks "
    "each\n"
    "       vault_scale history DIR COUNT            a vault of COUNT snapshots, each one proven\n"
    "       vault_scale open|latest|ls DIR\n";
constexpr const char* kSource = "scale";
constexpr std::uint64_t kRangesOfATable = 16;
/// So that packs are as short as may be: these chunks are.
constexpr int kLanes = 20;

vault::Capability capability(const fs::path& home, vault::Role role) {
  std::ostringstream text;
  text << std::ifstream(home / "keys" / (std::string(vault::name_of(role)) + ".key")).rdbuf();
  return vault::Capability::from_text(text.str());
}

/// The store of a step, and what it was asked for.
class Counted {
 public:
  explicit Counted(const fs::path& home) : below_(home / "vault"), store_(below_) {
    using harness::StoreOperation;
    store_.call_before([this](StoreOperation operation, const std::string&) {
      const bool reads = operation == StoreOperation::get || operation == StoreOperation::get_range;
      gets_ += reads ? 1 : 0;
      lists_ += operation == StoreOperation::list ? 1 : 0;
      puts_ += operation == StoreOperation::put ? 1 : 0;
    });
  }
  [[nodiscard]] store::ObjectStore& store() { return store_; }
  void print(std::uint64_t found) const {
    std::printf("{\"gets\":%d,\"lists\":%d,\"puts\":%d,\"found\":%llu}\n", gets_, lists_, puts_,
                static_cast<unsigned long long>(found));
  }

 private:
  store::DirectoryStore below_;
  harness::FaultyStore store_;
  int gets_ = 0;
  int lists_ = 0;
  int puts_ = 0;
};

/// A range of a table whose chunks are 8 bytes: only their number matters here.
vault::RangeEntry write_range(vault::SnapshotWriter& writer, std::uint64_t first,
                              std::uint64_t count) {
  vault::SessionWriter& session = writer.session();
  std::vector<vault::BlobRef> chunks;
  {
    vault::SessionWriter::Lane lane(session);
    for (std::uint64_t i = first; i < first + count; ++i) {
      const Bytes content = WireWriter().put(i).take();
      chunks.push_back({lane.store_chunk(content), static_cast<std::uint32_t>(content.size())});
    }
  }
  const vault::StoreList store = [&](ByteView list) { return session.store_list(list); };
  return {.first_block = first,
          .blobs = vault::write_blob_list(chunks, store),
          .server_fingerprint = {},
          .cache_key = {},
          .facts = session.store_private(vault::BlobKind::facts, vault::RowSum().encode()),
          .plain_bytes = count * sizeof(std::uint64_t)};
}

vault::SourceSummary summary(Instant at) {
  vault::SourceSummary source;
  source.name = kSource;
  source.kind = "postgres";
  source.identity = R"({"host":"/run/postgresql","port":"5432","database":"shop"})";
  source.at = at;
  source.guarantee = "exact";
  source.average_log2 = 20;
  source.version = "15.18";
  return source;
}

void take_snapshot(Counted& counted, const fs::path& home, std::uint64_t tables,
                   std::uint64_t chunks) {
  const SystemClock clock;
  const vault::Vault vault(counted.store(), capability(home, vault::Role::writer));
  vault::SnapshotWriter writer(vault, clock, {kSource}, kLanes);
  for (std::uint64_t table = 0; table < tables; ++table) {
    std::vector<vault::RangeEntry> ranges;
    for (std::uint64_t range = 0; range < kRangesOfATable; ++range) {
      const std::uint64_t begin = chunks * range / kRangesOfATable;
      const std::uint64_t end = chunks * (range + 1) / kRangesOfATable;
      ranges.push_back(write_range(writer, table * chunks + begin, end - begin));
    }
    writer.add_stream(0, vault::StreamKind::table, "public.t" + std::to_string(table), ranges);
  }
  const auto record = writer.commit({summary(clock.now())}, true, {});
  counted.print(record.segments.size());
}

void create(const fs::path& home, store::ObjectStore& store) {
  const SystemClock clock;
  const auto made = vault::plan_vault({.writer_sources = {kSource}}, clock.now());
  vault::publish(made, store);
  static_cast<void>(vault::write_key_files(made.capabilities, home / "keys"));
}

vault::Link next_link(const vault::Vault& vault, std::uint64_t seq,
                      const vault::ObjectHash& previous) {
  return {.generation = vault.generation(),
          .vault = vault.id(),
          .author = vault.self_id(),
          .seq = seq,
          .previous = previous,
          .trust_number = vault.trust().number,
          .trust_hash = vault.trust().hash,
          .seen = {},
          .started = Instant(std::chrono::hours(500'000 + seq)),
          .finished = Instant(std::chrono::hours(500'000 + seq)),
          .id = {}};
}

/// Signed records of snapshots whose data is not there.
std::vector<vault::SnapshotId> write_snapshots(const vault::Vault& vault, std::uint64_t count) {
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
  std::vector<vault::SnapshotId> ids(1);
  for (std::uint64_t seq = 1; seq <= count; ++seq) {
    vault::SnapshotRecord record;
    record.link = next_link(vault, seq, ids.back());
    record.sessions = {{.generation = 1, .id = {}, .header_hash = {}}};
    record.segments.resize(7);
    record.body.emplace();
    record.body->sources = {summary(record.link.started)};
    const Bytes stored = record.encode(vault.self().signing_key(), key);
    static_cast<void>(vault.store().put(
        vault::names::link(vault::ObjectType::snapshot, vault.self_id(), seq), stored));
    vault::store_missing_roll(vault, vault::ObjectType::snapshot, seq);
    ids.push_back(record.id());
  }
  return ids;
}

void write_attestations(const vault::Vault& vault, const std::vector<vault::SnapshotId>& ids) {
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
  vault::ObjectHash previous;
  for (std::uint64_t seq = 1; seq < ids.size(); ++seq) {
    vault::Attestation attestation;
    attestation.link = next_link(vault, seq, previous);
    attestation.snapshot = ids[seq];
    attestation.verdict = vault::Verdict::proven;
    attestation.report = R"({"format":1,"verdict":"proven","tables":[)" + std::string(2000, ' ') +
                         "]}";  // as of twenty tables
    const Bytes stored = attestation.encode(vault.self().signing_key(), key);
    static_cast<void>(vault.store().put(
        vault::names::link(vault::ObjectType::record, vault.self_id(), seq), stored));
    vault::store_missing_roll(vault, vault::ObjectType::record, seq);
    previous = attestation.link.id;
  }
}

/// Made in memory and then written without a sync: a disk takes minutes for 20,000 of them.
void write_history(const fs::path& home, std::uint64_t count) {
  const SystemClock clock;
  store::MemoryStore store(clock);
  create(home, store);
  const vault::Vault writer(store, capability(home, vault::Role::writer));
  const vault::Vault identity(store, capability(home, vault::Role::identity));
  write_attestations(identity, write_snapshots(writer, count));
  store.list("", "", [&](const store::ObjectInfo& info) {
    const fs::path path = home / "vault" / info.key.name();
    fs::create_directories(path.parent_path());
    const Bytes bytes = store.get(info.key, info.size_bytes).value();
    std::ofstream(path, std::ios::binary) << as_text(bytes);
    return true;
  });
}

void look(Counted& counted, const fs::path& home, const std::string& what) {
  const vault::Vault vault(counted.store(), capability(home, vault::Role::identity));
  if (what == "ls") {
    const vault::History history = vault::read_history(vault);
    if (!history.problems.empty()) {
      const vault::Problem& problem = history.problems.front();
      throw Error(ErrorKind::corrupt, problem.object + ": " + problem.what);
    }
    counted.print(history.snapshots.size() + history.attestations.size());
    return;
  }
  const auto record = vault::resolve_snapshot(vault, "latest");
  counted.print(what == "latest" ? record.link.seq : vault.read_index(record).size());
}

std::uint64_t number(const char* text) {
  std::uint64_t value = 0;
  const char* end = text + std::string_view(text).size();
  const auto [stopped, error] = std::from_chars(text, end, value);
  if (error != std::errc{} || stopped != end || value == 0) throw Error(ErrorKind::usage, kUsage);
  return value;
}

void run(int argc, char** argv) {
  const std::string what = argc < 3 ? "" : argv[1];
  const fs::path home = argc < 3 ? "" : argv[2];
  if (what == "history" && argc == 4) {
    write_history(home, number(argv[3]));
    return;
  }
  if (argc < 3) throw Error(ErrorKind::usage, kUsage);
  Counted counted(home);
  if (what == "create" && argc == 3) {
    create(home, counted.store());
  } else if (what == "snapshot" && argc == 5) {
    take_snapshot(counted, home, number(argv[3]), number(argv[4]));
  } else if ((what == "open" || what == "latest" || what == "ls") && argc == 3) {
    look(counted, home, what);
  } else {
    throw Error(ErrorKind::usage, kUsage);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    seal::initialize();
    run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vault_scale: %s\n", error.what());
    return 1;
  }
}
