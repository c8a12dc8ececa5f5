#ifndef LIFEBOAT_STORE_S3_XML_H_
#define LIFEBOAT_STORE_S3_XML_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

/// The two documents that a store answers with (Amazon S3 API Reference: ListObjectsV2, "Error
/// responses"). Bytes from outside: nothing here trusts them.
namespace lifeboat::store {

struct S3ListEntry {
  std::string name;  ///< with the prefix of the location
  std::uint64_t size_bytes = 0;
  Instant modified;  ///< whole seconds, as a HEAD request tells it
};

struct S3ListPage {
  std::vector<S3ListEntry> entries;
  std::string next;  ///< asks for the page behind this one; empty = this is the last
};

/// Throws Error(corrupt) if these bytes are no page of a list.
[[nodiscard]] S3ListPage parse_s3_list(ByteView body);

struct S3Failure {
  std::string code;    ///< "NoSuchKey" …; letters and digits; empty if the body is no error
  std::string region;  ///< where the bucket is, if the store tells
};

/// The beginning of a server's text that is letters, digits, '-' and '_': fit for a message.
[[nodiscard]] std::string s3_word(std::string_view text);

/// Whatever the bytes are.
[[nodiscard]] S3Failure parse_s3_failure(ByteView body);

}  // namespace lifeboat::store

#endif  // LIFEBOAT_STORE_S3_XML_H_
