#include "cli/console.h"

#include <gtest/gtest.h>

#include "captured_console.h"
#include "cli/log.h"
#include "cli/log_observer.h"

namespace lifeboat::cli {
namespace {

using Variables = std::map<std::string, std::string>;

TEST(Console, RedactsEveryLine) {
  CapturedConsole captured(Screen{});
  captured.redactor().remember(Secret("canary77"));
  captured.console().line("password canary77 is wrong");
  captured.console().paint({"canary77"});
  EXPECT_EQ(captured.text(), "password *** is wrong\n***\n");
}

TEST(Console, PutsLinesAboveTheProgressAndRepaintsIt) {
  CapturedConsole captured(Screen{.terminal = true});
  captured.console().paint({"one", "two"});
  captured.console().line("warning");
  EXPECT_EQ(captured.text(), "one\ntwo\n\x1b[2A\r\x1b[Jwarning\none\ntwo\n");
}

TEST(Screen, ShowsUtf8IfTheFirstLocaleVariableThatIsSetSaysSo) {
  const auto utf8 = [](const Variables& variables) {
    return Screen::of(-1, config::Environment(variables), false).utf8;
  };
  EXPECT_TRUE(utf8({{"LANG", "de_DE.UTF-8"}}));
  EXPECT_TRUE(utf8({{"LANG", "C"}, {"LC_CTYPE", "C.utf8"}}));
  EXPECT_FALSE(utf8({{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "C"}}));
  EXPECT_FALSE(utf8({}));
}

TEST(Log, SaysWarningsAsJsonLinesWithJson) {
  CapturedConsole captured(Screen{});
  Log log(captured.console(), LogForm::json, LogLevel::warn);
  LogObserver observer(log);
  observer.phase("capture");
  observer.warned("a \"quoted\" thing");
  EXPECT_EQ(captured.text(), "{\"warning\":{\"message\":\"a \\\"quoted\\\" thing\"}}\n");
}

TEST(Log, StampsLinesForAFileWithTheTime) {
  CapturedConsole captured(Screen{});
  Log log(captured.console(), LogForm::file, LogLevel::info);
  LogObserver observer(log);
  observer.phase("capture");
  observer.item_started("public.orders", 100);
  EXPECT_TRUE(captured.text().ends_with("Z info: capture\n")) << captured.text();
}

}  // namespace
}  // namespace lifeboat::cli
