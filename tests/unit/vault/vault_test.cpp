#include "vault/vault.h"

#include <filesystem>
#include <set>
#include <thread>

#include "os/file.h"
#include "seal/sha256.h"
#include "vault/object_names.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

constexpr std::uint64_t kAnySize = std::uint64_t{1} << 30U;

template <typename Work>
ErrorKind kind_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::internal;
}

TEST_F(VaultFixture, GivesBackExactlyTheRowsThatWentIn) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::identity);
  const SnapshotReader reader(vault, resolve_snapshot(vault, "latest"));
  EXPECT_EQ(reader.record().id(), record.id());
  EXPECT_EQ(read_text(reader, "public.orders"),
            joined(rows_of("orders", 5000)) + joined(rows_of("orders-2", 5000)));
  EXPECT_EQ(read_text(reader, "public.tiny"), "1\tone\n2\ttwo\n");
  EXPECT_EQ(read_text(reader, "public.empty"), "");
  EXPECT_EQ(as_text(reader.document(0, "catalogue.json")), "{\"tables\":3}");
}

TEST_F(VaultFixture, KeepsRowsBytesAndSumOfEveryRange) {
  take_snapshot();
  const Vault vault = open_as(Role::identity);
  const SnapshotReader reader(vault, resolve_snapshot(vault, "latest"));
  const auto ranges = reader.ranges(*reader.find_stream(0, StreamKind::table, "public.orders"));
  ASSERT_EQ(ranges.size(), 2U);
  RowSum expected;
  for (const std::string& row : rows_of("orders", 5000)) {
    expected.add(hash_row(reader.row_key(), as_bytes(row)), row.size());
  }
  EXPECT_EQ(reader.facts(ranges[0]), expected);
  EXPECT_EQ(expected.rows(), 5000U);
}

TEST_F(VaultFixture, StoresNextToNothingForAnUnchangedSource) {
  const SnapshotRecord first = take_snapshot(20000);
  const SnapshotRecord second = take_snapshot(20000);
  EXPECT_GT(first.body->stored_bytes, 100'000U);
  EXPECT_LT(second.body->stored_bytes, 12'000U);
  EXPECT_EQ(second.link.previous, first.id());
  const Vault vault = open_as(Role::identity);
  const SnapshotReader reader(vault, second);
  EXPECT_EQ(read_text(reader, "public.orders"),
            joined(rows_of("orders", 20000)) + joined(rows_of("orders-2", 20000)));
}

TEST_F(VaultFixture, TheWritersCredentialAloneDecryptsNoData) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::writer);
  EXPECT_EQ(kind_of([&] { const SnapshotReader reader(vault, record); }), ErrorKind::denied);
  // Not by his keys either: whatever a writer holds opens no session header ...
  const auto header = store_.get(names::session(1, record.sessions[0].id), kAnySize);
  EXPECT_EQ(kind_of([&] { static_cast<void>(open_session(*header, vault.self())); }),
            ErrorKind::denied);
  // ... and none of his keys, tried as a data or meta key, opens a blob of any pack.
  const auto writer_keys = vault.keyring().writer_keys(1, vault.self_id());
  const auto index_keys = vault.keyring().index_keys(1, vault.self_id());
  const auto record_key = vault.keyring().record_key(1, vault.self_id());
  ASSERT_TRUE(writer_keys && index_keys && record_key);
  const Index index = vault.read_index(record);
  std::size_t tried = 0;
  for (const Index::Loaded& loaded : index.segments()) {
    for (std::size_t i = 0; i < loaded.segment.size(); ++i) {
      const auto entry = loaded.segment.entry(i);
      if (entry.place.kind == BlobKind::list) continue;
      const auto location = index.find(entry.id);
      const auto stored = store_.get_range(names::pack(location->pack_type, 1, location->pack),
                                           location->place.offset, location->place.stored_bytes);
      const BlobContext context{vault.id(), 1, location->session, vault.self_id()};
      for (const seal::SecretKey& key :
           {writer_keys->chunk_id, index_keys->aead, index_keys->list_id, *record_key}) {
        SessionKeys keys;
        keys.data = key;
        keys.meta = key;
        EXPECT_EQ(kind_of([&] {
                    static_cast<void>(BlobOpener().open(context, keys, *writer_keys, entry.id,
                                                        entry.place, *stored));
                  }),
                  ErrorKind::corrupt);
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 20U);
  // He holds no key of the generation, nor another writer's.
  EXPECT_FALSE(vault.keyring().writer_keys(1, capabilities_.at(Role::identity).key_id()));
  EXPECT_FALSE(vault.keyring().index_keys(1, capabilities_.at(Role::pruner).key_id()));
  EXPECT_FALSE(vault.keyring().record_key(1, capabilities_.at(Role::viewer).key_id()));
}

TEST_F(VaultFixture, AViewerSeesRecordsButNoListsAndNoData) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::viewer);
  const History history = read_history(vault);
  ASSERT_EQ(history.snapshots.size(), 1U);
  EXPECT_EQ(history.snapshots[0].body->sources[0].name, "shop-db");
  EXPECT_EQ(kind_of([&] { static_cast<void>(vault.read_index(record)); }), ErrorKind::denied);
  EXPECT_EQ(kind_of([&] { const SnapshotReader reader(vault, record); }), ErrorKind::denied);
}

