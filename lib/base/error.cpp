#include "base/error.h"

#include <utility>

namespace lifeboat {

std::string_view name_of(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::busy:
      return "busy";
    case ErrorKind::denied:
      return "denied";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::stale:
      return "stale";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

Error::Error(ErrorKind kind, std::string message, std::string hint)
    : kind_(kind), message_(std::move(message)), hint_(std::move(hint)) {}

Error& Error::add_context(std::string_view doing) {
  message_.insert(0, ": ");
  message_.insert(0, doing);
  return *this;
}

Error& Error::add_hint(std::string_view hint) {
  if (hint_.empty()) hint_ = hint;
  return *this;
}

Error& Error::add_kept(std::string_view kept) {
  if (kept_.empty()) kept_ = kept;
  return *this;
}

}  // namespace lifeboat
