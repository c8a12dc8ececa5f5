#include "verify/redis_proof.h"

#include <algorithm>

#include "bridge/redis_record_source.h"
#include "redis/load.h"
#include "redis/scratch.h"

namespace lifeboat::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Far more than any proof takes, and than any snapshot is old.
constexpr milliseconds kExpiryDelay = std::chrono::hours(24 * 365 * 100);

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

/// How many a server must have to hold them.
std::uint32_t databases_of(const redis::CapturedServer& server) {
  constexpr std::uint32_t kUsual = 16;
  const auto last = std::ranges::max_element(server.databases);
  return last == server.databases.end() ? kUsual : std::max(kUsual, *last + 1);
}

void restore(const Secret& url, bridge::RedisRecordSource& source, RedisProof& proof,
             Observer& observer, const std::stop_token& stop) {
  const auto started = steady_clock::now();
  redis::LoadRequest request;
  request.url = url;
  request.expiry_delay = kExpiryDelay;
  request.source_run_id = source.server().run_id;
  request.rdb_version = source.server().rdb_version;
  request.databases = source.server().databases;
  const redis::LoadReport loaded = redis::load(request, source, source.functions(), observer, stop);
  for (const NotCarried& item : loaded.not_restored) {
    proof.findings.push_back({item.object + " was not restored: " + item.reason, item.severity});
  }
  proof.refused = loaded.refused;
  proof.evicted = loaded.evicted;
  proof.restore_took = since(started);
}

void compare(const Secret& url, bridge::RedisRecordSource& source, RedisProof& proof,
             Observer& observer, const std::stop_token& stop) {
  const auto started = steady_clock::now();
  redis::CompareRequest request;
  request.url = url;
  request.expiry_delay = kExpiryDelay;
  proof.compared = redis::compare(request, source, source.functions(), observer, stop);
  proof.compare_took = since(started);
}

vault::Verdict verdict_of(const RedisProof& proof) {
  const bool proven =
      proof.compared.proven() && proof.refused == 0 && proof.evicted == 0 && proof.findings.empty();
  return proven ? vault::Verdict::proven : vault::Verdict::not_proven;
}

}  // namespace

RedisProof prove_redis(const vault::SnapshotReader& reader, std::uint16_t place,
                       const Request& request, Observer& observer, std::stop_token stop) {
  bridge::RedisRecordSource source(reader, place);
  const vault::SourceSummary& summary = reader.body().sources.at(place);
  RedisProof proof;
  proof.source = summary.name;
  proof.guarantee = summary.guarantee;
  proof.not_carried = summary.not_carried;
  observer.phase("scratch");
  const auto scratch = redis::start_scratch({.parent = request.scratch_dir,
                                             .engine = source.server().engine,
                                             .databases = databases_of(source.server()),
                                             .expected_bytes = source.total_bytes()},
                                            observer, stop);
  proof.scratch = scratch->describe();
  const auto tell = [&](Moment::What what) {
    if (request.at_moment) request.at_moment({what, summary.name, summary.kind, scratch->url()});
  };
  tell(Moment::What::scratch);
  restore(scratch->url(), source, proof, observer, stop);
  tell(Moment::What::restored);
  if (request.before_comparison) request.before_comparison(scratch->url());
  compare(scratch->url(), source, proof, observer, stop);
  tell(Moment::What::compared);
  scratch->close();
  proof.verdict = verdict_of(proof);
  return proof;
}

}  // namespace lifeboat::verify
