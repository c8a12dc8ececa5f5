#ifndef LIFEBOAT_TESTS_VECTORS_VECTOR_VAULT_H_
#define LIFEBOAT_TESTS_VECTORS_VECTOR_VAULT_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/memory_store.h"
#include "vault/list.h"
#include "vault/new_vault.h"
#include "vault/snapshot_writer.h"
#include "vault/sweep.h"
#include "vectors/expected_json.h"

namespace lifeboat::vectors {

/// The records of one range, or the whole of a document as the only one.
using Records = std::vector<std::string>;

struct Stream {
  vault::StreamKind kind = vault::StreamKind::table;
  std::string name;
  std::vector<Records> ranges = {};
};

struct Content {
  std::string source = "shop-db";
  std::vector<Stream> streams = {};
  bool complete = true;
  std::vector<NotCarried> not_carried = {};
  std::vector<std::string> tags = {};
};

/// A vault that comes out the same, byte for byte, whenever the same is done to it: in memory, with
/// a fixed clock and fixed randomness, written by one thread. The streams are put in as they are,
/// and what they were is kept for expected.json. Not thread-safe; one at a time in a process.
class VectorVault {
 public:
  /// The first writer may add to `sources`.
  VectorVault(std::string name, std::vector<std::string> sources, bool hashed_names = false);

  /// A new trust record lists another writer. Returns his place: the first one's is 0.
  std::size_t add_writer(const std::string& source);
  /// A new trust record begins the next generation.
  void rotate();

  void take(const Content& content, std::size_t writer = 0);
  /// Two snapshots of the first writer that do not see each other: a fork.
  void take_at_once(const Content& one, const Content& other);
  /// The identity states that the newest snapshot was restored and is equal.
  void attest();

  /// A snapshot by the first writer, to whom the store shows no mark.
  void take_unaware(const Content& content);
  /// The operator keeps the snapshot with that number in order of time, from 0, or no longer.
  void keep(std::size_t number);
  void release(std::size_t number);
  /// The pruner gives these up.
  void forget(const std::vector<std::size_t>& numbers);
  /// Days later the pruner takes the step that is due then: a mark, or the sweep of one.
  void run_the_pruner();

  /// Writes NAME/vault/<objects>, the identity's key file and expected.json below `parent`.
  void write_to(const std::filesystem::path& parent);

 private:
  void publish_trust();
  [[nodiscard]] vault::SnapshotId id_of(std::size_t number) const;
  void seal_generation(vault::Generation generation, const seal::SecretKey& key,
                       const vault::TrustedKey& recipient);
  [[nodiscard]] seal::SecretKey generation_key() const;
  [[nodiscard]] const vault::Capability& capability(vault::Role role) const;

  std::string name_;
  FakeClock clock_;
  store::MemoryStore store_;
  vault::NewVault vault_;
  std::vector<vault::Capability> writers_;
  std::vector<vault::SnapshotId> taken_;
  Expected expected_;
};

}  // namespace lifeboat::vectors

#endif  // LIFEBOAT_TESTS_VECTORS_VECTOR_VAULT_H_
