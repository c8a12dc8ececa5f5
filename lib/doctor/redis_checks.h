#ifndef LIFEBOAT_DOCTOR_REDIS_CHECKS_H_
#define LIFEBOAT_DOCTOR_REDIS_CHECKS_H_

#include <functional>
#include <string>
#include <vector>

#include "doctor/check.h"
#include "resp/address.h"

namespace lifeboat::doctor {

/// A Redis source as the configuration names it.
struct RedisReach {
  std::string name;  ///< "sessions"
  bool is_cache = false;
  /// Throws Error if the reference cannot be resolved. In mode pin no pin = none is known yet.
  std::function<resp::Url()> url;
};

/// One check of all of them: whether a snapshot could be taken now, and how good it would be. Says
/// engine, version, the TLS server's key and how to pin it, and what the server allows. A danger is
/// one that cannot be reached, is another one than the pinned or the certified, or is a cluster;
/// attention: a key that is not pinned yet or not looked at, a snapshot that would be fuzzy, a
/// replica, one that drops keys when it is full. Writes nothing to it.
[[nodiscard]] std::vector<Check> redis_checks(std::vector<RedisReach> sources);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_REDIS_CHECKS_H_
