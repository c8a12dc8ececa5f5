#include "cli/trace_observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "base/error.h"
#include "base/span.h"

namespace lifeboat::cli {
namespace {

namespace fs = std::filesystem;

/// Notes what was passed on.
class Listener final : public Observer {
 public:
  explicit Listener(std::vector<std::string>& heard) : heard_(heard) {}
  void phase(std::string_view name) override { heard_.push_back("phase " + std::string(name)); }
  void item_started(std::string_view item, std::uint64_t) override {
    heard_.push_back("start " + std::string(item));
  }
  void item_advanced(std::string_view item, std::uint64_t, std::uint64_t) override {
    heard_.push_back("advance " + std::string(item));
  }
  void item_finished(std::string_view item) override {
    heard_.push_back("finish " + std::string(item));
  }
  void warned(std::string_view message) override {
    heard_.push_back("warn " + std::string(message));
  }

 private:
  std::vector<std::string>& heard_;
};

class Trace : public ::testing::Test {
 protected:
  ~Trace() override { fs::remove(file); }
  [[nodiscard]] Json events() const { return Json::parse(std::ifstream(file)); }

  fs::path file = fs::temp_directory_path() / ("lifeboat-trace-" + std::to_string(getpid()));
  std::vector<std::string> heard;
};

TEST_F(Trace, GivesEachTrackARowAndEachPieceOfWorkItsTime) {
  {
    TraceObserver observer(std::make_unique<Listener>(heard), file);
    observer.phase("rows");
    {
      const Span outer(observer, "session 1", "INDEX public.a");
      const Span inner(observer, "session 2", "rows of public.\"b\"");
      std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
  }
  std::map<int, std::string> rows;
  std::map<std::string, Json> work;
  for (const Json& event : events()) {
    if (event["ph"] == "M") rows[event["tid"]] = event["args"]["name"];
    if (event["ph"] == "X") work[event["name"]] = event;
  }
  ASSERT_EQ(work.size(), 3U);
  EXPECT_EQ(rows.at(work.at("INDEX public.a")["tid"]), "session 1");
  EXPECT_EQ(rows.at(work.at("rows of public.\"b\"")["tid"]), "session 2");
  EXPECT_EQ(rows.at(work.at("rows")["tid"]), "phases");
  EXPECT_GE(work.at("INDEX public.a")["dur"].get<int>(), 3000);
  EXPECT_GE(work.at("rows")["dur"].get<int>(), work.at("INDEX public.a")["dur"].get<int>());
}

TEST_F(Trace, PassesEverythingOn) {
  {
    TraceObserver observer(std::make_unique<Listener>(heard), file);
    observer.phase("rows");
    observer.item_started("a", 1);
    observer.item_advanced("a", 1, 1);
    observer.item_finished("a");
    observer.warned("careful");
  }
  EXPECT_THAT(heard, ::testing::ElementsAre("phase rows", "start a", "advance a", "finish a",
                                            "warn careful"));
}

TEST_F(Trace, RefusesAFileThatCannotBeWritten) {
  EXPECT_THROW(TraceObserver(std::make_unique<Listener>(heard), "/no/such/folder/trace.json"),
               Error);
}

TEST_F(Trace, WarnsWhenTheDiskIsFull) {
  { TraceObserver observer(std::make_unique<Listener>(heard), "/dev/null"); }
  EXPECT_TRUE(heard.empty());
  EXPECT_THROW(TraceObserver(std::make_unique<Listener>(heard), "/dev/full"), Error);
}

}  // namespace
}  // namespace lifeboat::cli
