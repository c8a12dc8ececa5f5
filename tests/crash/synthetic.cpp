#include "crash/synthetic.h"

#include <random>

#include "base/units.h"
#include "stream/source.h"
#include "vault/append_record.h"
#include "vault/history.h"
#include "vault/retention_record.h"
#include "vault/snapshot_reader.h"
#include "vault/snapshot_writer.h"
#include "vault/sweep.h"

namespace lifeboat::crash {
namespace {

constexpr unsigned kAverageLog2 = 12;
constexpr const char* kNumberDocument = "number.json";
constexpr const char* kSource = "synthetic";
constexpr int kLanes = 2;

std::string rows_of(unsigned seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::string rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows += std::to_string(i) + "\t" + std::to_string(random()) + std::to_string(random()) + "\n";
  }
  return rows;
}

vault::RangeEntry write_range(vault::SnapshotWriter& writer, const std::string& rows,
                              std::uint64_t first_block) {
  vault::RangeWriter range(writer.session(), kAverageLog2);
  for (std::size_t from = 0; from < rows.size();) {
    const std::size_t end = rows.find('\n', from) + 1;
    range.add(as_bytes(rows).subspan(from, end - from));
    from = end;
  }
  return range.finish(first_block);
}

vault::SourceSummary summary_at(Instant now) {
  vault::SourceSummary summary;
  summary.name = kSource;
  summary.kind = "postgres";
  summary.identity = "{}";
  summary.at = now;
  summary.guarantee = "exact";
  summary.average_log2 = kAverageLog2;
  return summary;
}

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

struct Number {
  unsigned number = 0;
  std::size_t rows = 0;
};

Number number_of(const vault::SnapshotReader& reader) {
  const std::string text = text_of(reader.document(0, kNumberDocument));
  const auto space = text.find(' ');
  return {static_cast<unsigned>(std::stoul(text)), std::stoul(text.substr(space))};
}

}  // namespace

std::vector<Table> tables_of(unsigned number, std::size_t rows) {
  return {{"public.kept", {rows_of(0, rows), rows_of(1, rows)}},
          {"public.grown", {rows_of(2, rows + number)}},
          {"public.new", {rows_of(1000 + number, rows), rows_of(1'000'000 + number, rows)}}};
}

void take_synthetic(const vault::Vault& vault, unsigned number, std::size_t rows) {
  const SystemClock clock;
  vault::SnapshotWriter writer(vault, clock, {kSource}, kLanes);
  for (const Table& table : tables_of(number, rows)) {
    std::vector<vault::RangeEntry> ranges;
    for (const std::string& range : table.ranges) {
      ranges.push_back(write_range(writer, range, ranges.size() * 4096));
    }
    writer.add_stream(0, vault::StreamKind::table, table.name, ranges);
  }
  const std::string text = std::to_string(number) + " " + std::to_string(rows);
  writer.add_document(0, kNumberDocument, as_bytes(text));
  static_cast<void>(writer.commit({summary_at(clock.now())}, true, {}));
}

void attest_newest(const vault::Vault& vault) {
  const SystemClock clock;
  const Instant started = clock.now();
  const auto newest = vault::resolve_snapshot(vault, "latest");
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id());
  if (!key) throw Error(ErrorKind::denied, "this identity holds no record key");
  const auto make = [&](const vault::ChainEnd& end) {
    vault::Attestation attestation;
    attestation.link = {.generation = vault.generation(),
                        .vault = vault.id(),
                        .author = vault.self_id(),
                        .seq = end.next_seq(),
                        .previous = end.previous,
                        .trust_number = vault.trust().number,
                        .trust_hash = vault.trust().hash,
                        .seen = {},
                        .started = started,
                        .finished = clock.now(),
                        .id = {}};
    attestation.snapshot = newest.id();
    attestation.verdict = vault::Verdict::proven;
    attestation.report = "{}";
    attestation.sources = {{.name = kSource, .verdict = vault::Verdict::proven}};
    return attestation.encode(vault.self().signing_key(), *key);
  };
  vault::append_to_chain(vault, vault::ObjectType::record, make);
}

void forget_synthetic(const vault::Vault& vault, std::uint64_t seq) {
  const SystemClock clock;
  vault::ForgetBody body{.store_time = clock.now(), .policy = {}, .snapshots = {}};
  for (const vault::SnapshotRecord& snapshot : vault::read_history(vault).snapshots) {
    if (snapshot.link.seq == seq) body.snapshots.push_back({snapshot.id()});
  }
  vault::append_json_record(vault, vault::RecordKind::forget, vault::encode_forget(body),
                            clock.now(), clock.now());
}

bool sweep_synthetic(const vault::Vault& vault) {
  const SystemClock clock;
  SilentObserver silent;
  const Instant store_time = clock.now() + std::chrono::hours(30 * 24);
  const auto survey = vault::survey_for_sweep(vault, store_time, silent, {});
  const auto step = vault::plan_next_step(survey, vault.trust());
  if (const auto* mark = std::get_if<vault::MarkPlan>(&step)) {
    static_cast<void>(vault::apply_mark(vault, *mark, clock));
  } else if (const auto* sweep = std::get_if<vault::SweepPlan>(&step)) {
    static_cast<void>(vault::apply_sweep(vault, *sweep, clock, silent, {}));
  } else if (const auto* finish = std::get_if<vault::FinishPlan>(&step)) {
    static_cast<void>(vault::apply_finish(vault, *finish, silent, {}));
  } else {
    return false;
  }
  return true;
}

unsigned read_synthetic(const vault::Vault& vault, const vault::SnapshotRecord& record) {
  const vault::SnapshotReader reader(vault, record);
  const Number wanted = number_of(reader);
  const auto wrong = [](const std::string& name) {
    throw Error(ErrorKind::corrupt, name + " came back other than it went in");
  };
  const std::vector<Table> tables = tables_of(wanted.number, wanted.rows);
  if (reader.streams().size() != tables.size() + 1) wrong("the list of tables");
  for (const Table& table : tables) {
    const auto* stream = reader.find_stream(0, vault::StreamKind::table, table.name);
    if (stream == nullptr) wrong(table.name);
    const auto ranges = reader.ranges(*stream);
    if (ranges.size() != table.ranges.size()) wrong(table.name);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const Bytes bytes = stream::read_all(*reader.open(ranges[i]), 64 * kMiB);
      if (text_of(bytes) != table.ranges[i]) wrong(table.name);
    }
  }
  return wanted.number;
}

}  // namespace lifeboat::crash
