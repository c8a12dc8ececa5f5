#ifndef LIFEBOAT_TESTS_FUZZ_TARGET_H_
#define LIFEBOAT_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/bytes.h"
#include "base/error.h"

/// Each file *_fuzz.cpp defines one of these: what it does with one input. libFuzzer calls it, or
/// replay.cpp where there is no clang. It always returns 0; a finding ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
/// Once, before the first input.
extern "C" int LLVMFuzzerInitialize(int* count, char*** words);

namespace lifeboat::fuzz {

/// How a parser of stored bytes may answer other than with a value.
inline constexpr ErrorKind kStoredKinds[] = {ErrorKind::corrupt, ErrorKind::stale,
                                             ErrorKind::denied};
/// How a parser of what people write may answer.
inline constexpr ErrorKind kWrittenKinds[] = {ErrorKind::usage};

/// Runs `parse`. An Error of one of these kinds is an answer; whatever else leaves it is a finding:
/// the process says what it was and aborts. Returns whether there was no Error.
bool answers_with(std::span<const ErrorKind> kinds, const std::function<void()>& parse);

/// A property that holds whatever the input; else the process says `what` and aborts.
void require(bool holds, const char* what);

/// An input taken apart into the values that a target needs. It never fails: where the input ends,
/// numbers are 0 and byte strings shorter. Keeps a view.
class Input {
 public:
  explicit Input(ByteView bytes) : rest_(bytes) {}
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  [[nodiscard]] std::uint8_t byte();
  /// Little-endian.
  [[nodiscard]] std::uint32_t number();
  [[nodiscard]] ByteView take(std::size_t count);
  /// Its length stands in front, as a number.
  [[nodiscard]] ByteView piece() { return take(number()); }
  [[nodiscard]] ByteView rest() const noexcept { return rest_; }

 private:
  ByteView rest_;
};

}  // namespace lifeboat::fuzz

#endif  // LIFEBOAT_TESTS_FUZZ_TARGET_H_
