// The prices that a user writes down: what is read, and what is refused with its line.
#include "config/price_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lifeboat::config {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;

constexpr const char* kHead = "currency = \"EUR\"\nas_of = \"2026-08-03\"\n";
constexpr const char* kStandard =
    "[class.STANDARD]\nstorage_gb_month = 0.015\nput_1000 = 0.0045\nget_1000 = 0.00036\n"
    "egress_gb = 0\n";

std::string whole() { return std::string(kHead) + kStandard; }

/// `whole()` with one text in it replaced.
std::string with(const std::string& text, const std::string& other) {
  std::string changed = whole();
  const std::size_t at = changed.find(text);
  if (at == std::string::npos) throw std::logic_error(text + " is not in the list");
  return changed.replace(at, text.size(), other);
}

Error error_of(const std::string& text) {
  try {
    static_cast<void>(parse_prices(text, "prices.toml"));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    return error;
  }
  ADD_FAILURE() << "accepted: " << text;
  return {ErrorKind::internal, "accepted"};
}

TEST(PriceList, IsReadWhole) {
  const PriceList list = parse_prices(
      whole() + "retrieval_gb = 0.01\nminimum_days = 30\nminimum_object_bytes = 131072\n" +
          "[class.GLACIER_IR]\nstorage_gb_month = 1\nput_1000 = 2\nget_1000 = 3\negress_gb = 4\n",
      "prices.toml");
  EXPECT_EQ(list.currency, "EUR");
  EXPECT_EQ(list.as_of, std::chrono::sys_days(std::chrono::year(2026) / 8 / 3));
  EXPECT_EQ(list.gb_bytes, 1'000'000'000U);
  const ClassPrices& standard = list.of("STANDARD");
  EXPECT_DOUBLE_EQ(standard.storage_gb_month, 0.015);
  EXPECT_DOUBLE_EQ(standard.put_1000, 0.0045);
  EXPECT_DOUBLE_EQ(standard.get_1000, 0.00036);
  EXPECT_DOUBLE_EQ(standard.egress_gb, 0);
  EXPECT_DOUBLE_EQ(standard.retrieval_gb, 0.01);
  EXPECT_EQ(standard.minimum_days, days(30));
  EXPECT_EQ(standard.minimum_object_bytes, 131072U);
  const ClassPrices& glacier = list.of("GLACIER_IR");
  EXPECT_DOUBLE_EQ(glacier.egress_gb, 4);
  EXPECT_DOUBLE_EQ(glacier.retrieval_gb, 0);
  EXPECT_EQ(glacier.minimum_days, days(0));
}

TEST(PriceList, CountsInPowersOfTwoWhereItSaysSo) {
  const PriceList list = parse_prices("gb = \"GiB\"\n" + whole(), "prices.toml");
  EXPECT_EQ(list.gb_bytes, 1'073'741'824U);
  EXPECT_THAT(error_of("gb = \"TB\"\n" + whole()).message(),
              HasSubstr("prices.toml:1: gb cannot be \"TB\"; known: GB, GiB"));
}

TEST(PriceList, RefusesAPriceThatIsNone) {
  EXPECT_THAT(error_of(with("0.0045", "-0.0045")).message(),
              HasSubstr("prices.toml:5: put_1000 in [class.STANDARD] must be 0 or more"));
  EXPECT_THAT(error_of(with("0.0045", "nan")).message(), HasSubstr("prices.toml:5: "));
  EXPECT_THAT(error_of(with("0.0045", "inf")).message(), HasSubstr("prices.toml:5: "));
  EXPECT_THAT(error_of(with("0.0045", "\"0.0045\"")).message(),
              HasSubstr("prices.toml:5: put_1000 in [class.STANDARD] must be a number"));
  EXPECT_THAT(error_of(with("0.0045", "0,0045")).message(), HasSubstr("prices.toml:5: not TOML"));
}

TEST(PriceList, RefusesWhatIsLeftOut) {
  for (const char* const line : {"storage_gb_month = 0.015\n", "put_1000 = 0.0045\n",
                                 "get_1000 = 0.00036\n", "egress_gb = 0\n"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(' '));
    const Error error = error_of(with(line, ""));
    EXPECT_THAT(error.message(), HasSubstr("prices.toml:3: [class.STANDARD] has no " + key));
    EXPECT_THAT(error.hint(), HasSubstr("fill in"));
  }
  EXPECT_THAT(error_of(with("currency = \"EUR\"\n", "")).message(), HasSubstr("no currency"));
  EXPECT_THAT(error_of(with("as_of = \"2026-08-03\"\n", "")).message(), HasSubstr("no date"));
  EXPECT_THAT(error_of(kHead).message(), HasSubstr("there are no prices"));
}

TEST(PriceList, RefusesADayThatIsNone) {
  for (const char* const day : {"2026-13-01", "yesterday", "2026-08-03T10:00", "2026-8-3"}) {
    EXPECT_THAT(error_of(with("2026-08-03", day)).message(),
                HasSubstr("prices.toml:2: as_of is not a day"))
        << day;
  }
}

TEST(PriceList, RefusesAKeyThatItDoesNotKnow) {
  const Error error = error_of(with("egress_gb", "egress_bg"));
  EXPECT_THAT(error_of(whole() + "retrieval = 1\n").message(),
              HasSubstr("prices.toml:8: unknown key \"retrieval\" in [class.STANDARD]"));
  EXPECT_THAT(error.message(), HasSubstr("egress_gb"));
  EXPECT_THAT(error_of("[classes]\n" + whole()).message(), HasSubstr("prices.toml:"));
  EXPECT_THAT(error_of(std::string(kHead) + "[class]\nSTANDARD = 1\n").message(),
              HasSubstr("prices.toml:4: STANDARD in [class] must be a table"));
}

TEST(PriceList, NamesTheClassesThatItHas) {
  const PriceList list = parse_prices(whole(), "prices.toml");
  try {
    static_cast<void>(list.of("STANDARD_IA"));
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("no prices of class STANDARD_IA, but of STANDARD"));
    EXPECT_THAT(error.hint(), HasSubstr("[class.STANDARD_IA]"));
  }
}

TEST(PriceList, OfTheExampleIsReadable) {
  const PriceList list = load_prices(LIFEBOAT_DOCS_DIR "/prices.example.toml");
  EXPECT_FALSE(list.of("STANDARD").storage_gb_month == 0);
}

TEST(PriceList, ThatIsNotThereIsAUsageError) {
  try {
    static_cast<void>(load_prices("/nowhere/prices.toml"));
    FAIL() << "read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("/nowhere/prices.toml"));
  }
}

}  // namespace
}  // namespace lifeboat::config
