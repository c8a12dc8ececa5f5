#include "vault/lock_length.h"

#include "base/units.h"

namespace lifeboat::vault {
namespace {

std::string words(std::chrono::seconds time) {
  return human_duration(std::chrono::duration_cast<std::chrono::milliseconds>(time));
}

}  // namespace

std::optional<std::string> lock_objection(std::chrono::seconds lock, const Trust& trust,
                                          std::optional<std::chrono::seconds> kept) {
  const std::string locked = "the lock ends after " + words(lock);
  if (lock < trust.floor_age) {
    return locked + ", but the vault's floor keeps snapshots for " + words(trust.floor_age);
  }
  if (!kept) return std::nullopt;
  if (lock < *kept) return locked + ", but [keep] keeps everything for " + words(*kept);
  const std::chrono::seconds sweepable = *kept + 2 * trust.max_run + std::chrono::hours(24);
  if (lock <= sweepable) return std::nullopt;
  return locked + ", but [keep] lets a sweep delete after " + words(sweepable) +
         ": the store would refuse it";
}

}  // namespace lifeboat::vault
