#include "redis/capture.h"

#include <numeric>

#include "redis/capture_run.h"
#include "redis/sync_capture.h"

namespace lifeboat::redis {

std::uint64_t Capture::keys() const {
  return std::accumulate(
      databases.begin(), databases.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& database) { return sum + database.second; });
}

std::string Capture::guarantee() const {
  if (exact) return path == CapturePath::replication ? "exact (replication)" : "exact (tracking)";
  const std::string count = unsettled
                                ? std::to_string(*unsettled) + (*unsettled == 1 ? " key" : " keys")
                                : "keys not counted";
  const auto tenths = (window.count() + 99) / 100;
  return "fuzzy (" + count + ", " + std::to_string(tenths / 10) + "." +
         std::to_string(tenths % 10) + " seconds)";
}

Capture capture(const CaptureRequest& request, RecordSink& sink, Observer& observer,
                std::stop_token stop) {
  const ServerFacts server = probe(request.url, stop);
  if (request.path == PathChoice::replication) {
    return capture_by_replication(request, server, sink, observer, stop);
  }
  std::string why;
  if (request.path == PathChoice::automatic) {
    why = reason_against_replication(server);
    if (why.empty()) {
      auto taken = try_replication(request, server, sink, observer, stop, why);
      if (taken) return std::move(*taken);
    }
  }
  Capture taken = CaptureRun(request, server, sink, observer, std::move(stop)).run();
  taken.path_reason = std::move(why);
  return taken;
}

}  // namespace lifeboat::redis
