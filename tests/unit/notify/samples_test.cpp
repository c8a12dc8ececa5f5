#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "exposition_check.h"
#include "harness/postgres_server.h"  // free_port()
#include "notify/exposition.h"
#include "os/file.h"
#include "receiver.h"

namespace lifeboat::notify {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Instant at(const char* text) { return *parse_instant(text); }

/// Everything that can be known of an application.
Standing whole_standing() {
  Standing standing{.app = "shop", .version = "0.1.0"};
  standing.sources = {{.name = "shop-db",
                       .last_verified = at("2026-11-23T03:16:00Z"),
                       .last_success = at("2026-11-23T03:12:09.12Z"),
                       .last_attempt = at("2026-11-23T03:12:00Z"),
                       .last_status = 0,
                       .schedule = 24h,
                       .duration = 2900ms,
                       .source_bytes = 622'000'000,
                       .stored_bytes = 91'000'000,
                       .new_bytes = 4'000'000,
                       .rows = 2'812'331,
                       .snapshots = 42,
                       .oldest_snapshot = at("2026-01-01T03:12:00Z"),
                       .recovery_point = at("2026-11-23T03:12:00Z")}};
  standing.drills = {{.name = "weekly-restore",
                      .last_run = at("2026-11-23T05:12:00Z"),
                      .last_pass = at("2026-11-16T05:12:00Z"),
                      .verdict = "objective_missed",
                      .rto = 1h,
                      .rta = 72min,
                      .rpo = 24h,
                      .rpa = 276min,
                      .phases = {{"restored", 588s}, {"verified", 126s}},
                      .assertions = {{"passed", 3}, {"failed", 0}},
                      .restore_bytes_per_second = 2.11e8,
                      .leaked = 0,
                      .runs = {{"passed", 11}, {"objective_missed", 1}},
                      .rto_breach_forecast = at("2027-03-14")}};
  standing.runbooks = {{.name = "lost-primary", .verified = true, .steps = {{"restore", 600s}}}};
  standing.error_budget_remaining = 0.75;
  standing.last_tick = at("2026-11-23T07:40:00Z");
  standing.key_holders = 3;
  standing.immutable_until = at("2026-12-23T03:12:00Z");
  return standing;
}

TEST(Samples, AreOfEveryFamilyIfEverythingIsKnown) {
  std::set<std::string_view> seen;
  for (const Sample& sample : samples_of(whole_standing())) seen.insert(sample.name);
  for (const Family& family : families()) EXPECT_TRUE(seen.contains(family.name)) << family.name;
}

TEST(Samples, AreNotMadeUpForWhatIsNotKnown) {
  EXPECT_THAT(samples_of({.app = "shop"}), IsEmpty());
  EXPECT_THAT(samples_of({.app = "shop", .sources = {{.name = "a"}}, .drills = {{.name = "b"}}}),
              IsEmpty());
}

TEST(Samples, SayOneForTheVerdictAndZeroForTheOthers) {
  std::map<std::string, double> verdicts;
  for (const Sample& sample : samples_of(whole_standing())) {
    if (sample.name == "lifeboat_drill_verdict") {
      verdicts[sample.labels.at(2).second] = sample.value;
    }
  }
  EXPECT_EQ(verdicts.size(), 7U);
  for (const auto& [verdict, value] : verdicts) {
    EXPECT_EQ(value, verdict == "objective_missed" ? 1 : 0) << verdict;
  }
}

TEST(Samples, HaveFewLabelsAndNoIds) {
  const std::set<std::string_view> allowed = {"app",    "source",  "drill", "verdict", "phase",
                                              "result", "runbook", "step",  "version"};
  for (const Sample& sample : samples_of(whole_standing())) {
    EXPECT_EQ(sample.labels.front().first, "app");
    for (const auto& [name, value] : sample.labels) EXPECT_TRUE(allowed.contains(name)) << name;
  }
}

TEST(PrometheusText, IsWhatTheExpositionFormatAllows) {
  EXPECT_EQ(exposition_faults(prometheus_text(samples_of(whole_standing()))), "");
}

TEST(PrometheusText, IsTheGoldenOne) {
  const std::vector<Sample> samples = {
      {"lifeboat_backup_rows", {{"app", "shop"}, {"source", "a\"b\\c\nd"}}, 2812331},
      {"lifeboat_backup_rows", {{"app", "shop"}, {"source", "e"}}, 0.5},
      {"lifeboat_drill_runs_total", {{"app", "shop"}, {"drill", "w"}, {"verdict", "passed"}}, 11},
      {"lifeboat_error_budget_remaining_ratio", {}, -0.25}};
  const std::string text = prometheus_text(samples);
  EXPECT_EQ(text,
            R"text(# HELP lifeboat_backup_rows Rows or keys in the newest snapshot of this source.
# TYPE lifeboat_backup_rows gauge
lifeboat_backup_rows{app="shop",source="a\"b\\c\nd"} 2812331
lifeboat_backup_rows{app="shop",source="e"} 0.5
# HELP lifeboat_drill_runs_total Runs of this drill on record, by verdict.
# TYPE lifeboat_drill_runs_total counter
lifeboat_drill_runs_total{app="shop",drill="w",verdict="passed"} 11
# HELP lifeboat_error_budget_remaining_ratio Share of the drills allowed to go wrong in 90 days that is left.
# TYPE lifeboat_error_budget_remaining_ratio gauge
lifeboat_error_budget_remaining_ratio -0.25
)text");
  EXPECT_EQ(exposition_faults(text), "");
}

TEST(ExpositionCheck, FindsEachFault) {
  const std::string good = "# HELP a_seconds Help.\n# TYPE a_seconds gauge\na_seconds{x=\"1\"} 1\n";
  EXPECT_EQ(exposition_faults(good), "");
  for (const auto& [was, becomes] : std::map<std::string, std::string>{
           {"1\n", "1"},                                   // no line end at the end
           {"# HELP a_seconds Help.\n", ""},               // no help
           {"# TYPE a_seconds gauge\n", ""},               // no type
           {"gauge", "gouge"},                             // no type of that name
           {"gauge", "counter"},                           // a counter that is no _total
           {"x=\"1\"", "x=1"},                             // no quotes
           {"x=\"1\"", "x=\"a\"b\""},                      // a quote that is not escaped
           {"x=\"1\"", "x=\"1\",x=\"2\""},                 // a label twice
           {"x=\"1\"", "9=\"1\""},                         // no label's name
           {"} 1", "} one"},                               // no number
           {"} 1", "} 1 1700000000"},                      // a time, which the collector refuses
           {"} 1\n", "} 1\na_seconds{x=\"1\"} 2\n"},       // a sample twice
           {"} 1\n", "} 1\n# TYPE a_seconds gauge\n"}}) {  // a type twice, after a sample
    std::string bad = good;
    bad.replace(bad.rfind(was), was.size(), becomes);
    EXPECT_NE(exposition_faults(bad), "") << bad;
  }
  for (const char* name :
       {"a_ms", "a_milliseconds", "a_hours", "a_count", "a_gauge", "aB", "a_kb"}) {
    std::string bad = good;
    for (std::size_t from = 0; (from = bad.find("a_seconds", from)) != std::string::npos;) {
      bad.replace(from, 9, name);
    }
    EXPECT_NE(exposition_faults(bad), "") << name;
  }
}

TEST(PrometheusFile, IsReplacedWholeAndReadableByAll) {
  const os::TempDir folder("/tmp", "lifeboat-test-");
  const auto file = folder.path() / "lifeboat.prom";
  Sink sink{.name = "node", .kind = config::SinkKind::prometheus, .file = file};
  for (const char* app : {"first", "second"}) {
    const Message message{{}, samples_of({.app = app, .version = "0.1.0"})};
    EXPECT_EQ(told(sink, message).said, "written, 1 samples");
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    EXPECT_EQ(text.str(), prometheus_text(message.samples));
  }
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
  sink.file = folder.path() / "missing" / "lifeboat.prom";
  EXPECT_EQ(told(sink, {{}, samples_of({.app = "x", .version = "1"})}).reception,
            Reception::failed);
}

TEST(PrometheusFile, StaysAsItIsInATest) {
  const os::TempDir folder("/tmp", "lifeboat-test-");
  const auto file = folder.path() / "lifeboat.prom";
  std::ofstream(file) << "kept 1\n";
  const Sink sink{.name = "node", .kind = config::SinkKind::prometheus, .file = file};
  Message test = message_of(What::test);
  test.samples = samples_of({.app = "shop", .version = "0.1.0"});
  EXPECT_EQ(told(sink, test).reception, Reception::delivered);
  std::string line;
  std::getline(std::ifstream(file), line);
  EXPECT_EQ(line, "kept 1");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(StatsdText, HasLabelsInThePathAndDogStatsdHasThemAsTags) {
  const std::vector<Sample> samples = {
      {"lifeboat_drill_rta_seconds", {{"app", "shop"}, {"drill", "week|ly#1"}}, 1320.5},
      {"lifeboat_error_budget_remaining_ratio", {{"app", "shop"}}, -0.25},
      {"lifeboat_snapshots", {}, std::numeric_limits<double>::quiet_NaN()}};
  EXPECT_THAT(statsd_datagrams(samples, Tags::no),
              ElementsAre("lifeboat_drill_rta_seconds.shop.week_ly_1:1320.5|g\n"
                          "lifeboat_error_budget_remaining_ratio.shop:0|g\n"
                          "lifeboat_error_budget_remaining_ratio.shop:-0.25|g"));
  EXPECT_THAT(statsd_datagrams(samples, Tags::yes),
              ElementsAre("lifeboat_drill_rta_seconds:1320.5|g|#app:shop,drill:week_ly_1\n"
                          "lifeboat_error_budget_remaining_ratio:-0.25|g|#app:shop"));
}

TEST(StatsdText, FillsDatagramsOfAtMost1432Bytes) {
  const std::vector<Sample> many(
      200, {"lifeboat_drill_rta_seconds", {{"app", std::string(900, 'a')}, {"drill", "d"}}, 1});
  for (const Tags tags : {Tags::no, Tags::yes}) {
    const auto datagrams = statsd_datagrams(many, tags);
    std::size_t lines = 0;
    for (const std::string& datagram : datagrams) {
      EXPECT_LE(datagram.size(), 1432U);
      lines += 1 + static_cast<std::size_t>(std::ranges::count(datagram, '\n'));
    }
    EXPECT_EQ(lines, 200U);
    EXPECT_LT(datagrams.size(), 50U) << "a datagram for each";
  }
}

/// A UDP socket on 127.0.0.1.
class UdpReceiver {
 public:
  UdpReceiver() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(fd_.get(), generic, size), 0);
    EXPECT_EQ(::getsockname(fd_.get(), generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  std::string receive() {
    std::string datagram(65536, '\0');
    const ssize_t got = ::recv(fd_.get(), datagram.data(), datagram.size(), 0);
    datagram.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return datagram;
  }

 private:
  os::UniqueFd fd_;
  int port_ = 0;
};

TEST(Statsd, IsSentDatagrams) {
  UdpReceiver receiver;
  const auto samples = samples_of(whole_standing());
  for (const auto& [kind, tags] :
       {std::pair(config::SinkKind::statsd, Tags::no), {config::SinkKind::dogstatsd, Tags::yes}}) {
    for (const char* host : {"127.0.0.1:", "localhost:"}) {
      const Sink sink{.name = "agent", .kind = kind, .address = host + receiver.port()};
      const auto expected = statsd_datagrams(samples, tags);
      EXPECT_EQ(told(sink, {{}, samples}).said,
                "sent, " + std::to_string(expected.size()) + " datagrams");
      for (const std::string& datagram : expected) EXPECT_EQ(receiver.receive(), datagram);
    }
  }
}

TEST(Statsd, TellsThatNobodyListensHere) {
  const Sink sink{.name = "agent",
                  .kind = config::SinkKind::statsd,
                  .address = "127.0.0.1:" + std::to_string(harness::free_port())};
  const Outcome outcome = told(sink, {{}, samples_of(whole_standing())});
  EXPECT_EQ(outcome.reception, Reception::failed);
  EXPECT_THAT(outcome.said, HasSubstr("refused"));
}

}  // namespace
}  // namespace lifeboat::notify
