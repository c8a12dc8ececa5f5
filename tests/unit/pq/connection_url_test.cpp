#include <gtest/gtest.h>

#include "pq/connection.h"

namespace lifeboat::pq {
namespace {

Error refusal_of(const std::string& url) {
  try {
    static_cast<void>(environment_of(Secret(url)));
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("accepted: " + url);
}

TEST(ConnectionUrl, BecomesPgVariablesSoThatNoSecretStandsInArgv) {
  const auto environment =
      environment_of(Secret("postgres://shop:s%40crt@db.example:5433/d8f3k?sslmode=require"));
  EXPECT_EQ(environment.at("PGUSER"), "shop");
  EXPECT_EQ(environment.at("PGPASSWORD"), "s@crt");
  EXPECT_EQ(environment.at("PGHOST"), "db.example");
  EXPECT_EQ(environment.at("PGPORT"), "5433");
  EXPECT_EQ(environment.at("PGDATABASE"), "d8f3k");
  EXPECT_EQ(environment.at("PGSSLMODE"), "require");
  EXPECT_EQ(environment.at("PGCONNECT_TIMEOUT"), "10");
}

TEST(ConnectionUrl, AcceptsKeywordsAndValuesAsLibpqDoes) {
  const auto environment = environment_of(Secret("host=/tmp dbname=shop user=ana"));
  EXPECT_EQ(environment.at("PGHOST"), "/tmp");
  EXPECT_EQ(environment.at("PGDATABASE"), "shop");
}

TEST(ConnectionUrl, IsShownWithoutItsPassword) {
  EXPECT_EQ(masked(Secret("postgres://shop:secret@db.example:5432/shop?sslmode=require")),
            "postgres://shop@db.example:5432/shop");
  EXPECT_EQ(masked(Secret("postgresql://ana@/shop?host=/tmp/x&port=5432")),
            "postgres://ana@/shop?host=/tmp/x&port=5432");
}

TEST(ConnectionUrl, OfAnotherSchemeIsAUsageErrorWithAHint) {
  const Error error = refusal_of("mysql://shop:topsecret@db/shop");
  EXPECT_EQ(error.kind(), ErrorKind::usage);
  EXPECT_NE(error.hint(), "");
  EXPECT_EQ(error.message().find("topsecret"), std::string::npos);
}

TEST(ConnectionUrl, WithAPortThatIsNoneNeverQuotesWhatStandsThere) {
  for (const char* url : {"postgres://shop:top/secret@db/shop", "postgres://db:0/shop",
                          "postgres://db:65536/shop", "host=db port=top", "postgres://a:1,b:x/s"}) {
    const Error error = refusal_of(url);
    EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
    EXPECT_EQ(error.message().find("top"), std::string::npos) << error.message();
  }
  EXPECT_EQ(environment_of(Secret("postgres://a:5432,b:5433/shop")).at("PGPORT"), "5432,5433");
}

TEST(ConnectionUrl, ThatCannotBeParsedNeverQuotesThePassword) {
  for (const char* url : {"postgres://shop:top%secret@db/shop", "postgres://db/shop?tops%ecret=1",
                          "postgres://shop@[topsecret/shop", "topsecret", ""}) {
    const Error error = refusal_of(url);
    EXPECT_EQ(error.kind(), ErrorKind::usage) << url;
    EXPECT_EQ(error.message().find("secret"), std::string::npos) << error.message();
    EXPECT_EQ(error.message().find("ecret"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace lifeboat::pq
