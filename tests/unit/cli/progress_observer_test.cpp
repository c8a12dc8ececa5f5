#include "cli/progress_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "captured_console.h"
#include "cli/text_table.h"

namespace lifeboat::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Progress : public ::testing::Test {
 protected:
  CapturedConsole captured{Screen{.terminal = true, .utf8 = true}};
  Log log{captured.console(), LogForm::terminal, LogLevel::info};
  FakeClock clock{*parse_instant("2026-11-23T03:12:00Z")};
};

TEST_F(Progress, ShowsBarRateAndTimeLeftOfAnItem) {
  ProgressObserver observer(captured.console(), log, clock);
  observer.item_started("public.orders", 400'000'000);
  clock.advance(1s);
  observer.item_advanced("public.orders", 200'000'000, 1000);
  EXPECT_THAT(captured.text(), HasSubstr("  public.orders              ██████████░░░░░░░░░░"
                                         "  50 %  200 MB/s  0:01 left"));
}

TEST_F(Progress, SumsUpRowsAndItems) {
  ProgressObserver observer(captured.console(), log, clock);
  observer.phase("capture");
  observer.item_started("a", 0);
  observer.item_advanced("a", 1'000'000, 1234);
  observer.item_finished("a");
  clock.advance(2s);
  observer.item_started("b", 0);
  EXPECT_THAT(captured.text(),
              HasSubstr("capture   1.0 MB   1,234 rows   1 done, 1 at work   500 kB/s   0:02\n"));
}

TEST_F(Progress, RepaintsAtMostFourTimesASecond) {
  ProgressObserver observer(captured.console(), log, clock);
  observer.item_started("a", 100);
  const std::string first = captured.text();
  for (int i = 0; i < 24; ++i) {
    clock.advance(10ms);
    observer.item_advanced("a", 1, 0);
  }
  EXPECT_EQ(captured.text(), first);
  clock.advance(10ms);
  observer.item_advanced("a", 1, 0);
  EXPECT_NE(captured.text(), first);
}

TEST_F(Progress, ClearsItselfAtTheEnd) {
  {
    ProgressObserver observer(captured.console(), log, clock);
    observer.phase("capture");
  }
  EXPECT_TRUE(captured.text().ends_with("\x1b[1A\r\x1b[J"));
}

TEST_F(Progress, NeverShowsAnUnfinishedItemAsWhole) {
  ProgressObserver observer(captured.console(), log, clock);
  observer.item_started("a", 100);
  clock.advance(1s);
  observer.item_advanced("a", 250, 0);
  EXPECT_THAT(captured.text(), HasSubstr(" 99 %"));
  EXPECT_THAT(captured.text(), Not(HasSubstr("left")));
}

TEST_F(Progress, FitsIntoTheScreen) {
  {
    ProgressObserver observer(captured.console(), log, clock);
    observer.phase(std::string(200, 'p'));
    clock.advance(1s);
    observer.item_started(std::string(200, 'x'), 1000);
    clock.advance(1s);
    observer.item_advanced(std::string(200, 'x'), 1, 1'000'000);
  }
  std::istringstream lines(captured.text());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80U) << line;
}

TEST_F(Progress, MayBeToldFromSeveralThreads) {
  ProgressObserver observer(captured.console(), log, clock);
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&observer, name = "t" + std::to_string(i)] {
      observer.item_started(name, 1000);
      for (int n = 0; n < 100; ++n) observer.item_advanced(name, 10, 1);
      observer.warned("half way in " + name);
      observer.item_finished(name);
    });
  }
  workers.clear();
  clock.advance(1s);
  observer.phase("done");
  EXPECT_THAT(captured.text(), HasSubstr("half way in t3"));
}

TEST(ProgressBar, FallsBackToAscii) {
  EXPECT_EQ(progress_bar(1, 2, 4, false), "##..");
  EXPECT_EQ(progress_bar(1, 2, 4, true), "██░░");
  EXPECT_EQ(progress_bar(9, 2, 4, false), "####");
  EXPECT_EQ(progress_bar(1, 0, 4, false), "....");
}

TEST(ClockText, ShowsHoursOnlyIfThereAreAny) {
  EXPECT_EQ(clock_text(2s), "0:02");
  EXPECT_EQ(clock_text(754s), "12:34");
  EXPECT_EQ(clock_text(3723s), "1:02:03");
}

}  // namespace
}  // namespace lifeboat::cli
