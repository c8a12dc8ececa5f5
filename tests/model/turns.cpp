#include "model/turns.h"

#include "base/error.h"

namespace lifeboat::model {

Fate Turns::Actor::await() {
  std::unique_lock lock(mutex_);
  if (dead_) throw Error(ErrorKind::cancelled, "killed");
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return has_turn_ || dead_; });
  --waiting_;
  has_turn_ = false;
  if (dead_) throw Error(ErrorKind::cancelled, "killed");
  if (fate_ == Fate::dies_before) {
    dead_ = true;
    changed_.notify_all();
    throw Error(ErrorKind::cancelled, "killed");
  }
  return fate_;
}

void Turns::Actor::die() {
  {
    const std::lock_guard lock(mutex_);
    dead_ = true;
    changed_.notify_all();
  }
  throw Error(ErrorKind::cancelled, "killed");
}

Turns::~Turns() {
  for (const auto& actor : actors_) {
    {
      const std::lock_guard lock(actor->mutex_);
      actor->dead_ = true;
      actor->changed_.notify_all();
    }
    actor->thread_.join();
  }
}

void Turns::start(std::string name, std::function<void(Actor&)> work) {
  auto actor = std::make_unique<Actor>(std::move(name));
  actor->thread_ = std::thread([actor = actor.get(), work = std::move(work)] {
    try {
      work(*actor);
    } catch (const std::exception&) {
      // The work has told its outcome, or was killed.
    }
    const std::lock_guard lock(actor->mutex_);
    actor->ended_ = true;
    actor->changed_.notify_all();
  });
  wait_until_still(*actor);
  if (actor->ended_) {
    actor->thread_.join();
    return;
  }
  actors_.push_back(std::move(actor));
}

void Turns::step(std::size_t index, Fate fate) {
  Actor& actor = *actors_.at(index);
  give_turn(actor, fate);
  wait_until_still(actor);
  const bool ended = [&] {
    const std::lock_guard lock(actor.mutex_);
    return actor.ended_;
  }();
  if (!ended) return;
  actor.thread_.join();
  actors_.erase(actors_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Turns::give_turn(Actor& actor, Fate fate) {
  const std::lock_guard lock(actor.mutex_);
  actor.has_turn_ = true;
  actor.fate_ = fate;
  actor.changed_.notify_all();
}

void Turns::wait_until_still(Actor& actor) {
  std::unique_lock lock(actor.mutex_);
  actor.changed_.wait(lock,
                      [&] { return actor.ended_ || (actor.waiting_ > 0 && !actor.has_turn_); });
}

}  // namespace lifeboat::model
