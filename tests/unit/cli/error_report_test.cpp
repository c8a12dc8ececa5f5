#include "cli/error_report.h"

#include <gtest/gtest.h>

#include "cli/json.h"

namespace lifeboat::cli {
namespace {

TEST(ErrorReport, SaysWhatWasKeptAndWhatToDo) {
  Error error(ErrorKind::unavailable, "read public.orders: connection lost", "run it again");
  error.add_kept("212 MB");
  EXPECT_EQ(error_text("lifeboat snapshot", error),
            "lifeboat snapshot: read public.orders: connection lost\n"
            "  kept: 212 MB\n"
            "  hint: run it again");
}

TEST(ErrorReport, IsOneJsonObjectWithNullForWhatIsAbsent) {
  const Json document =
      Json::parse(error_json(Error(ErrorKind::busy, "somebody holds it"), Redactor()));
  EXPECT_EQ(document.dump(), R"({"error":{"kind":"busy","message":"somebody holds it",)"
                             R"("hint":null,"kept":null}})");
}

TEST(ErrorReport, RedactsASecretThatQuotingWouldHide) {
  Redactor redactor;
  redactor.remember(Secret("can\"ary77"));
  const std::string text = error_json(Error(ErrorKind::denied, "not can\"ary77"), redactor);
  EXPECT_EQ(Json::parse(text)["error"]["message"], "not ***");
}

TEST(ErrorReport, SurvivesAMessageThatIsNotUtf8) {
  const Json document =
      Json::parse(error_json(Error(ErrorKind::internal, "table \xff"), Redactor()));
  EXPECT_EQ(document["error"]["message"], "table \xEF\xBF\xBD");
}

}  // namespace
}  // namespace lifeboat::cli