TEST_F(VaultFixture, APrunerOpensIndexesButNoData) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::pruner);
  EXPECT_GT(vault.read_index(record).size(), 0U);
  EXPECT_FALSE(vault.keyring().writer_keys(1, record.link.author));
}

TEST_F(VaultFixture, WhoOpensNoIndexDoesNotSayWhatNobodyNeeds) {
  take_snapshot();
  {
    const Vault vault = open_as(Role::writer);  // a run that is broken off leaves objects too
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    write_range(writer, rows_of("lost", 20000), 0);
  }
  SilentObserver silent;
  for (const Role role : {Role::operator_, Role::viewer}) {
    const CheckReport report = check(open_as(role), CheckDepth::packs, silent, {});
    EXPECT_EQ(report.not_checked.size(), 1U);
    EXPECT_EQ(report.unreferenced, 0U);
  }
  for (const Role role : {Role::pruner, Role::identity}) {
    const CheckReport report = check(open_as(role), CheckDepth::packs, silent, {});
    EXPECT_TRUE(report.not_checked.empty());
    EXPECT_GT(report.unreferenced, 0U);
  }
}

TEST_F(VaultFixture, NoticesAFlippedByteInEveryObject) {
  take_snapshot();
  take_snapshot(5000, 1);
  {
    const Vault vault = open_as(Role::writer);  // a run that is broken off leaves objects too
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 1);
    write_range(writer, rows_of("lost", 20000), 0);
  }
  SilentObserver silent;
  {
    const CheckReport clean = check(open_as(Role::identity), CheckDepth::decrypt, silent, {});
    ASSERT_TRUE(clean.problems.empty()) << clean.problems[0].object << clean.problems[0].what;
    EXPECT_GT(clean.unreferenced, 0U);
    EXPECT_GT(clean.blobs, 10U);
  }
  std::size_t flips = 0;
  for (const std::string& name : object_names()) {
    const Bytes original = *store_.get(store::ObjectKey(name), kAnySize);
    for (std::size_t part = 0; part <= 8; ++part) {
      const std::size_t at = std::min(original.size() - 1, original.size() * part / 8);
      Bytes flipped = original;
      flipped[at] ^= 0x20U;
      replace(name, flipped);
      bool noticed = false;
      try {
        const Vault vault = open_as(Role::identity);
        noticed = !check(vault, CheckDepth::decrypt, silent, {}).problems.empty();
      } catch (const Error&) {
        noticed = true;  // the format or the trust record itself: nothing can be opened
      }
      EXPECT_TRUE(noticed) << name << " byte " << at;
      ++flips;
    }
    replace(name, original);
  }
  EXPECT_GT(flips, 100U);
}

