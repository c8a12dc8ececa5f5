#ifndef LIFEBOAT_DOCTOR_SOURCE_CHECKS_H_
#define LIFEBOAT_DOCTOR_SOURCE_CHECKS_H_

#include <functional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "doctor/check.h"

namespace lifeboat::doctor {

/// A Postgres source as the configuration names it.
struct SourceReach {
  std::string name;             ///< "shop-db"
  std::function<Secret()> url;  ///< throws Error if the reference cannot be resolved
  int jobs = 2;                 ///< connections that a snapshot would read with
};

/// One check of all of them: whether a snapshot could be taken now. Connects to each; a danger is
/// one that cannot be reached, is newer than any pg_dump here, stands behind a pooler in
/// transaction mode, or has tables that the role may not read; attention is a lack of free
/// connections. Only reads catalogues.
[[nodiscard]] std::vector<Check> source_checks(std::vector<SourceReach> sources);

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_SOURCE_CHECKS_H_
