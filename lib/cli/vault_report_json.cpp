#include "cli/vault_report.h"

namespace lifeboat::cli {
namespace {

/// A JSON text as its author stored it. One that is none stays a text: a writer gone bad must not
/// keep the operator from seeing the rest.
Json stored_document(const std::string& text) {
  if (text.empty()) return {};
  Json document = Json::parse(text, nullptr, false);
  return document.is_discarded() ? Json(text) : document;
}

Json void_json(const std::vector<vault::VoidRecords>& records) {
  Json list = Json::array();
  for (const auto& item : records) {
    list.push_back({{"key", item.author.hex()},
                    {"name", item.name},
                    {"role", vault::name_of(item.role)},
                    {"records", item.records}});
  }
  return list;
}

Json missed_json(const std::vector<vault::MissedMark>& missed) {
  Json list = Json::array();
  for (const auto& item : missed) list.push_back(item.id.hex());
  return list;
}

Json source_json(const vault::SourceSummary& source, const std::string& inventory) {
  Json not_carried = Json::array();
  for (const NotCarried& item : source.not_carried) not_carried.push_back(to_json(item));
  return {{"name", source.name},
          {"kind", source.kind},
          {"version", source.version},
          {"guarantee", source.guarantee},
          {"at", to_json(source.at)},
          {"tables", source.tables},
          {"rows", source.rows},
          {"read_bytes", source.read_bytes},
          {"identity", stored_document(source.identity)},
          {"inventory", stored_document(inventory)},
          {"not_carried", not_carried}};
}

/// Fields that `ls` and `show` share.
Json summary_json(const vault::SnapshotRecord& snapshot, const vault::History& history) {
  const vault::Proofs proofs = history.proofs_of(snapshot);
  Json names = nullptr;
  Json read_bytes = nullptr;
  Json stored_bytes = nullptr;
  Json tags = nullptr;
  Json time = to_json(snapshot.link.finished);
  if (const auto& body = snapshot.body) {
    names = Json::array();
    std::uint64_t total = 0;
    for (const auto& source : body->sources) {
      names.push_back(source.name);
      total += source.read_bytes;
    }
    if (!body->sources.empty()) time = to_json(body->sources.front().at);
    read_bytes = total;
    stored_bytes = body->stored_bytes;
    tags = body->tags;
  }
  return {{"id", snapshot.id().hex()},
          {"time", time},
          {"sources", names},
          {"read_bytes", read_bytes},
          {"stored_bytes", stored_bytes},
          {"proven_at", proofs.proven_at ? to_json(*proofs.proven_at) : Json()},
          {"verdict", proofs.verdict ? Json(vault::name_of(*proofs.verdict)) : Json()},
          {"unproven", proofs.unproven},
          {"provable", snapshot.body ? Json(!holds_only_inventories(snapshot)) : Json()},
          {"complete", snapshot.complete},
          {"writer", snapshot.link.author.hex()},
          {"seq", snapshot.link.seq},
          {"tags", tags}};
}

/// Why it is pinned, and since when it is forgotten.
void add_keeping(Json& snapshot, const vault::SnapshotId& id, const vault::PinsAndForgets& pins) {
  const auto pin = pins.pinned.find(id);
  const auto forgotten = pins.forgotten.find(id);
  snapshot["pinned"] = pin == pins.pinned.end() ? Json() : Json(pin->second.reason);
  snapshot["forgotten_at"] =
      forgotten == pins.forgotten.end() ? Json() : to_json(forgotten->second.since);
}

}  // namespace

Json created_vault_json(const CreatedVault& created) {
  Json keys = Json::object();
  for (std::size_t i = 0; i < created.key_files.size(); ++i) {
    keys[std::string(vault::name_of(created.capabilities[i].role))] = created.key_files[i].string();
  }
  return {{"vault", created.url},
          {"id", created.id.hex()},
          {"protection", name_of(created.protection)},
          {"naming", created.hashed_names ? "hashed" : "conditional"},
          {"keys", keys}};
}

Json snapshots_json(const vault::History& history, const Freshness& freshness,
                    const Keeping& keeping) {
  Json snapshots = Json::array();
  for (const auto& snapshot : history.snapshots) {
    Json one = summary_json(snapshot, history);
    add_keeping(one, snapshot.id(), keeping.pins);
    snapshots.push_back(std::move(one));
  }
  return {{"snapshots", snapshots},
          {"forgotten", keeping.forgotten},
          {"sweep_from", keeping.sweep_from ? to_json(*keeping.sweep_from) : Json()},
          {"heads", heads_json(history.heads)},
          {"freshness", name_of(freshness)},
          {"void", void_json(history.void_records)},
          {"missed_marks", missed_json(history.missed_marks)},
          {"problems", problems_json(history.problems)}};
}

Json snapshot_details_json(const vault::SnapshotRecord& snapshot, const vault::History& history,
                           const Inventories& inventories) {
  Json document = summary_json(snapshot, history);
  add_keeping(document, snapshot.id(), vault::pins_and_forgets(history));
  document["started"] = to_json(snapshot.link.started);
  document["finished"] = to_json(snapshot.link.finished);
  document["previous"] =
      snapshot.link.previous.is_zero() ? Json() : Json(snapshot.link.previous.hex());
  document["sources"] = nullptr;
  if (snapshot.body) {
    Json sources = Json::array();
    for (std::size_t i = 0; i < snapshot.body->sources.size(); ++i) {
      const auto found = inventories.find(i);
      sources.push_back(
          source_json(snapshot.body->sources[i], found == inventories.end() ? "" : found->second));
    }
    document["sources"] = sources;
  }
  Json attestations = Json::array();
  for (const auto& attestation : history.attestations) {
    if (attestation.snapshot != snapshot.id()) continue;
    attestations.push_back({{"id", attestation.link.id.hex()},
                            {"at", to_json(attestation.link.finished)},
                            {"verdict", vault::name_of(attestation.verdict)},
                            {"report", stored_document(attestation.report)}});
  }
  document["attestations"] = attestations;
  return document;
}

Json check_json(const vault::CheckReport& report, bool recorded, const Freshness& freshness) {
  Json never_read;
  Json oldest;
  if (report.age) never_read = report.age->never;
  if (report.age && report.age->oldest) oldest = to_json(*report.age->oldest);
  return {{"verdict", report.problems.empty() ? "clean" : "damaged"},
          {"depth", vault::name_of(report.depth)},
          {"objects", report.objects},
          {"snapshots", report.snapshots},
          {"packs", report.packs},
          {"packs_left", report.packs_left},
          {"packs_recent", report.packs_recent},
          {"packs_never_read", never_read},
          {"oldest_read_at", oldest},
          {"recorded", recorded},
          {"blobs", report.blobs},
          {"read_bytes", report.read_bytes},
          {"unreferenced", report.unreferenced},
          {"leftovers", report.leftovers},
          {"not_checked", report.not_checked},
          {"heads", heads_json(report.heads)},
          {"freshness", name_of(freshness)},
          {"void", void_json(report.void_records)},
          {"missed_marks", missed_json(report.missed_marks)},
          {"problems", problems_json(report.problems)}};
}

Json rewrap_json(const vault::RewrapReport& report) {
  Json identities = Json::array();
  for (const auto& reader : report.readers) {
    identities.push_back({{"name", reader.name}, {"key", reader.id.hex()}});
  }
  return {{"sessions", report.sessions},
          {"sealed_again", report.sealed_again},
          {"identities", identities},
          {"problems", problems_json(report.problems)}};
}

Json problems_json(const std::vector<vault::Problem>& problems) {
  Json list = Json::array();
  for (const auto& problem : problems) {
    list.push_back({{"kind", lifeboat::name_of(problem.kind)},
                    {"object", problem.object},
                    {"what", problem.what}});
  }
  return list;
}

}  // namespace lifeboat::cli
