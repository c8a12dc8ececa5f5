#include "tamper/scene.h"

#include <algorithm>
#include <stdexcept>

#include "seal/sha256.h"
#include "vault/append_record.h"
#include "vault/forget.h"
#include "vault/keyring.h"
#include "vault/object_names.h"
#include "vault/retention_record.h"
#include "vault/snapshot_writer.h"
#include "vault/sweep.h"

namespace lifeboat::tamper {
namespace {

using namespace vault;

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;
constexpr int kRows = 2500;
/// Enough for a chunk, which the next snapshot of the same rows uses again.
constexpr int kArchivedRows = 1000;
constexpr const char* kArchive = "archive-db";
constexpr std::size_t kArchived = 6;

std::vector<std::string> rows_of(int salt, int count) {
  std::vector<std::string> rows;
  for (int i = 0; i < count; ++i) {
    const std::string salted = i % 5 == 0 ? std::to_string(salt) : "";
    rows.push_back(std::to_string(i) + "\tvalue " + std::to_string(i * 7919) + salted + "\n");
  }
  return rows;
}

TrustedKey trusted(const Capability& capability, const std::string& name,
                   std::vector<std::string> sources) {
  const seal::SigningKey signing = capability.signing_key();
  return {.id = key_id_of(signing.public_key),
          .role = capability.role,
          .name = name,
          .signing_key = signing.public_key,
          .box_key = capability.box_key().public_key,
          .sources = std::move(sources),
          .void_after = {},
          .created = {}};
}

/// K_gen as an identity finds it in trust.
seal::SecretKey generation_key(const Trust& trust, const Capability& identity) {
  for (const SealedKey& sealed : trust.sealed) {
    if (sealed.recipient != identity.key_id() || sealed.kind != SealedKind::generation) continue;
    const auto opened = seal::box_open(identity.box_key(), sealed.box);
    return seal::SecretKey(std::span<const std::uint8_t, 32>(opened.value().data(), 32));
  }
  throw std::logic_error("trust seals no generation key to the identity");
}

void seal_to(Trust& trust, const VaultId& vault, Generation generation, const seal::SecretKey& key,
             const TrustedKey& recipient) {
  for (SealedKey& sealed : Keyring::seal_for(vault, generation, key, recipient)) {
    trust.sealed.push_back(std::move(sealed));
  }
}

void add_table(SnapshotWriter& writer, const std::string& name,
               const std::vector<std::string>& rows, Taken& taken) {
  RangeWriter range(writer.session(), 16);
  for (const std::string& row : rows) {
    range.add(as_bytes(row));
    taken.text[name] += row;
  }
  writer.add_stream(0, StreamKind::table, name, {range.finish(0)});
}

void write_streams(SnapshotWriter& writer, int salt, int rows, Taken& taken) {
  add_table(writer, "public.orders", rows_of(salt, rows), taken);
  add_table(writer, "public.tiny", {"1\tone\n", std::to_string(salt) + "\tsalt\n"}, taken);
  taken.text["catalogue.json"] = "{\"salt\":" + std::to_string(salt) + "}";
  writer.add_document(0, "catalogue.json", as_bytes(taken.text["catalogue.json"]));
}

/// The store as a writer sees it beside whom nobody ever wrote. What a record has seen of other
/// chains would tell most lies about them, too, and hide whether the guard that is meant tells
/// them. Seen heads have their own tests: tests/unit/vault/witness_test.cpp.
class Alone final : public store::ObjectStore {
 public:
  Alone(store::ObjectStore& below, const KeyId& writer)
      : below_(below), own_(names::chain_prefix(ObjectType::snapshot, writer)) {}

  store::PutResult put(const store::ObjectKey& key, ByteView bytes) override {
    return below_.put(key, bytes);
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
    below_.list(prefix, after, [&](const store::ObjectInfo& info) {
      const std::string& name = info.key.name();
      const bool chain = name.starts_with("record/") || name.starts_with("snapshot/");
      return chain && !name.starts_with(own_) ? true : visit(info);
    });
  }
  void remove(const store::ObjectKey& key) override { below_.remove(key); }
  [[nodiscard]] std::string describe() const override { return below_.describe(); }

