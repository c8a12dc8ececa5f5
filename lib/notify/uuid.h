#ifndef LIFEBOAT_NOTIFY_UUID_H_
#define LIFEBOAT_NOTIFY_UUID_H_

#include <string>
#include <string_view>

namespace lifeboat::notify {

/// A fresh UUID (RFC 9562, version 4), lower case. seal::initialize() must have been called.
/// Thread-safe.
[[nodiscard]] std::string random_uuid();

/// The UUID of a text (RFC 9562, version 8, its bits from BLAKE2b-256): the same in every process.
/// A run that one process starts and another ends is known by the UUID of its claim's name.
[[nodiscard]] std::string uuid_of(std::string_view text);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_UUID_H_
