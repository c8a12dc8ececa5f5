#ifndef LIFEBOAT_TESTS_CRASH_SYNTHETIC_H_
#define LIFEBOAT_TESTS_CRASH_SYNTHETIC_H_

#include <string>
#include <vector>

#include "vault/vault.h"

namespace lifeboat::crash {

/// A snapshot without a database: number N holds rows that N alone decides, so that whoever reads
/// it back knows every byte it must have. Some rows are those of all numbers, some of N only.
struct Table {
  std::string name;
  std::vector<std::string> ranges;  ///< rows as COPY text
};
[[nodiscard]] std::vector<Table> tables_of(unsigned number, std::size_t rows);

/// Takes snapshot `number` with the vault's writer.
void take_synthetic(const vault::Vault& vault, unsigned number, std::size_t rows);

/// Says of the newest snapshot that it is proven, as a verification does.
void attest_newest(const vault::Vault& vault);

/// Forgets the snapshot at that place of the writer's chain, whatever a guard may say.
void forget_synthetic(const vault::Vault& vault, std::uint64_t seq);

/// Takes the one step of marking and sweeping that is due, for a store whose clock is a month
/// ahead, so that nothing is too young. Returns whether there was one.
bool sweep_synthetic(const vault::Vault& vault);

/// The number of a snapshot, after every byte of it was read and compared. Throws corrupt if any is
/// other than tables_of() says.
[[nodiscard]] unsigned read_synthetic(const vault::Vault& vault,
                                      const vault::SnapshotRecord& record);

}  // namespace lifeboat::crash

#endif  // LIFEBOAT_TESTS_CRASH_SYNTHETIC_H_