 private:
  store::ObjectStore& below_;
  std::string own_;
};

}  // namespace

Scene::Scene() : clock_(*parse_instant("2026-11-23T03:12:00Z")), store_(clock_) {
  seal::initialize();
  const NewVault fresh = plan_vault({.writer_sources = {"shop-db"}}, clock_.now());
  vault::publish(fresh, store_);
  for (const Capability& capability : fresh.capabilities) {
    capabilities.insert_or_assign(capability.role, capability);
  }
  trusts.push_back(fresh.state.trust);
  take(as(Role::writer), "shop-db", 1, shop);
  attest(shop[0], Verdict::proven);
  add_keys();
  archive();
  take(as(Role::writer), "shop-db", 2, shop);
  attest(shop[1], Verdict::not_proven);
  take(staging, "staging-db", 11, staged);
  rotate();
  take(staging, "staging-db", 12, staged);
  take(as(Role::writer), "shop-db", 3, shop);
  objects = all_objects();
}

Objects Scene::all_objects() {
  Objects all;
  store_.list("", "", [&](const store::ObjectInfo& info) {
    all[info.key.name()] = *store_.get(info.key, kAnySize);
    return true;
  });
  return all;
}

void Scene::publish(Trust trust) {
  const Trust& before = trusts.back();
  trust.number = before.number + 1;
  trust.previous = before.hash;
  const VaultId& vault = as(Role::admin).vault;
  const Bytes stored = trust.encode(vault, as(Role::admin).signing_key());
  static_cast<void>(store_.put(names::trust(trust.number), stored));
  trusts.push_back(std::move(trust));
}

void Scene::add_keys() {
  Trust trust = trusts.back();
  const VaultId vault = as(Role::admin).vault;
  const seal::SecretKey key = generation_key(trust, as(Role::identity));
  const auto add = [&](Role role, const std::string& name, std::vector<std::string> sources) {
    Capability capability = as(role);
    capability.seed = seal::random_key();
    trust.keys.push_back(trusted(capability, name, std::move(sources)));
    seal_to(trust, vault, trust.generation, key, trust.keys.back());
    return capability;
  };
  staging = add(Role::writer, "staging", {"staging-db"});
  archivist = add(Role::writer, "archive", {kArchive});
  other_identity = add(Role::identity, "other identity", {});
  publish(std::move(trust));
  for (Capability* capability : {&staging, &archivist, &other_identity}) {
    capability->trust_number = trusts.back().number;
    capability->trust_hash = trusts.back().hash;
  }
}

void Scene::rotate() {
  Trust trust = trusts.back();
  trust.generation = 2;
  const seal::SecretKey key = seal::random_key();
  const VaultId vault = as(Role::admin).vault;
  for (const TrustedKey& recipient : trust.keys) seal_to(trust, vault, 2, key, recipient);
  publish(std::move(trust));
}

void Scene::archive() {
  for (std::size_t i = 0; i < kArchived; ++i) {
    take(archivist, kArchive, 100 + static_cast<int>(i), archived);
  }
  leave_a_broken_off_run();
  clock_.advance(std::chrono::days(8));
  const Vault as_operator(store_, as(Role::operator_));
  keep_snapshot(as_operator, archived[0].record.id(), "the audit", clock_);
  forget(archived[1]);
  run_the_pruner();
  clock_.advance(sweep_grace(trusts.back()));
  const Objects before = all_objects();
  run_the_pruner();
  removed = before;
  std::erase_if(removed,
                [now = all_objects()](const auto& each) { return now.contains(each.first); });
  gone = archived[1];
  archived.erase(archived.begin() + 1);
  forget(archived[1]);
  run_the_pruner();
}

void Scene::leave_a_broken_off_run() {
  Alone store(store_, archivist.key_id());
  const Vault vault(store, archivist);
  SnapshotWriter writer(vault, clock_, {kArchive}, 1);
  Taken never_taken;
  write_streams(writer, 99, kArchivedRows, never_taken);
  static_cast<void>(writer.suspend());
}

void Scene::forget(const Taken& taken) {
  const Vault vault(store_, as(Role::pruner));
  const ForgetBody body{
      .store_time = clock_.now(), .policy = {}, .snapshots = {{taken.record.id()}}};
  append_json_record(vault, RecordKind::forget, encode_forget(body), clock_.now(), clock_.now());
}

/// Takes the one step that is due, as `lifeboat vault sweep` does.
void Scene::run_the_pruner() {
  SilentObserver silent;
  const Vault vault(store_, as(Role::pruner));
  const SweepSurvey survey = survey_for_sweep(vault, clock_.now(), silent, {});
  const NextSweepStep step = plan_next_step(survey, vault.trust());
  if (const auto* mark = std::get_if<MarkPlan>(&step)) {
    static_cast<void>(apply_mark(vault, *mark, clock_));
  } else {
    static_cast<void>(apply_sweep(vault, std::get<SweepPlan>(step), clock_, silent, {}));
  }
}

void Scene::take(const Capability& writer_capability, const std::string& source_name, int salt,
                 std::vector<Taken>& into) {
  Alone store(store_, writer_capability.key_id());
  const Vault vault(store, writer_capability);
  into.push_back(take_snapshot(vault, clock_, source_name, salt));
}

void Scene::attest(const Taken& taken, Verdict verdict) {
  const Vault vault(store_, as(Role::identity));
  const auto key = vault.keyring().record_key(vault.generation(), vault.self_id());
  append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
    Attestation attestation;
    attestation.link.generation = vault.generation();
    attestation.link.vault = vault.id();
    attestation.link.author = vault.self_id();
    attestation.link.seq = end.next_seq();
    attestation.link.previous = end.previous;
    attestation.link.trust_number = vault.trust().number;
    attestation.link.trust_hash = vault.trust().hash;
    attestation.link.finished = clock_.now();
    attestation.snapshot = taken.record.id();
    attestation.verdict = verdict;
    attestation.report = "{}";
    attestation.sources = {{"shop-db", verdict, 2, kRows + 2}};
    return attestation.encode(vault.self().signing_key(), key.value());
  });
}

