#ifndef LIFEBOAT_CLI_REDIS_REPORT_H_
#define LIFEBOAT_CLI_REDIS_REPORT_H_

#include <string>

#include "cli/json.h"
#include "cli/paint.h"
#include "restore/redis_restore.h"

/// What a restore into Redis prints; fields in docs/json-output.md.
namespace lifeboat::cli {

[[nodiscard]] std::string redis_plan_text(const restore::RedisPlan& plan, const Paint& paint);
[[nodiscard]] Json redis_plan_json(const restore::RedisPlan& plan);
[[nodiscard]] std::string redis_restore_text(const restore::RedisReport& report,
                                             const Paint& paint);
[[nodiscard]] Json redis_restore_json(const restore::RedisReport& report);

}  // namespace lifeboat::cli

#endif  // LIFEBOAT_CLI_REDIS_REPORT_H_
