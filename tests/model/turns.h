#ifndef LIFEBOAT_TESTS_MODEL_TURNS_H_
#define LIFEBOAT_TESTS_MODEL_TURNS_H_

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::model {

/// What becomes of the step that an actor is about to take.
enum class Fate {
  done,         ///< as it should
  dies_before,  ///< the process ends, and nothing of the step was done
  dies_after,   ///< the process ends, and the step was done
  answer_lost,  ///< the step was done, the actor is told that it failed
  told_twice,   ///< a put was done, its answer lost, and it is tried again: the name is taken
};

/// Lets several threads of work take turns, one step of one of them at a time, in an order that the
/// caller chooses. Where one actor has several threads at the store, which of them takes its step
/// is left to chance. A step is a call of an ObjectStore. All of it is called by one thread, but
/// for Actor::await().
class Turns {
 public:
  class Actor {
   public:
    explicit Actor(std::string name) : name_(std::move(name)) {}
    /// Waits for its turn. Throws Error(cancelled) if the actor is dead, or about to die.
    Fate await();
    /// After a step whose fate is to be the last.
    [[noreturn]] void die();
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

   private:
    friend class Turns;
    const std::string name_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool has_turn_ = false;
    Fate fate_ = Fate::done;
    bool dead_ = false;
    bool ended_ = false;
    std::thread thread_;
  };

  Turns() = default;
  /// Kills whoever is still at work.
  ~Turns();
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  /// Runs `work` on a thread of its own up to its first step. What it throws is lost: it must tell
  /// its outcome itself.
  void start(std::string name, std::function<void(Actor&)> work);
  /// How many are at work; each waits for a turn.
  [[nodiscard]] std::size_t size() const noexcept { return actors_.size(); }
  [[nodiscard]] const std::string& name_of(std::size_t actor) const {
    return actors_[actor]->name();
  }
  /// Lets that one take a step, and returns when it waits for the next or has ended.
  void step(std::size_t actor, Fate fate);

 private:
  static void give_turn(Actor& actor, Fate fate);
  static void wait_until_still(Actor& actor);

  std::vector<std::unique_ptr<Actor>> actors_;
};

}  // namespace lifeboat::model

#endif  // LIFEBOAT_TESTS_MODEL_TURNS_H_
