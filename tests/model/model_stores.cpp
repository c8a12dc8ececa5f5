#include "model/model_stores.h"

#include <vector>

#include "base/error.h"

namespace lifeboat::model {

using store::ObjectInfo;
using store::ObjectKey;
using store::PutResult;

PutResult ClockedStore::put(const ObjectKey& key, ByteView bytes) {
  const PutResult result = below_.put(key, bytes);
  const std::lock_guard lock(mutex_);
  if (result == PutResult::created) stored_at_.insert_or_assign(key.name(), clock_.now());
  return result;
}

ObjectInfo ClockedStore::with_time(ObjectInfo info) {
  const std::lock_guard lock(mutex_);
  info.stored_at = stored_at_.at(info.key.name());
  return info;
}

std::optional<ObjectInfo> ClockedStore::find(const ObjectKey& key) {
  auto info = below_.find(key);
  if (info) info = with_time(std::move(*info));
  return info;
}

void ClockedStore::list(std::string_view prefix, std::string_view after,
                        const std::function<bool(const ObjectInfo&)>& visit) {
  below_.list(prefix, after, [&](const ObjectInfo& info) { return visit(with_time(info)); });
}

template <typename Step>
auto TurnStore::take(const std::string& name, Step&& step) {
  const Fate fate = actor_.await();
  auto result = step();
  if (fate == Fate::dies_after) actor_.die();
  if (fate == Fate::answer_lost) {
    throw Error(ErrorKind::unavailable, name + ": the answer was lost");
  }
  return result;
}

PutResult TurnStore::put(const ObjectKey& key, ByteView bytes) {
  const Fate fate = actor_.await();
  const PutResult result = below_.put(key, bytes);
  switch (fate) {
    case Fate::dies_after:
      actor_.die();
    case Fate::answer_lost:
      throw Error(ErrorKind::unavailable, key.name() + ": the answer was lost");
    case Fate::told_twice:
      return below_.put(key, bytes);
    case Fate::done:
    case Fate::dies_before:
      break;
  }
  return result;
}

std::optional<Bytes> TurnStore::get(const ObjectKey& key, std::uint64_t limit_bytes) {
  return take(key.name(), [&] { return below_.get(key, limit_bytes); });
}

std::optional<Bytes> TurnStore::get_range(const ObjectKey& key, std::uint64_t offset,
                                          std::uint64_t count) {
  return take(key.name(), [&] { return below_.get_range(key, offset, count); });
}

std::optional<ObjectInfo> TurnStore::find(const ObjectKey& key) {
  return take(key.name(), [&] { return below_.find(key); });
}

void TurnStore::list(std::string_view prefix, std::string_view after,
                     const std::function<bool(const ObjectInfo&)>& visit) {
  // The listing is the step; what is done with it may be steps of their own.
  const auto listed = take(std::string(prefix), [&] {
    std::vector<ObjectInfo> infos;
    below_.list(prefix, after, [&](const ObjectInfo& info) {
      infos.push_back(info);
      return true;
    });
    return infos;
  });
  for (const ObjectInfo& info : listed) {
    if (!visit(info)) return;
  }
}

void TurnStore::remove(const ObjectKey& key) {
  take(key.name(), [&] {
    below_.remove(key);
    return true;
  });
}

}  // namespace lifeboat::model