TEST_F(VaultFixture, NeverReturnsWrongBytesFromADamagedPack) {
  const SnapshotRecord record = take_snapshot();
  const std::string expected = joined(rows_of("orders", 5000)) + joined(rows_of("orders-2", 5000));
  for (const std::string& name : object_names()) {
    if (!name.starts_with("g1/pack/")) continue;
    const Bytes original = *store_.get(store::ObjectKey(name), kAnySize);
    for (std::size_t at = 0; at < original.size(); at += original.size() / 40) {
      Bytes flipped = original;
      flipped[at] ^= 1U;
      replace(name, flipped);
      const Vault vault = open_as(Role::identity);
      const SnapshotReader reader(vault, record);
      try {
        EXPECT_EQ(read_text(reader, "public.orders"), expected);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::corrupt) << error.what();
      }
    }
    replace(name, original);
  }
}

TEST_F(VaultFixture, SaysWhichPackIsMissingBeforeAnythingIsRestored) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::identity);
  const SnapshotReader reader(vault, record);
  EXPECT_NO_THROW(reader.require_packs());
  for (const std::string& name : object_names()) {
    if (name.starts_with("g1/pack/")) store_.remove(store::ObjectKey(name));
  }
  EXPECT_EQ(kind_of([&] { reader.require_packs(); }), ErrorKind::corrupt);
}

TEST_F(VaultFixture, ReportsAHiddenSnapshotAsStale) {
  take_snapshot();
  const SnapshotRecord second = take_snapshot(5000, 1);
  take_snapshot(5000, 2);
  store_.remove(names::link(ObjectType::snapshot, second.link.author, second.link.seq));
  const History history = read_history(open_as(Role::identity));
  ASSERT_EQ(history.problems.size(), 1U);
  EXPECT_EQ(history.problems[0].kind, ErrorKind::stale);
  EXPECT_EQ(history.snapshots.size(), 2U);
}

TEST_F(VaultFixture, ReportsAReplayedRecordInAnotherPlaceAsStale) {
  const SnapshotRecord first = take_snapshot();
  const SnapshotRecord second = take_snapshot(5000, 1);
  const Bytes old = *store_.get(names::link(ObjectType::snapshot, first.link.author, 1), kAnySize);
  replace(names::link(ObjectType::snapshot, second.link.author, 2).name(), old);
  const History history = read_history(open_as(Role::identity));
  ASSERT_FALSE(history.problems.empty());
  EXPECT_EQ(history.problems[0].kind, ErrorKind::stale);
}

TEST_F(VaultFixture, ARunThatIsBrokenOffLeavesEarlierSnapshotsAsTheyWere) {
  const SnapshotRecord first = take_snapshot();
  {
    const Vault vault = open_as(Role::writer);
    SnapshotWriter writer(vault, clock_, {"shop-db"}, 2);
    write_range(writer, rows_of("orders", 50000, 9), 0);
  }
  const Vault vault = open_as(Role::identity);
  EXPECT_EQ(resolve_snapshot(vault, "latest").id(), first.id());
  const SnapshotReader reader(vault, first);
  EXPECT_EQ(read_text(reader, "public.tiny"), "1\tone\n2\ttwo\n");
  const SnapshotRecord next = take_snapshot(5000, 3);
  EXPECT_EQ(next.link.seq, 2U);
}

TEST_F(VaultFixture, TwoRunsOnOneCredentialBothCommitInOneChain) {
  take_snapshot(1000);
  const Vault vault_a = open_as(Role::writer);
  const Vault vault_b = open_as(Role::writer);
  SnapshotWriter a(vault_a, clock_, {"shop-db"}, 1);
  SnapshotWriter b(vault_b, clock_, {"shop-db"}, 1);
  a.add_stream(0, StreamKind::table, "t", {write_range(a, rows_of("a", 9000), 0)});
  b.add_stream(0, StreamKind::table, "t", {write_range(b, rows_of("b", 9000), 0)});
  SourceSummary source;
  source.name = "shop-db";
  source.kind = "postgres";
  source.guarantee = "exact";
  const SnapshotRecord record_b = b.commit({source}, true, {});
  const SnapshotRecord record_a = a.commit({source}, true, {});
  EXPECT_EQ(record_a.link.seq, 3U);
  EXPECT_EQ(record_a.link.previous, record_b.id());

  const Vault vault = open_as(Role::identity);
  SilentObserver silent;
  EXPECT_TRUE(check(vault, CheckDepth::decrypt, silent, {}).problems.empty());
  EXPECT_EQ(read_text(SnapshotReader(vault, record_a), "t"), joined(rows_of("a", 9000)));
  EXPECT_EQ(read_text(SnapshotReader(vault, record_b), "t"), joined(rows_of("b", 9000)));
}

