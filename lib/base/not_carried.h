#ifndef LIFEBOAT_BASE_NOT_CARRIED_H_
#define LIFEBOAT_BASE_NOT_CARRIED_H_

#include <string>

namespace lifeboat {

/// Whether the absence of an object is the user's loss (exit 3) or harmless (told, exit 0).
enum class Severity { harmless, loss };

/// One thing that could not be captured or restored: never a silent omission.
struct NotCarried {
  std::string object;  ///< "foreign table public.legacy_fx"
  std::string reason;  ///< "rows live on another server"
  Severity severity = Severity::loss;

  friend bool operator==(const NotCarried&, const NotCarried&) = default;
};

}  // namespace lifeboat

#endif  // LIFEBOAT_BASE_NOT_CARRIED_H_
