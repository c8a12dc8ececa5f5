#ifndef LIFEBOAT_DOCTOR_EACH_SOURCE_H_
#define LIFEBOAT_DOCTOR_EACH_SOURCE_H_

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "doctor/check.h"

namespace lifeboat::doctor {

/// One finding on all sources: what was found of each, the worst level, and the hint of the worst.
/// A source that cannot be looked at is a danger. Throws Error(cancelled).
template <typename Source, typename Look>
Finding look_at_each(const std::vector<Source>& sources, const Look& look) {
  if (sources.empty()) return {Level::ok, "none is configured", ""};
  Finding all;
  for (const Source& source : sources) {
    Finding found;
    try {
      found = look(source);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::cancelled) throw;
      found = {Level::danger, source.name + ": " + error.message(), error.hint()};
    }
    all.what += (all.what.empty() ? "" : "; ") + found.what;
    if (all.hint.empty() || found.level > all.level) all.hint = found.hint;
    all.level = std::max(all.level, found.level);
  }
  return all;
}

}  // namespace lifeboat::doctor

#endif  // LIFEBOAT_DOCTOR_EACH_SOURCE_H_
