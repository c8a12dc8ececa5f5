#include "vectors/fixed_random.h"

#include <sodium.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <string>

namespace lifeboat::vectors {
namespace {

/// Draw number n of a stream is what libsodium makes of the hash of the stream's name and n.
struct Stream {
  std::mutex mutex;
  std::string name;
  std::uint64_t draws = 0;
};

Stream& stream() {
  static Stream only;
  return only;
}

void draw(void* const to, const std::size_t size) {
  Stream& from = stream();
  const std::lock_guard lock(from.mutex);
  const std::string label = from.name + "/" + std::to_string(from.draws++);
  std::array<unsigned char, randombytes_SEEDBYTES> seed{};
  crypto_generichash(seed.data(), seed.size(), reinterpret_cast<const unsigned char*>(label.data()),
                     label.size(), nullptr, 0);
  randombytes_buf_deterministic(to, size, seed.data());
}

std::uint32_t draw_number() {
  std::uint32_t number = 0;
  draw(&number, sizeof number);
  return number;
}

const char* implementation_name() { return "fixed"; }

randombytes_implementation implementation = {.implementation_name = implementation_name,
                                             .random = draw_number,
                                             .stir = nullptr,
                                             .uniform = nullptr,
                                             .buf = draw,
                                             .close = nullptr};

}  // namespace

void use_fixed_random(std::string_view name) {
  {
    const std::lock_guard lock(stream().mutex);
    stream().name = name;
    stream().draws = 0;
  }
  randombytes_set_implementation(&implementation);
}

}  // namespace lifeboat::vectors
