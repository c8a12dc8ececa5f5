#ifndef LIFEBOAT_TESTS_VECTORS_FIXED_RANDOM_H_
#define LIFEBOAT_TESTS_VECTORS_FIXED_RANDOM_H_

#include <string_view>

namespace lifeboat::vectors {

/// From now on libsodium's randomness in this process is one fixed stream, which begins anew with
/// every call: whoever asks for the same in the same order gets the same bytes. Only for vaults
/// that are published with their keys. Call before seal::initialize().
///
/// The stream may be drawn from by several threads; it is the same again only if one of them draws
/// at a time.
void use_fixed_random(std::string_view name);

}  // namespace lifeboat::vectors

#endif  // LIFEBOAT_TESTS_VECTORS_FIXED_RANDOM_H_
