// The contract of every store, held by S3Store before a real object store: by the way it is used,
// with answers so small that every list takes several, and with the bucket named by its host.
#include "contract/object_store_contract.h"
#include "harness/s3_server.h"
#include "store/s3_store.h"

namespace lifeboat::store {
namespace {

const SystemClock kClock;

std::shared_ptr<ObjectStore> make_s3_store() {
  return std::make_shared<S3Store>(harness::shared_s3_server().settings(), kClock,
                                   std::stop_token());
}

std::shared_ptr<ObjectStore> make_s3_store_of_small_pages() {
  S3Settings settings = harness::shared_s3_server().settings();
  settings.list_page = 2;
  return std::make_shared<S3Store>(settings, kClock, std::stop_token());
}

std::shared_ptr<ObjectStore> make_s3_store_by_host() {
  S3Settings settings = harness::shared_s3_server().settings();
  settings.location.style = config::BucketStyle::virtual_host;
  settings.location.endpoint =
      "localhost:" + std::to_string(harness::shared_s3_server().port());  // vaults.localhost
  return std::make_shared<S3Store>(settings, kClock, std::stop_token());
}

INSTANTIATE_TEST_SUITE_P(S3, ObjectStoreContract, testing::Values(make_s3_store));
INSTANTIATE_TEST_SUITE_P(S3InSmallPages, ObjectStoreContract,
                         testing::Values(make_s3_store_of_small_pages));
INSTANTIATE_TEST_SUITE_P(S3ByHost, ObjectStoreContract, testing::Values(make_s3_store_by_host));

}  // namespace
}  // namespace lifeboat::store