TEST_F(VaultFixture, ManyThreadsOnOneCredentialAreAllCommittedOnce) {
  std::vector<std::jthread> threads;
  for (int i = 1; i <= 4; ++i) {
    threads.emplace_back([this, i] {
      const FakeClock clock(*parse_instant("2026-11-23T04:00:00Z"));
      for (int run = 0; run < 5; ++run) {
        const Vault vault = open_as(Role::writer);
        SnapshotWriter writer(vault, clock, {"shop-db"}, 1);
        const auto rows = rows_of("t", 200, i * 100 + run + 1);
        writer.add_stream(0, StreamKind::table, "t", {write_range(writer, rows, 0)});
        SourceSummary source;
        source.name = "shop-db";
        source.kind = "postgres";
        source.guarantee = "exact";
        static_cast<void>(writer.commit({source}, true, {}));
      }
    });
  }
  threads.clear();
  const History history = read_history(open_as(Role::identity));
  EXPECT_TRUE(history.problems.empty());
  EXPECT_EQ(history.snapshots.size(), 20U);
}

TEST_F(VaultFixture, MergesIndexSegmentsSoThatTheLiveSetStaysShort) {
  SnapshotRecord last;
  for (int i = 1; i <= 20; ++i) last = take_snapshot(2000, i);
  EXPECT_LE(last.segments.size(), 8U);
  const Vault vault = open_as(Role::identity);
  for (const SnapshotRecord& snapshot : read_history(vault).snapshots) {
    EXPECT_FALSE(read_text(SnapshotReader(vault, snapshot), "public.orders").empty());
  }
  SilentObserver silent;
  EXPECT_TRUE(check(vault, CheckDepth::decrypt, silent, {}).problems.empty());
}

TEST_F(VaultFixture, NamesASnapshotByPrefixAndRefusesOneThatFitsTwo) {
  const Vault vault = open_as(Role::identity);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(vault, "latest")); }),
            ErrorKind::not_found);
  std::map<std::string, int> by_prefix;
  std::string twice;
  while (twice.empty()) {
    const std::string prefix = take_snapshot(10).id().hex().substr(0, 2);
    if (++by_prefix[prefix] == 2) twice = prefix;
  }
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(vault, twice)); }), ErrorKind::usage);
  const History history = read_history(vault);
  const std::string id = history.snapshots[0].id().hex();
  EXPECT_EQ(resolve_snapshot(vault, id).id().hex(), id);
  EXPECT_EQ(resolve_snapshot(vault, id.substr(0, 12)).id().hex(), id);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(vault, id.substr(0, 1))); }),
            ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(vault, "yesterday")); }),
            ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { static_cast<void>(resolve_snapshot(vault, "0123456789ab")); }),
            ErrorKind::not_found);
}

TEST_F(VaultFixture, RefusesACredentialOfAnotherVault) {
  const NewVault other = plan_vault({}, clock_.now());
  EXPECT_EQ(kind_of([&] { const Vault vault(store_, other.capabilities[2]); }), ErrorKind::denied);
}

TEST_F(VaultFixture, RefusesAWriterForASourceThatIsNotHis) {
  store::MemoryStore store(clock_);
  const NewVault fresh = plan_vault({.writer_sources = {"shop-db"}}, clock_.now());
  publish(fresh, store);
  const Vault vault(store, fresh.capabilities[2]);
  EXPECT_NO_THROW(SnapshotWriter(vault, clock_, {"shop-db"}, 1));
  EXPECT_EQ(kind_of([&] { SnapshotWriter(vault, clock_, {"payroll"}, 1); }), ErrorKind::denied);
}

TEST_F(VaultFixture, RefusesAnEmptyStoreAsAVault) {
  store::MemoryStore empty(clock_);
  EXPECT_EQ(kind_of([&] { const Vault vault(empty, capabilities_.at(Role::writer)); }),
            ErrorKind::not_found);
}

