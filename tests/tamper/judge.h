#ifndef LIFEBOAT_TESTS_TAMPER_JUDGE_H_
#define LIFEBOAT_TESTS_TAMPER_JUDGE_H_

#include <optional>
#include <string>

#include "base/error.h"
#include "tamper/scene.h"

namespace lifeboat::tamper {

/// What somebody who looks is told: the gravest finding or the error, nothing = clean.
using Outcome = std::optional<ErrorKind>;
inline constexpr Outcome kClean = std::nullopt;
inline constexpr Outcome kCorrupt = ErrorKind::corrupt;
inline constexpr Outcome kStale = ErrorKind::stale;
inline constexpr Outcome kDenied = ErrorKind::denied;
inline constexpr Outcome kNotFound = ErrorKind::not_found;

/// For messages.
[[nodiscard]] std::string words(const Outcome& outcome);
/// The one that weighs more: stale, then denied, then corrupt.
[[nodiscard]] Outcome graver(Outcome a, Outcome b);

/// How three ways to look at a vault end.
struct Expected {
  Outcome check;    ///< of check() at depth decrypt
  Outcome list;     ///< of read_history()
  Outcome restore;  ///< of reading the victim whole, found by its id
};
/// The same in all three: nothing can be opened.
[[nodiscard]] inline Expected all(Outcome outcome) { return {outcome, outcome, outcome}; }

/// One thing done to a vault.
struct Attempt {
  std::string name;  ///< shown where an expectation fails
  Objects objects;
  vault::SnapshotId victim;  ///< what is restored; normally the newest of shop
  std::string says;          ///< must stand in a message or hint; "" = no matter what
};

/// An attempt on the scene's objects as they are.
[[nodiscard]] Attempt attempt(const std::string& name);

/// Looks as the identity, and expects exactly that. Whatever happened: every byte read is the byte
/// that was captured, no snapshot is listed that nobody took, none is proven that was not.
void judge(const Attempt& attempt, const Expected& expected);

/// Reads every stream of a snapshot, and expects what was captured, byte for byte. Throws what a
/// reader is told if that is not to be had.
void read_whole(const vault::Vault& vault, const vault::SnapshotRecord& record,
                const Taken& origin);

/// A decoder alone, for structures that no object holds by itself.
template <typename Work>
[[nodiscard]] Outcome outcome_of(Work&& work, std::string* message = nullptr) {
  try {
    work();
    return kClean;
  } catch (const Error& error) {
    if (message != nullptr) *message = error.message() + " " + error.hint();
    return error.kind();
  }
}

/// Counts a case that was not judged by judge().
void count_case();

}  // namespace lifeboat::tamper

#endif  // LIFEBOAT_TESTS_TAMPER_JUDGE_H_
