#include "store/s3_placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace lifeboat::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr const char* kPack = "g12/pack/ab/abcd";
const Instant kNow = *parse_instant("2026-11-23T03:12:00Z");

std::map<std::string, std::string> headers_of(const std::string& name,
                                              const config::S3Location& location) {
  std::map<std::string, std::string> found;
  for (const auto& [header, value] :
       placement_headers(location, ObjectKey(name), as_bytes("abc"), kNow)) {
    found[header] = value;
  }
  return found;
}

TEST(S3Placement, SaysNothingUnlessItWasToldTo) { EXPECT_THAT(headers_of(kPack, {}), IsEmpty()); }

TEST(S3Placement, GivesItsStorageClassToPacksAlone) {
  config::S3Location location;
  location.storage_class = "STANDARD_IA";
  for (const char* name : {kPack, "g1/meta/ab/abcd"}) {
    EXPECT_THAT(headers_of(name, location),
                ElementsAre(Pair("x-amz-storage-class", "STANDARD_IA")));
  }
  for (const char* name :
       {"format", "trust/0000000001", "g1/session/ab", "g1/index/ab", "g1/mark/1", "snapshot/ab/ff",
        "record/ab/ff", "probe/x", "claim/x/y/z", "gx/pack/ab"}) {
    EXPECT_THAT(headers_of(name, location), IsEmpty()) << name;
  }
}

TEST(S3Placement, LocksWhatARestoreNeedsButRecordsClaimsAndProbes) {
  config::S3Location location;
  location.lock = config::LockMode::governance;
  location.lock_for = std::chrono::hours(24 * 30);
  for (const char* name :
       {kPack, "g1/meta/ab/abcd", "format", "trust/0000000001", "g1/session/ab", "g1/index/ab"}) {
    // RFC 1321: MD5 ("abc") = 900150983cd24fb0d6963f7d28e17f72
    EXPECT_THAT(
        headers_of(name, location),
        ElementsAre(Pair("Content-MD5", "kAFQmDzST7DWlj99KOF/cg=="),
                    Pair("x-amz-object-lock-mode", "GOVERNANCE"),
                    Pair("x-amz-object-lock-retain-until-date", "2026-12-23T03:12:00.000Z")))
        << name;
  }
  for (const char* name : {"g1/mark/1", "snapshot/ab/ff", "snapshot/ab/roll/0000000001",
                           "record/ab/ff", "probe/x", "claim/x/y/z", "run/x/1-1"}) {
    EXPECT_THAT(headers_of(name, location), IsEmpty()) << name;
  }
  location.lock = config::LockMode::compliance;
  EXPECT_EQ(headers_of(kPack, location)["x-amz-object-lock-mode"], "COMPLIANCE");
}

}  // namespace
}  // namespace lifeboat::store
