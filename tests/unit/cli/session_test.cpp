#include "cli/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "captured_console.h"
#include "cli/log_observer.h"
#include "cli/session_parts.h"

namespace lifeboat::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SessionTest : public ::testing::Test {
 protected:
  Session session(bool json = false, config::Flags flags = {}) {
    return Session(Session::Parts{
        .observer = observer,
        .log = log,
        .redactor = captured.redactor(),
        .clock = clock,
        .stop = {},
        .environment = environment,
        .flags = std::move(flags),
        .config_file = std::nullopt,
        .json = json,
        .paint = Paint(),
        .write_result = [this](std::string_view text) { result += text; },
    });
  }

  CapturedConsole captured{Screen{}};
  Log log{captured.console(), LogForm::terminal, LogLevel::info};
  LogObserver observer{log};
  SystemClock clock;
  config::Environment environment{
      std::map<std::string, std::string>{{"DATABASE_URL", "postgres://u:canary77@h/db"},
                                         {"LIFEBOAT_WRITER", "lifeboat-writer-1canary88"}}};
  std::string result;
};

TEST_F(SessionTest, PrintsTheTextOrOneDocumentWithItsFormatInFront) {
  session().print("done", Json{{"verdict", "proven"}});
  EXPECT_EQ(result, "done\n");
  result.clear();
  session(true).print("done", Json{{"verdict", "proven"}});
  EXPECT_EQ(Json::parse(result).dump(), R"({"format":1,"verdict":"proven"})");
}

TEST_F(SessionTest, PrintsOnceOnly) {
  Session once = session();
  once.print("a", {});
  EXPECT_THROW(once.print("b", {}), Error);
}

TEST_F(SessionTest, MasksASecretFromTheMomentItIsResolved) {
  Session here = session();
  EXPECT_EQ(here.secret("env:DATABASE_URL").reveal(), "postgres://u:canary77@h/db");
  here.warn("the server said: canary77 is wrong");
  EXPECT_EQ(captured.text(), "warning: the server said: *** is wrong\n");
}

TEST_F(SessionTest, WarnsOfAPasswordOnTheCommandLineWithoutRepeatingIt) {
  EXPECT_EQ(session().secret("postgres://u:canary99@h/db").reveal(), "postgres://u:canary99@h/db");
  EXPECT_THAT(captured.text(), HasSubstr("can be read by every user"));
  EXPECT_THAT(captured.text(), Not(HasSubstr("canary99")));
}

TEST_F(SessionTest, SaysNothingOfAReference) {
  static_cast<void>(session().secret("env:DATABASE_URL"));
  EXPECT_THAT(captured.text(), IsEmpty());
}

TEST_F(SessionTest, NamesTheVariableOfACredentialThatIsMissing) {
  Session here = session();
  EXPECT_EQ(here.require_credential(config::Role::writer).reveal(), "lifeboat-writer-1canary88");
  try {
    static_cast<void>(here.require_credential(config::Role::identity));
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_THAT(error.hint(), HasSubstr("LIFEBOAT_IDENTITY"));
  }
}

TEST_F(SessionTest, SaysHowToNameAVault) {
  EXPECT_EQ(session(false, {.vault = "./v"}).vault_url(), "./v");
  try {
    static_cast<void>(session().vault_url());
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.hint(), HasSubstr("LIFEBOAT_VAULT"));
  }
}

}  // namespace
}  // namespace lifeboat::cli
