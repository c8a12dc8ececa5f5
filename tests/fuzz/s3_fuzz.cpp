// What an object store answers: a list, an error, a date. And the URL that names it, which people
// write.
#include "config/s3_access.h"
#include "fuzz/target.h"
#include "http/message.h"
#include "store/s3_xml.h"

using namespace lifeboat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  static constexpr ErrorKind kReceived[] = {ErrorKind::corrupt};
  fuzz::answers_with(kReceived, [&] {
    const store::S3ListPage page = store::parse_s3_list(bytes);
    for (const store::S3ListEntry& entry : page.entries) {
      fuzz::require(!entry.name.empty(), "an object without a name");
      fuzz::require(entry.modified.time_since_epoch().count() % 1000 == 0, "a part of a second");
    }
  });
  const store::S3Failure failure = store::parse_s3_failure(bytes);
  for (const std::string& word : {failure.code, failure.region}) {
    fuzz::require(word.size() <= 64, "a long word for a message");
    fuzz::require(http::percent_encode(word, http::Slashes::encode) == word, "a word to encode");
  }
  if (const auto date = http::parse_http_date(as_text(bytes))) {
    fuzz::require(to_rfc3339(*date).size() == 24, "a date of another form");
  }
  fuzz::answers_with(fuzz::kWrittenKinds, [&] {
    const auto location = config::parse_s3_url(as_text(bytes), config::Environment());
    const auto again = config::parse_s3_url(location.describe() + "?region=" + location.region,
                                            config::Environment());
    fuzz::require(again.bucket == location.bucket && again.prefix == location.prefix,
                  "another place under the name that it describes itself by");
    fuzz::require(location.describe().find('@') == std::string::npos, "a credential in a name");
  });
  return 0;
}
