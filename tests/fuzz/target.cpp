#include "fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "seal/sodium.h"

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*words*/) {
  lifeboat::seal::initialize();
  return 0;
}

namespace lifeboat::fuzz {
namespace {

[[noreturn]] void finding(const std::string& what) {
  std::fprintf(stderr, "finding: %s\n", what.c_str());
  std::abort();
}

}  // namespace

bool answers_with(std::span<const ErrorKind> kinds, const std::function<void()>& parse) {
  try {
    parse();
    return true;
  } catch (const Error& error) {
    if (std::ranges::find(kinds, error.kind()) != kinds.end()) return false;
    finding("Error(" + std::string(name_of(error.kind())) +
            ") left the parser: " + error.message());
  } catch (const std::exception& error) {
    finding(std::string("no Error of ours left the parser: ") + error.what());
  }
}

void require(bool holds, const char* what) {
  if (!holds) finding(what);
}

std::uint8_t Input::byte() {
  const ByteView one = take(1);
  return one.empty() ? std::uint8_t{0} : one[0];
}

std::uint32_t Input::number() {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::uint32_t{byte()} << (8 * i);
  return value;
}

ByteView Input::take(std::size_t count) {
  const ByteView front = rest_.first(std::min(count, rest_.size()));
  rest_ = rest_.subspan(front.size());
  return front;
}

}  // namespace lifeboat::fuzz
