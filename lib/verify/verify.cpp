#include "verify/verify.h"

#include <algorithm>

#include "base/error.h"
#include "bridge/postgres_streams.h"
#include "bridge/redis_streams.h"
#include "vault/append_record.h"
#include "vault/snapshot_reader.h"
#include "vault/witness.h"
#include "verify/postgres_proof.h"
#include "verify/redis_proof.h"
#include "verify/report_json.h"

namespace lifeboat::verify {
namespace {

/// The places of the sources that are to be proven.
std::vector<std::uint16_t> places_of(const vault::SnapshotBody& body,
                                     const std::optional<std::string>& name) {
  std::vector<std::uint16_t> places;
  for (std::size_t i = 0; i < body.sources.size(); ++i) {
    const vault::SourceSummary& source = body.sources[i];
    if (name && source.name != *name) continue;
    if (source.holds_data()) {
      places.push_back(static_cast<std::uint16_t>(i));
    } else if (name) {
      throw Error(ErrorKind::usage,
                  "of source " + *name + " the snapshot holds no data: there is nothing to prove");
    }
  }
  if (!places.empty()) return places;
  throw Error(ErrorKind::not_found, name ? "the snapshot holds no source " + *name
                                         : std::string("the snapshot holds no data to prove"));
}

/// Proves one source after the other. One that no verdict could be reached on is told, if another
/// one has a verdict.
class Run {
 public:
  Run(const vault::SnapshotReader& reader, const Request& request, Observer& observer,
      std::stop_token stop)
      : reader_(reader), request_(request), observer_(observer), stop_(std::move(stop)) {}

  Report prove(const std::vector<std::uint16_t>& places) {
    for (const std::uint16_t place : places) {
      try {
        prove_one(place);
      } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled || places.size() == 1) throw;
        if (!first_failure_) first_failure_ = std::current_exception();
        const std::string& name = reader_.body().sources.at(place).name;
        report_.failures.push_back({name, error.kind(), error.message(), error.hint()});
        observer_.warned(name + ": " + error.message());
      }
    }
    if (report_.postgres.empty() && report_.redis.empty()) std::rethrow_exception(first_failure_);
    return std::move(report_);
  }

 private:
  void prove_one(std::uint16_t place) {
    const std::string& kind = reader_.body().sources.at(place).kind;
    if (kind == bridge::kRedisKind) {
      report_.redis.push_back(prove_redis(reader_, place, request_, observer_, stop_));
    } else if (kind == bridge::kPostgresKind) {
      report_.postgres.push_back(prove_postgres(reader_, place, request_, observer_, stop_));
    } else {
      throw Error(ErrorKind::usage,
                  "sources of kind " + kind + " cannot be proven by this version");
    }
  }

  const vault::SnapshotReader& reader_;
  const Request& request_;
  Observer& observer_;
  std::stop_token stop_;
  Report report_;
  std::exception_ptr first_failure_;
};

std::vector<vault::SourceVerdict> verdicts_of(const Report& report) {
  std::vector<vault::SourceVerdict> verdicts;
  for (const PostgresProof& proof : report.postgres) {
    verdicts.push_back({.name = proof.source,
                        .verdict = proof.verdict,
                        .tables = proof.tables.size(),
                        .rows = proof.rows()});
  }
  for (const RedisProof& proof : report.redis) {
    verdicts.push_back(
        {.name = proof.source, .verdict = proof.verdict, .tables = 0, .rows = proof.compared.keys});
  }
  return verdicts;
}

/// Writes the verdict into the vault, signed, behind the author's last record.
void attest(const vault::Vault& vault, Report& report, Instant started) {
  const vault::Link link = vault::append_record(
      vault, started, report.finished, [&](vault::Link& place, const seal::SecretKey& record_key) {
        vault::Attestation attestation;
        attestation.link = place;
        attestation.snapshot = report.snapshot;
        attestation.verdict = report.verdict;
        attestation.report = to_json(report);
        attestation.sources = verdicts_of(report);
        Bytes stored = attestation.encode(vault.self().signing_key(), record_key);
        place = attestation.link;
        return stored;
      });
  report.attestation = link.id;
  report.heads = vault::heads_after(vault::ObjectType::record, link);
}

}  // namespace

bool Report::snapshot_lacks_anything() const {
  const auto lacks = [](const SourceProof& proof) {
    return std::ranges::any_of(
        proof.not_carried, [](const NotCarried& item) { return item.severity == Severity::loss; });
  };
  return std::ranges::any_of(postgres, lacks) || std::ranges::any_of(redis, lacks);
}

Report verify(const vault::Vault& vault, const vault::SnapshotRecord& record,
              const Request& request, const Clock& clock, Observer& observer,
              std::stop_token stop) {
  const Instant started = clock.now();
  const vault::SnapshotReader reader(vault, record);
  const std::vector<std::uint16_t> places = places_of(reader.body(), request.source);
  reader.require_packs();
  Report report = Run(reader, request, observer, std::move(stop)).prove(places);
  report.snapshot = record.id();
  const bool proven = std::ranges::all_of(verdicts_of(report), [](const auto& source) {
    return source.verdict == vault::Verdict::proven;
  });
  report.verdict =
      proven && report.failures.empty() ? vault::Verdict::proven : vault::Verdict::not_proven;
  report.finished = clock.now();
  attest(vault, report, started);
  return report;
}

}  // namespace lifeboat::verify