std::string Scene::trust_name(std::uint32_t number) const { return names::trust(number).name(); }

std::string Scene::snapshot_name(const Taken& taken) const {
  return names::link(ObjectType::snapshot, taken.record.link.author, taken.record.link.seq).name();
}

std::string Scene::session_name(const Taken& taken) const {
  const SessionRef& session = taken.record.sessions.at(0);
  return names::session(session.generation, session.id).name();
}

SegmentRef Scene::own_segment(const Taken& taken) const {
  const auto& chain = taken.record.link.author == staging.key_id() ? staged : shop;
  const std::uint64_t seq = taken.record.link.seq;
  std::vector<SegmentRef> before;
  if (seq > 1) before = chain.at(seq - 2).record.segments;
  for (const SegmentRef& segment : taken.record.segments) {
    if (std::ranges::find(before, segment) == before.end()) return segment;
  }
  throw std::logic_error("the snapshot added no segment");
}

std::string Scene::segment_name(const Taken& taken) const {
  const SegmentRef segment = own_segment(taken);
  return names::index_segment(segment.generation, segment.hash).name();
}

std::string Scene::pack_name(const Taken& taken, ObjectType type) const {
  store::MemoryStore store(clock_);
  fill(store, objects);
  const Vault vault(store, as(Role::identity));
  const SegmentRef ref = own_segment(taken);
  const IndexSegment segment = vault.read_segment(ref, taken.record.link.author);
  for (const IndexSegment::PackInfo& pack : segment.packs()) {
    if (pack.type == type) return names::pack(type, ref.generation, pack.hash).name();
  }
  throw std::logic_error("the snapshot added no such pack");
}

std::string Scene::attestation_name(std::uint64_t seq) const {
  return names::link(ObjectType::record, as(Role::identity).key_id(), seq).name();
}

std::string Scene::record_name(Role author, std::uint64_t seq) const {
  return names::link(ObjectType::record, as(author).key_id(), seq).name();
}

std::string Scene::mark_name(std::uint32_t number) const { return names::mark(1, number).name(); }

std::vector<const Taken*> Scene::listed() const {
  std::vector<const Taken*> all;
  for (const auto* chain : {&shop, &staged, &archived}) {
    for (const Taken& taken : *chain) all.push_back(&taken);
  }
  return all;
}

std::vector<const Taken*> Scene::kept() const {
  std::vector<const Taken*> all = listed();
  std::erase(all, &archived[1]);
  return all;
}

Taken take_snapshot(const Vault& vault, FakeClock& clock, const std::string& source_name,
                    int salt) {
  SnapshotWriter writer(vault, clock, {source_name}, 1);
  Taken taken;
  write_streams(writer, salt, source_name == kArchive ? kArchivedRows : kRows, taken);
  SourceSummary source;
  source.name = source_name;
  source.kind = "postgres";
  source.at = clock.now();
  source.guarantee = "exact";
  source.average_log2 = 16;
  source.not_carried.push_back({"public.dblink", "an extension", Severity::harmless});
  clock.advance(std::chrono::minutes(1));
  taken.record = writer.commit({source}, true, {"nightly"});
  return taken;
}

const Scene& scene() {
  static const Scene built;
  return built;
}

const Scene& other_vault() {
  static const Scene built;
  return built;
}

void fill(store::MemoryStore& store, const Objects& objects) {
  for (const auto& [name, bytes] : objects) {
    static_cast<void>(store.put(store::ObjectKey(name), bytes));
  }
}

}  // namespace lifeboat::tamper
