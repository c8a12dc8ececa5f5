// The contract of every store, held by S3Store before a real object store: by the way it is used,
// with answers so small that every list takes several, and with the bucket named by its host.
#include "contract/object_store_contract.h"
#include "harness/s3_fault_proxy.h"
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

/// A bucket behind a store that does not know `If-None-Match`, or does not heed it.
struct WithoutConditions {
  explicit WithoutConditions(const harness::S3FaultProxy::Fault& fault)
      : proxy(harness::shared_s3_server().port()),
        store(harness::shared_s3_server().settings(proxy.port()), kClock, std::stop_token()) {
    proxy.fault("PUT", "/", fault, 1'000'000);
    store.look_before_creating();
  }
  harness::S3FaultProxy proxy;
  S3Store store;
};

std::shared_ptr<ObjectStore> in_a_place(std::shared_ptr<WithoutConditions> place) {
  S3Store* const store = &place->store;
  return {std::move(place), store};
}

std::shared_ptr<ObjectStore> make_s3_store_that_answers_501() {
  return in_a_place(std::make_shared<WithoutConditions>(
      [](const harness::HttpRequest& request, harness::HttpPeer& peer, const auto& forward) {
        const bool conditional = !request.header("if-none-match").empty();
        peer.send(conditional ? harness::http_answer(501, harness::s3_error("NotImplemented"))
                              : forward());
      }));
}

std::shared_ptr<ObjectStore> make_s3_store_that_replaces() {
  return in_a_place(std::make_shared<WithoutConditions>(
      harness::ignores_the_condition(harness::shared_s3_server().port())));
}

INSTANTIATE_TEST_SUITE_P(S3ThatAnswers501, ObjectStoreContract,
                         testing::Values(make_s3_store_that_answers_501));
INSTANTIATE_TEST_SUITE_P(S3ThatReplaces, ObjectStoreContract,
                         testing::Values(make_s3_store_that_replaces));
INSTANTIATE_TEST_SUITE_P(S3, ObjectStoreContract, testing::Values(make_s3_store));
INSTANTIATE_TEST_SUITE_P(S3, ExclusiveCreationContract, testing::Values(make_s3_store));
INSTANTIATE_TEST_SUITE_P(S3InSmallPages, ObjectStoreContract,
                         testing::Values(make_s3_store_of_small_pages));
INSTANTIATE_TEST_SUITE_P(S3InSmallPages, ExclusiveCreationContract,
                         testing::Values(make_s3_store_of_small_pages));
INSTANTIATE_TEST_SUITE_P(S3ByHost, ObjectStoreContract, testing::Values(make_s3_store_by_host));
INSTANTIATE_TEST_SUITE_P(S3ByHost, ExclusiveCreationContract,
                         testing::Values(make_s3_store_by_host));

}  // namespace
}  // namespace lifeboat::store
