#ifndef LIFEBOAT_TESTS_TAMPER_SCENE_H_
#define LIFEBOAT_TESTS_TAMPER_SCENE_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/memory_store.h"
#include "vault/new_vault.h"
#include "vault/snapshot_record.h"
#include "vault/vault.h"

namespace lifeboat::tamper {

/// All that a store holds, by name.
using Objects = std::map<std::string, Bytes>;

/// A snapshot that was taken, and what must come out of it.
struct Taken {
  vault::SnapshotRecord record;
  std::map<std::string, std::string> text;  ///< by stream name
};

/// An honest vault to tamper with: three trust records, two generations, three writers, two
/// identities. The writer's chain is shop 1 and 2 in generation 1, shop 3 in generation 2; the
/// staging writer's is staging 1 and 2. The identity attested shop 1 as proven and shop 2 as not.
/// The archive writer's chain is six snapshots, between shop 1 and 2: the operator pinned the
/// first; the second is swept, and its tombstone stands in the pruner's record 2; the third is
/// forgotten, and a mark that nobody has carried out yet condemns it. The sweep also took what a
/// run of the archive writer left that broke off. Holds the credentials of everybody, the root key
/// included. Immutable once built.
class Scene {
 public:
  Scene();

  Objects objects;
  std::map<vault::Role, vault::Capability> capabilities;
  vault::Capability staging;         ///< a writer, listed for staging-db alone
  vault::Capability archivist;       ///< a writer, listed for archive-db alone
  vault::Capability other_identity;  ///< listed from trust record 2 on
  std::vector<Taken> shop;           ///< oldest first
  std::vector<Taken> staged;
  std::vector<Taken> archived;  ///< the swept one is not among them
  Taken gone;                   ///< the swept one
  Objects removed;              ///< what the sweep deleted, as it was
  std::vector<vault::Trust> trusts;

  [[nodiscard]] const vault::Capability& as(vault::Role role) const {
    return capabilities.at(role);
  }
  [[nodiscard]] const Taken& newest() const { return shop.back(); }
  [[nodiscard]] std::string trust_name(std::uint32_t number) const;
  [[nodiscard]] std::string snapshot_name(const Taken& taken) const;
  [[nodiscard]] std::string session_name(const Taken& taken) const;
  /// The segment, or the first pack of that type, that came with this snapshot.
  [[nodiscard]] vault::SegmentRef own_segment(const Taken& taken) const;
  [[nodiscard]] std::string segment_name(const Taken& taken) const;
  [[nodiscard]] std::string pack_name(const Taken& taken, vault::ObjectType type) const;
  [[nodiscard]] std::string attestation_name(std::uint64_t seq) const;
  [[nodiscard]] std::string record_name(vault::Role author, std::uint64_t seq) const;
  [[nodiscard]] std::string mark_name(std::uint32_t number) const;  ///< of generation 1
  /// Every snapshot that an honest look at the vault lists.
  [[nodiscard]] std::vector<const Taken*> listed() const;
  /// Those among them that nobody forgot.
  [[nodiscard]] std::vector<const Taken*> kept() const;

 private:
  void take(const vault::Capability& writer, const std::string& source, int salt,
            std::vector<Taken>& into);
  void archive();
  void leave_a_broken_off_run();
  void forget(const Taken& taken);
  void run_the_pruner();
  [[nodiscard]] Objects all_objects();
  void attest(const Taken& taken, vault::Verdict verdict);
  void add_keys();
  void rotate();
  void publish(vault::Trust trust);

  FakeClock clock_;
  store::MemoryStore store_;
};

/// A snapshot of that source, by a writer that is listed for it: the same salt is the same rows.
[[nodiscard]] Taken take_snapshot(const vault::Vault& vault, FakeClock& clock,
                                  const std::string& source, int salt);

/// The scene of this process, and another vault built alike.
[[nodiscard]] const Scene& scene();
[[nodiscard]] const Scene& other_vault();

/// Puts objects into an empty store.
void fill(store::MemoryStore& store, const Objects& objects);

}  // namespace lifeboat::tamper

#endif  // LIFEBOAT_TESTS_TAMPER_SCENE_H_
