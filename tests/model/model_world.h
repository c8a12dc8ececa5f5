#ifndef LIFEBOAT_TESTS_MODEL_MODEL_WORLD_H_
#define LIFEBOAT_TESTS_MODEL_MODEL_WORLD_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/model_stores.h"
#include "model/turns.h"
#include "vault/capability.h"
#include "vault/history.h"
#include "vault/vault.h"

namespace lifeboat::model {

enum class Naming { conditional, hashed };

/// What happened in a run, for the line that a test prints.
struct Counts {
  std::uint64_t steps = 0;
  std::uint64_t looks = 0;      ///< at the whole vault, by the oracle
  std::uint64_t begun = 0;      ///< snapshots
  std::uint64_t committed = 0;  ///< whose writer was told so
  std::uint64_t killed = 0;     ///< actors
  std::uint64_t lost = 0;       ///< answers
  std::uint64_t races = 0;      ///< snapshots begun while the same credential was at work
  std::uint64_t forgotten = 0;  ///< snapshots
  std::uint64_t marks = 0;
  std::uint64_t sweeps = 0;
  std::uint64_t forks = 0;     ///< times that a chain had an open fork before a sweep
  std::uint64_t swept = 0;     ///< snapshots that are gone
  std::uint64_t restored = 0;  ///< by the oracle, compared byte by byte
};

/// A vault, everybody who works on it at once, and an oracle who knows what they stored.
///
/// Two writers, each of whose credentials may be at work several times at once, take snapshots of
/// tables that go back to what they held before; somebody pins, proves, forgets; a pruner marks and
/// sweeps. Processes die before and after any call of the store, answers are lost, and the clock
/// jumps. What happens is drawn from the seed; but a snapshot's own threads reach the store in an
/// order that nobody draws, so a seed need not tell the same story twice.
///
/// In naming mode hashed runs of one credential fork its chain. Nobody else is at work while a
/// pruner marks or sweeps, as docs/format/vault.md §17.6 wants, and before it every author joins
/// what forked.
class ModelWorld {
 public:
  /// `below` is empty and must outlive this.
  ModelWorld(store::ObjectStore& below, std::uint64_t seed, Naming naming = Naming::conditional);

  /// Takes so many steps; the oracle looks after every `look_every` of them. Then everybody ends
  /// their work, what can be is forgotten and swept, and the oracle looks once more.
  void run(std::uint64_t steps, std::uint64_t look_every);

  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  using Tables = std::map<std::string, std::string>;  // name → text

  void step(std::size_t actor, std::uint64_t look_every);
  void begin_something();
  void begin_snapshot(std::size_t which);
  void begin_keeping();
  void begin_pinning(vault::Role role, bool keep);
  void begin_proving();
  void begin_forgetting();
  void begin_sweeping();
  void let_all_end();
  void join_forks();
  [[nodiscard]] Fate next_fate();
  void look();
  void finish();

  void take_snapshot(Turns::Actor& actor, const vault::Capability& writer, const std::string& tag,
                     const Tables& tables);
  void prove(Turns::Actor& actor, const vault::SnapshotId& id);
  void forget(Turns::Actor& actor, unsigned last);
  void sweep(Turns::Actor& actor);

  [[nodiscard]] std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] bool chance(std::uint64_t in_a_thousand) { return pick(1000) < in_a_thousand; }
  [[nodiscard]] Tables next_tables(const std::string& writer);
  [[nodiscard]] vault::Vault open(store::ObjectStore& store, vault::Role role) const {
    return {store, capabilities_.at(role)};
  }
  [[nodiscard]] std::vector<vault::SnapshotId> snapshot_ids();
  void expect_restorable(const vault::Vault& vault, const vault::SnapshotRecord& snapshot);
  void add_second_writer();

  Naming naming_;
  bool finishing_ = false;  ///< nobody dies any more
  bool steady_ = false;     ///< nobody dies for the moment
  FakeClock clock_;
  ClockedStore store_;
  std::mt19937_64 random_;
  std::map<vault::Role, vault::Capability> capabilities_;
  std::vector<vault::Capability> writers_;
  std::map<std::string, Tables> attempted_;            // by tag
  std::map<std::string, vault::SnapshotId> reported_;  // tags whose writer was told of a commit
  std::set<vault::SnapshotId> gone_;                   // swept, as the oracle saw
  std::set<std::pair<vault::KeyId, std::uint64_t>> forked_;               // as the oracle saw
  std::map<std::string, std::map<std::string, std::uint64_t>> versions_;  // writer → table
  Counts counts_;
  // Last: its actors use the rest, and end before it.
  Turns turns_;
};

}  // namespace lifeboat::model

#endif  // LIFEBOAT_TESTS_MODEL_MODEL_WORLD_H_
