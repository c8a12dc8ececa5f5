#include "store/s3_xml.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::store {
namespace {

S3ListPage parsed(std::string_view inside) {
  const std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
      "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
      std::string(inside) + "</ListBucketResult>";
  return parse_s3_list(as_bytes(text));
}

ErrorKind kind_of(std::string_view body) {
  try {
    static_cast<void>(parse_s3_list(as_bytes(body)));
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::internal;
}

TEST(S3List, HoldsNamesSizesAndTimesToTheSecond) {
  const S3ListPage page = parsed(
      "<IsTruncated>false</IsTruncated><Contents><Key>shop/a&amp;b</Key>"
      "<LastModified>2026-11-25T10:00:01.987Z</LastModified><Size>18446744073709551615</Size>"
      "</Contents><Contents><Key>shop/c</Key><LastModified>2026-11-25T10:00:02Z</LastModified>"
      "<Size>0</Size></Contents>");
  ASSERT_EQ(page.entries.size(), 2U);
  EXPECT_EQ(page.entries[0].name, "shop/a&b");
  EXPECT_EQ(page.entries[0].size_bytes, UINT64_MAX);
  EXPECT_EQ(to_rfc3339(page.entries[0].modified), "2026-11-25T10:00:01.000Z");
  EXPECT_EQ(page.entries[1].size_bytes, 0U);
  EXPECT_EQ(page.next, "");
}

TEST(S3List, TellsHowToGoOn) {
  EXPECT_EQ(parsed("<IsTruncated>true</IsTruncated>"
                   "<NextContinuationToken>a b=</NextContinuationToken>")
                .next,
            "a b=");
  EXPECT_EQ(parsed("<IsTruncated>false</IsTruncated>").entries.size(), 0U);
}

TEST(S3List, ThatIsNoneIsCorruptWhateverItIs) {
  const std::string open = "<ListBucketResult>";
  const std::string close = "</ListBucketResult>";
  for (const std::string& body :
       {std::string(), std::string("not found"), std::string("<html><body>hello</body></html>"),
        open, open + close, open + "<IsTruncated>maybe</IsTruncated>" + close,
        open + "<IsTruncated>true</IsTruncated>" + close,
        open + "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>-1</Size></Contents>" +
            close,
        open + "<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents>" +
            close,
        open + "<IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents>" + close}) {
    EXPECT_EQ(kind_of(body), ErrorKind::corrupt) << body;
  }
}

TEST(S3List, ExpandsNoEntityOfTheDocuments) {
  EXPECT_EQ(kind_of("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"),
            ErrorKind::corrupt);
}

TEST(S3Failure, TellsItsCodeAndNothingThatCouldNotBeOne) {
  EXPECT_EQ(parse_s3_failure(as_bytes("<Error><Code>NoSuchKey</Code></Error>")).code, "NoSuchKey");
  const auto moved = parse_s3_failure(as_bytes(
      "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"));
  EXPECT_EQ(moved.region, "eu-west-1");
  EXPECT_EQ(parse_s3_failure(as_bytes("<Error><Code>Bad\x1b[31m</Code></Error>")).code, "Bad");
  EXPECT_EQ(parse_s3_failure(as_bytes("<html>503</html>")).code, "");
  EXPECT_EQ(parse_s3_failure({}).code, "");
  const std::string endless = "<Error><Code>" + std::string(5000, 'x') + "</Code></Error>";
  EXPECT_EQ(parse_s3_failure(as_bytes(endless)).code.size(), 64U);
}

}  // namespace
}  // namespace lifeboat::store
