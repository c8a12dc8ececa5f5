#include "vault/lineage.h"

#include <algorithm>
#include <iterator>

namespace lifeboat::vault {
namespace {

constexpr const char* kOpenFork =
    "its place holds another record too, and no later record joins the two: one credential was "
    "used twice at once; the next record of its author joins them";

bool is_of(const LinkPlace& place, const ObjectHash& id) {
  return !place.mark || *place.mark == mark_of(id);
}

}  // namespace

std::optional<ObjectHash> Lineage::expected(const LinkPlace& place) const {
  for (const auto* ids : {&named_, &open_parents_}) {
    const auto at = std::ranges::find_if(*ids, [&](const auto& id) { return is_of(place, id); });
    if (at != ids->end()) return *at;
  }
  return std::nullopt;
}

std::optional<Lineage::Objection> Lineage::meet(const Link& link, std::size_t beside) {
  const bool named = named_.erase(link.id) + open_parents_.erase(link.id) > 0;
  named_now_.insert(link.previous);
  open_parents_.insert(link.parents.begin(), link.parents.end());
  std::optional<Objection> objection;
  if (at_head_) {
    if (beside > 0) objection = {kOpenFork, true};
  } else if (!named && beside > 0) {
    if (!ever_unknown_) objection = {kOpenFork, true};
  } else if (!named && !unknown_behind_) {
    objection = {"its successor names another record in its place", false};
    replaced_ = true;
  }
  if (link.seq == 1 && !link.previous.is_zero()) {
    const std::string before = objection ? objection->what + "; " : "";
    objection = {before + "it is the first, but names a predecessor", false};
  }
  return objection;
}

void Lineage::step() {
  if (!unknown_ && !unknown_behind_ && !replaced_) open_parents_.merge(named_);
  replaced_ = false;
  at_head_ = false;
  ever_unknown_ = ever_unknown_ || unknown_;
  unknown_behind_ = unknown_;
  unknown_ = false;
  named_ = std::move(named_now_);
  named_now_.clear();
}

std::vector<ObjectHash> Lineage::missing() const {
  std::vector<ObjectHash> missing;
  std::ranges::copy_if(open_parents_, std::back_inserter(missing),
                       [](const ObjectHash& id) { return !id.is_zero(); });
  return missing;
}

}  // namespace lifeboat::vault