TEST_F(VaultFixture, NeverCreatesAVaultOverAnother) {
  const NewVault fresh = plan_vault({}, clock_.now());
  EXPECT_EQ(kind_of([&] { publish(fresh, store_); }), ErrorKind::refused);
}

TEST_F(VaultFixture, TellsARolledBackTrustRecord) {
  Capability newer = capabilities_.at(Role::writer);
  newer.trust_number = 2;
  EXPECT_EQ(kind_of([&] { const Vault vault(store_, newer); }), ErrorKind::stale);
}

TEST_F(VaultFixture, KeyFilesAreNeverReplaced) {
  const os::TempDir directory(std::filesystem::temp_directory_path(), "lifeboat-keys-");
  std::vector<Capability> capabilities;
  for (const auto& [role, capability] : capabilities_) capabilities.push_back(capability);
  const auto paths = write_key_files(capabilities, directory.path() / "keys");
  EXPECT_EQ(paths.size(), 6U);
  EXPECT_EQ(std::filesystem::status(paths[0]).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(kind_of([&] { write_key_files(capabilities, directory.path() / "keys"); }),
            ErrorKind::refused);
}

TEST_F(VaultFixture, ACheckInPartsReadsEachPackOnce) {
  for (int salt = 0; salt < 6; ++salt) take_snapshot(5000, salt + 1);
  SilentObserver silent;
  const Vault vault = open_as(Role::identity);
  const CheckReport whole = check(vault, CheckDepth::packs, silent, {});
  EXPECT_EQ(whole.packs_left, 0U);
  std::uint64_t packs = 0;
  std::uint64_t bytes = 0;
  for (std::uint32_t part = 1; part <= 3; ++part) {
    const CheckReport report =
        check(vault, CheckDepth::packs, silent, {}, {.part = part, .parts = 3, .max_time = {}});
    EXPECT_TRUE(report.problems.empty());
    EXPECT_GT(report.packs_left, 0U);
    packs += report.packs;
    bytes += report.read_bytes;
  }
  EXPECT_EQ(packs, whole.packs);
  EXPECT_EQ(bytes, whole.read_bytes);
}

TEST_F(VaultFixture, ACheckWhoseTimeIsOverSaysWhatItDidNotRead) {
  take_snapshot();
  SilentObserver silent;
  const Vault vault = open_as(Role::identity);
  const CheckReport whole = check(vault, CheckDepth::decrypt, silent, {});
  const CheckReport report = check(vault, CheckDepth::decrypt, silent, {},
                                   {.part = 1, .parts = 1, .max_time = std::chrono::seconds(0)});
  EXPECT_EQ(report.packs, 0U);
  EXPECT_GE(report.packs_left, whole.packs);
  EXPECT_EQ(report.snapshots, 1U);
  EXPECT_TRUE(report.problems.empty());
}

TEST_F(VaultFixture, AnAttestationByAnIdentityIsSeenByAViewer) {
  const SnapshotRecord record = take_snapshot();
  const Vault vault = open_as(Role::identity);
  const auto key = vault.keyring().record_key(1, vault.self_id());
  append_to_chain(vault, ObjectType::record, [&](const ChainEnd& end) {
    Attestation attestation;
    attestation.link = {.generation = 1,
                        .vault = vault.id(),
                        .author = vault.self_id(),
                        .seq = end.next_seq(),
                        .previous = end.previous,
                        .trust_number = 1,
                        .trust_hash = vault.trust().hash,
                        .seen = {},
                        .started = clock_.now(),
                        .finished = clock_.now(),
                        .id = {}};
    attestation.snapshot = record.id();
    attestation.verdict = Verdict::proven;
    attestation.report = "{}";
    attestation.sources = {{.name = record.body->sources.at(0).name, .verdict = Verdict::proven}};
    return attestation.encode(vault.self().signing_key(), *key);
  });
  const History history = read_history(open_as(Role::viewer));
  const Proofs proofs = history.proofs_of(history.snapshots.at(0));
  EXPECT_EQ(proofs.verdict, Verdict::proven);
  EXPECT_EQ(proofs.proven_at, clock_.now());
}

}  // namespace
}  // namespace lifeboat::vault
