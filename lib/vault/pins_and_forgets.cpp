#include "vault/pins_and_forgets.h"

#include <algorithm>

#include "base/error.h"
#include "vault/object_names.h"

namespace lifeboat::vault {
namespace {

struct Said {
  const Link* link;
  PinBody body;
};

/// Whether the author of `later` had seen `earlier` when he wrote.
bool knew(const Link& later, const Link& earlier) {
  if (later.author == earlier.author) return later.seq > earlier.seq;
  return std::ranges::any_of(later.seen, [&](const SeenHead& head) {
    return head.type == ObjectType::record && head.author == earlier.author &&
           head.seq >= earlier.seq;
  });
}

/// Whether one of the releases was made by somebody who knew of the pin.
bool is_released(const Said& pin, const std::vector<Said>& releases) {
  return std::ranges::any_of(releases,
                             [&](const Said& release) { return knew(*release.link, *pin.link); });
}

/// All that was said of keeping one snapshot.
struct Sayings {
  std::vector<Said> pins;
  std::vector<Said> releases;

  /// The newest pin that stands, or nothing.
  [[nodiscard]] const Said* standing() const {
    const auto at =
        std::ranges::find_if(pins, [&](const Said& pin) { return !is_released(pin, releases); });
    return at == pins.end() ? nullptr : &*at;
  }

  /// Whether every pin had been released before `forget`, to its author's knowledge.
  [[nodiscard]] bool let(const Link& forget) const {
    return std::ranges::all_of(pins, [&](const Said& pin) {
      return std::ranges::any_of(releases, [&](const Said& release) {
        return knew(*release.link, *pin.link) && knew(forget, *release.link);
      });
    });
  }
};

std::map<SnapshotId, Sayings> read_pins(const History& history, std::vector<Problem>& problems) {
  std::map<SnapshotId, Sayings> sayings;
  for (const OtherRecord& record : history.others) {
    if (record.kind != RecordKind::pin) continue;
    try {
      Said said{&record.link, decode_pin(record.body)};
      Sayings& of = sayings[said.body.snapshot];
      (said.body.release ? of.releases : of.pins).push_back(std::move(said));
    } catch (const Error& error) {
      problems.push_back(
          {error.kind(),
           names::link(ObjectType::record, record.link.author, record.link.seq).name(),
           error.message()});
    }
  }
  return sayings;
}

}  // namespace

PinsAndForgets pins_and_forgets(const History& history) {
  PinsAndForgets result;
  const auto sayings = read_pins(history, result.problems);
  for (const auto& [snapshot, said] : sayings) {
    const Said* const pin = said.standing();
    if (pin == nullptr) continue;
    result.pinned.insert_or_assign(snapshot,
                                   Pin{pin->body.reason, pin->link->author, pin->link->finished});
  }
  for (const OtherRecord& record : history.others) {
    if (record.kind != RecordKind::forget) continue;
    try {
      const ForgetBody body = decode_forget(record.body);
      for (const ForgetBody::Entry& entry : body.snapshots) {
        const auto said = sayings.find(entry.snapshot);
        if (said != sayings.end() && !said->second.let(record.link)) continue;
        const Forgotten forgotten{body.store_time, entry.rule, record.link.author, record.link.id};
        const auto [at, first] = result.forgotten.emplace(entry.snapshot, forgotten);
        if (!first && body.store_time < at->second.since) at->second = forgotten;
      }
    } catch (const Error& error) {
      result.problems.push_back(
          {error.kind(),
           names::link(ObjectType::record, record.link.author, record.link.seq).name(),
           error.message()});
    }
  }
  return result;
}

std::size_t leave_out_forgotten(History& history, const PinsAndForgets& pins) {
  return std::erase_if(history.snapshots, [&](const SnapshotRecord& snapshot) {
    return pins.is_forgotten(snapshot.id());
  });
}

}  // namespace lifeboat::vault
