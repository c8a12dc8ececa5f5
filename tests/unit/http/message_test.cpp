#include "http/message.h"

#include <gtest/gtest.h>

namespace lifeboat::http {
namespace {

TEST(HttpDate, IsReadInTheFormThatServersSend) {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(date);
  EXPECT_EQ(to_rfc3339(*date), "1994-11-06T08:49:37.000Z");
}

TEST(HttpDate, OfAnotherFormIsNone) {
  for (const char* text :
       {"", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 EST",
        "Sun, 06 anF 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(parse_http_date(text)) << text;
  }
}

TEST(PercentEncoding, LeavesOnlyWhatTheRfcCallsUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~", Slashes::encode), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b+c=*()&", Slashes::encode), "a%20b%2Bc%3D%2A%28%29%26");
  EXPECT_EQ(percent_encode("\xc3\xa9/x", Slashes::encode), "%C3%A9%2Fx");
  EXPECT_EQ(percent_encode("\xc3\xa9/x", Slashes::keep), "%C3%A9/x");
}

TEST(Response, FindsAHeaderInAnyCaseAndTakesTheLast) {
  Response response;
  response.headers = {{"ETag", "a"}, {"Date", "1"}, {"DATE", "2"}};
  EXPECT_EQ(response.header("date"), "2");
  EXPECT_EQ(response.header("etag"), "a");
  EXPECT_FALSE(response.header("e"));
}

TEST(RetryAfter, IsSecondsOrADate) {
  const Instant now = *parse_instant("1994-11-06T08:49:30Z");
  const auto asked = [now](const std::string& value) {
    Response response;
    response.headers.push_back({"retry-after", value});
    return retry_after(response, now);
  };
  using std::chrono::milliseconds;
  EXPECT_EQ(asked("7"), milliseconds(7000));
  EXPECT_EQ(asked("0"), milliseconds(0));
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:49:37 GMT"), milliseconds(7000));
  EXPECT_EQ(asked("Sun, 06 Nov 1994 08:40:00 GMT"), milliseconds(0));
  EXPECT_EQ(asked("-1"), std::nullopt);
  EXPECT_EQ(asked("soon"), std::nullopt);
  EXPECT_EQ(retry_after({}, now), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::http
