#ifndef LIFEBOAT_REDIS_FUNCTION_DUMP_H_
#define LIFEBOAT_REDIS_FUNCTION_DUMP_H_

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace lifeboat::redis {

/// The code of each library in a reply to FUNCTION DUMP, ordered: the server gives them in no
/// order. Nothing if it is in a form that is not known here. Throws Error(corrupt) on a wrong
/// checksum.
[[nodiscard]] std::optional<std::vector<std::string>> libraries_in(ByteView dump);

/// Whether both hold the same libraries. None at all is the same as an empty dump.
[[nodiscard]] bool equal_functions(const std::optional<Bytes>& one,
                                   const std::optional<Bytes>& other);

}  // namespace lifeboat::redis

#endif  // LIFEBOAT_REDIS_FUNCTION_DUMP_H_
