#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/verify/proven_shop.h"

namespace lifeboat::verify {
namespace {

using harness::shared_server;

class GivenScratch : public ProvenShop {};

TEST_F(GivenScratch, IsEmptyAfterTheProofAndGoodForTheNext) {
  for (int proof = 0; proof < 2; ++proof) {
    EXPECT_EQ(prove().verdict, vault::Verdict::proven);
    EXPECT_EQ(postgres::inspect_target(scratch_).user_objects, 0U);
    EXPECT_EQ(postgres::inspect_target(scratch_).unfinished_snapshot, "");
    EXPECT_EQ(shared_server().value("scratch", "SELECT count(*) FROM pg_largeobject_metadata"),
              "0");
  }
  EXPECT_EQ(vault_.history().attestations.size(), 2U);
}

TEST_F(GivenScratch, IsEmptyAfterAProofThatFailed) {
  EXPECT_EQ(prove("DELETE FROM orders").verdict, vault::Verdict::not_proven);
  EXPECT_EQ(postgres::inspect_target(scratch_).user_objects, 0U);
}

TEST_F(GivenScratch, IsEmptyAfterAProofThatBrokeOff) {
  Request request;
  request.scratch_url = scratch_;
  request.adopt_scratch = true;
  request.before_comparison = [](const Secret&) { throw Error(ErrorKind::cancelled, "enough"); };
  SilentObserver observer;
  const vault::Vault reader = vault_.open_as(vault::Role::identity);
  EXPECT_THROW(static_cast<void>(verify(reader, vault::resolve_snapshot(reader, "latest"), request,
                                        SystemClock(), observer, {})),
               Error);
  EXPECT_EQ(postgres::inspect_target(scratch_).user_objects, 0U);
  EXPECT_TRUE(vault_.history().attestations.empty());
}

TEST_F(GivenScratch, IsRefusedAndLeftAloneIfItHoldsSomebodysData) {
  shared_server().execute("scratch",
                          "CREATE TABLE precious (x int); INSERT INTO precious VALUES (1), (2)");
  try {
    static_cast<void>(prove());
    FAIL() << "it was used";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(shared_server().value("scratch", "SELECT sum(x) FROM precious"), "3");
  EXPECT_EQ(postgres::inspect_target(scratch_).user_tables, 1U);
  EXPECT_TRUE(vault_.history().attestations.empty());
}

TEST_F(GivenScratch, IsRefusedIfItIsTheSourceItself) {
  scratch_ = shared_server().url("shop");
  EXPECT_THROW(static_cast<void>(prove()), Error);
  EXPECT_EQ(shared_server().value("shop", "SELECT count(*) FROM orders"), "6000");
}

}  // namespace
}  // namespace lifeboat::verify
