#ifndef LIFEBOAT_TESTS_FUZZ_MUTATOR_H_
#define LIFEBOAT_TESTS_FUZZ_MUTATOR_H_

#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace lifeboat::fuzz {

/// Changes inputs a little, the same for the same seed on every machine. Not thread-safe.
class Mutator {
 public:
  /// `corpus` are inputs that parts are taken from; it must outlive this.
  Mutator(const std::vector<Bytes>& corpus, std::uint64_t seed);

  /// One to eight changes: bits, bytes and lengths overwritten, parts left out, repeated, inserted
  /// or taken from another input.
  [[nodiscard]] Bytes mutated(const Bytes& input);

 private:
  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::size_t below(std::size_t bound);
  void change(Bytes& bytes);
  void overwrite(Bytes& bytes);
  void erase(Bytes& bytes);
  void insert_part_of(const Bytes& from, Bytes& bytes);

  const std::vector<Bytes>& corpus_;
  std::uint64_t state_;
};

}  // namespace lifeboat::fuzz

#endif  // LIFEBOAT_TESTS_FUZZ_MUTATOR_H_
