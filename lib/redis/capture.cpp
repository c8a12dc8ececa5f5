#include "redis/capture.h"

#include <numeric>

#include "redis/capture_run.h"

namespace lifeboat::redis {

std::uint64_t Capture::keys() const {
  return std::accumulate(
      databases.begin(), databases.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& database) { return sum + database.second; });
}

Capture capture(const CaptureRequest& request, RecordSink& sink, Observer& observer,
                std::stop_token stop) {
  return CaptureRun(request, sink, observer, std::move(stop)).run();
}

}  // namespace lifeboat::redis
