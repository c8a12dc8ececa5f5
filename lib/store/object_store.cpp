#include "store/object_store.h"

#include "base/error.h"

namespace lifeboat::store {
namespace {

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_segment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  for (const char c : segment) {
    if (!allowed(c)) return false;
  }
  return true;
}

bool is_key(std::string_view name) {
  for (;;) {
    const auto slash = name.find('/');
    if (!is_segment(name.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

ObjectKey::ObjectKey(std::string name) : name_(std::move(name)) {
  if (!is_key(name_)) throw Error(ErrorKind::internal, "not an object's name: '" + name_ + "'");
}

}  // namespace lifeboat::store
