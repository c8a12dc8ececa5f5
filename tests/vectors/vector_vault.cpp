#include "vectors/vector_vault.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <tuple>
#include <utility>

#include "seal/sha256.h"
#include "vault/append_record.h"
#include "vault/attestation.h"
#include "vault/forget.h"
#include "vault/object_names.h"
#include "vault/retention_record.h"
#include "vectors/fixed_random.h"

namespace lifeboat::vectors {
namespace {

constexpr unsigned kAverageLog2 = 16;
constexpr int kLanes = 1;

Instant first_moment(const std::string& name) {
  use_fixed_random("lifeboat/v1/vectors/" + name);
  seal::initialize();
  return *parse_instant("2026-11-23T03:12:00Z");
}

std::string joined(const Stream& stream) {
  std::string text;
  for (const Records& range : stream.ranges) {
    for (const std::string& record : range) text += record;
  }
  return text;
}

void write(vault::SnapshotWriter& writer, const Stream& stream) {
  if (stream.kind == vault::StreamKind::document) {
    writer.add_document(0, stream.name, as_bytes(joined(stream)));
    return;
  }
  constexpr std::uint64_t kBlocks = 4096;
  std::vector<vault::RangeEntry> entries;
  for (const Records& records : stream.ranges) {
    vault::RangeWriter range(writer.session(), kAverageLog2);
    for (const std::string& record : records) range.add(as_bytes(record));
    entries.push_back(range.finish(entries.size() * kBlocks));
  }
  writer.add_stream(0, stream.kind, stream.name, entries);
}

vault::SourceSummary summary_of(const Content& content, Instant at) {
  vault::SourceSummary summary;
  summary.name = content.source;
  summary.kind = "postgres";
  summary.identity = "{}";
  summary.at = at;
  summary.guarantee = "exact";
  summary.version = "15.0";
  summary.not_carried = content.not_carried;
  summary.average_log2 = kAverageLog2;
  for (const Stream& stream : content.streams) {
    if (stream.kind != vault::StreamKind::table) continue;
    ++summary.tables;
    for (const Records& range : stream.ranges) summary.rows += range.size();
    summary.read_bytes += joined(stream).size();
  }
  return summary;
}

ExpectedSnapshot expectation(const Content& content, const std::string& id) {
  ExpectedSnapshot expected{.id = id, .complete = content.complete, .streams = {}};
  expected.loses = std::ranges::find(content.not_carried, Severity::loss, &NotCarried::severity) !=
                   content.not_carried.end();
  for (const Stream& stream : content.streams) {
    const std::string text = joined(stream);
    expected.streams.push_back({.source = content.source,
                                .kind = static_cast<std::uint8_t>(stream.kind),
                                .name = stream.name,
                                .bytes = text.size(),
                                .sha256 = to_hex(seal::sha256(as_bytes(text)))});
  }
  std::ranges::sort(expected.streams, {}, [](const ExpectedStream& stream) {
    return std::tuple(stream.kind, stream.name);
  });
  return expected;
}

void write_file(const std::filesystem::path& path, ByteView bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path, std::ios::binary | std::ios::trunc);
  file.write(as_text(bytes).data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
}

}  // namespace

VectorVault::VectorVault(std::string name, std::vector<std::string> sources, bool hashed_names)
    : name_(std::move(name)),
      clock_(first_moment(name_)),
      store_(clock_),
      vault_(vault::plan_vault({.writer_sources = std::move(sources), .hashed_names = hashed_names},
                               clock_.now())) {
  vault::publish(vault_, store_);
  writers_.push_back(capability(vault::Role::writer));
}

const vault::Capability& VectorVault::capability(vault::Role role) const {
  return *std::ranges::find(vault_.capabilities, role, &vault::Capability::role);
}

seal::SecretKey VectorVault::generation_key() const {
  const vault::Capability& identity = capability(vault::Role::identity);
  const auto& sealed = vault_.state.trust.sealed;
  const auto at = std::ranges::find_if(sealed, [&](const vault::SealedKey& key) {
    return key.kind == vault::SealedKind::generation && key.recipient == identity.key_id() &&
           key.generation == vault_.state.trust.generation;
  });
  const Bytes opened = seal::box_open(identity.box_key(), at->box).value();
  return seal::SecretKey(std::span<const std::uint8_t, 32>(opened.data(), 32));
}

void VectorVault::seal_generation(vault::Generation generation, const seal::SecretKey& key,
                                  const vault::TrustedKey& recipient) {
  auto sealed = vault::Keyring::seal_for(vault_.state.format.vault, generation, key, recipient);
  std::ranges::move(sealed, std::back_inserter(vault_.state.trust.sealed));
}

void VectorVault::publish_trust() {
  vault::Trust& trust = vault_.state.trust;
  ++trust.number;
  trust.previous = trust.hash;
  trust.created = clock_.now();
  const Bytes stored =
      trust.encode(vault_.state.format.vault, capability(vault::Role::admin).signing_key());
  static_cast<void>(store_.put(vault::names::trust(trust.number), stored));
}

std::size_t VectorVault::add_writer(const std::string& source) {
  clock_.advance(std::chrono::hours(1));
  vault::Capability writer = writers_.front();
  writer.seed = seal::random_key();
  const vault::TrustedKey key{.id = writer.key_id(),
                              .role = vault::Role::writer,
                              .name = "writer of " + source,
                              .signing_key = writer.signing_key().public_key,
                              .box_key = writer.box_key().public_key,
                              .sources = {source},
                              .void_after = {},
                              .created = clock_.now()};
  vault_.state.trust.keys.push_back(key);
  seal_generation(vault_.state.trust.generation, generation_key(), key);
  publish_trust();
  writer.trust_number = vault_.state.trust.number;
  writer.trust_hash = vault_.state.trust.hash;
  writers_.push_back(std::move(writer));
  return writers_.size() - 1;
}

void VectorVault::rotate() {
  clock_.advance(std::chrono::hours(1));
  const seal::SecretKey key = seal::random_key();
  ++vault_.state.trust.generation;
  for (const vault::TrustedKey& recipient : vault_.state.trust.keys) {
    seal_generation(vault_.state.trust.generation, key, recipient);
  }
  publish_trust();
}

void VectorVault::take(const Content& content, std::size_t writer) {
  clock_.advance(std::chrono::minutes(10));
  const vault::Vault vault(store_, writers_.at(writer));
  vault::SnapshotWriter snapshot(vault, clock_, {content.source}, kLanes);
  const Instant at = clock_.now();
  for (const Stream& stream : content.streams) write(snapshot, stream);
  clock_.advance(std::chrono::seconds(7));
  const auto record = snapshot.commit({summary_of(content, at)}, content.complete, content.tags);
  taken_.push_back(record.id());
  expected_.snapshots.push_back(expectation(content, record.id().hex()));
}

void VectorVault::take_unaware(const Content& content) {
  const auto key = vault::names::mark(vault_.state.trust.generation, 1);
  const Bytes mark = store_.get(key, vault::kMaxRecordBytes).value();
  store_.remove(key);
  take(content);
  static_cast<void>(store_.put(key, mark));
  expected_.unaware.push_back(expected_.snapshots.back().id);
  expected_.snapshots.pop_back();
}

vault::SnapshotId VectorVault::id_of(std::size_t number) const { return taken_.at(number); }

void VectorVault::keep(std::size_t number) {
  clock_.advance(std::chrono::hours(1));
  const vault::Vault vault(store_, capability(vault::Role::operator_));
  vault::keep_snapshot(vault, id_of(number), "the audit", clock_);
  ExpectedSnapshot& expected = expected_.named(id_of(number).hex());
  expected.pinned = true;
  expected.forgotten = false;
}

void VectorVault::release(std::size_t number) {
  clock_.advance(std::chrono::hours(1));
  const vault::Vault vault(store_, capability(vault::Role::operator_));
  vault::release_snapshot(vault, id_of(number), clock_);
  expected_.named(id_of(number).hex()).pinned = false;
}

void VectorVault::forget(const std::vector<std::size_t>& numbers) {
  clock_.advance(std::chrono::hours(1));
  const vault::Vault vault(store_, capability(vault::Role::pruner));
  vault::ForgetBody body{.store_time = clock_.now(), .policy = {}, .snapshots = {}};
  for (const std::size_t number : numbers) {
    body.snapshots.push_back({id_of(number)});
    expected_.named(id_of(number).hex()).forgotten = true;
  }
  append_json_record(vault, vault::RecordKind::forget, encode_forget(body), clock_.now(),
                     clock_.now());
}

void VectorVault::run_the_pruner() {
  const vault::Vault vault(store_, capability(vault::Role::pruner));
  clock_.advance(std::chrono::days(8));
  SilentObserver silent;
  const auto survey = vault::survey_for_sweep(vault, clock_.now(), silent, {});
  const auto step = vault::plan_next_step(survey, vault.trust());
  if (const auto* mark = std::get_if<vault::MarkPlan>(&step)) {
    static_cast<void>(vault::apply_mark(vault, *mark, clock_));
    return;
  }
  const auto& sweep = std::get<vault::SweepPlan>(step);
  static_cast<void>(vault::apply_sweep(vault, sweep, clock_, silent, {}));
  for (const vault::LeavingSnapshot& snapshot : sweep.snapshots) {
    expected_.swept.push_back(snapshot.id.hex());
    std::erase_if(expected_.snapshots,
                  [&](const ExpectedSnapshot& each) { return each.id == snapshot.id.hex(); });
  }
}

void VectorVault::take_at_once(const Content& one, const Content& other) {
  take(one);
  const vault::Vault vault(store_, writers_.front());
  const auto head = vault.head_snapshot(*vault.trust().find(vault.self_id())).value();
  const auto key = vault.key_of(vault::ObjectType::snapshot, head.link);
  const Bytes stored = store_.get(key, vault::kMaxRecordBytes).value();
  store_.remove(key);
  take(other);
  static_cast<void>(store_.put(key, stored));
}

void VectorVault::attest() {
  clock_.advance(std::chrono::minutes(1));
  const vault::Vault vault(store_, capability(vault::Role::identity));
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id()).value();
  vault::append_to_chain(vault, vault::ObjectType::record, [&](const vault::ChainEnd& end) {
    vault::Attestation attestation;
    attestation.link = {.generation = vault.generation(),
                        .vault = vault.id(),
                        .author = vault.self_id(),
                        .seq = end.next_seq(),
                        .previous = end.previous,
                        .trust_number = vault.trust().number,
                        .trust_hash = vault.trust().hash,
                        .seen = {},
                        .started = clock_.now(),
                        .finished = clock_.now(),
                        .id = {}};
    const Bytes id = from_hex(expected_.snapshots.back().id);
    std::ranges::copy(id, attestation.snapshot.bytes.begin());
    attestation.verdict = vault::Verdict::proven;
    attestation.report = "{}";
    return attestation.encode(vault.self().signing_key(), key);
  });
  expected_.snapshots.back().proven = true;
}

void VectorVault::write_to(const std::filesystem::path& parent) {
  const std::filesystem::path home = parent / name_;
  store_.list("", "", [&](const store::ObjectInfo& info) {
    write_file(home / "vault" / info.key.name(), store_.get(info.key, info.size_bytes).value());
    return true;
  });
  const Secret key = capability(vault::Role::identity).to_text();
  write_file(home / "test-only-identity.key", as_bytes(key.reveal() + "\n"));
  write_file(home / "expected.json", as_bytes(to_json(expected_)));
}

}  // namespace lifeboat::vectors
