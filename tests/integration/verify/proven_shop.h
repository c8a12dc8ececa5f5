#ifndef LIFEBOAT_TESTS_INTEGRATION_VERIFY_PROVEN_SHOP_H_
#define LIFEBOAT_TESTS_INTEGRATION_VERIFY_PROVEN_SHOP_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "harness/disk_vault.h"
#include "harness/postgres_server.h"
#include "verify/verify.h"

namespace lifeboat::verify {

/// A vault with one snapshot of a small shop, and an empty database to prove it in.
class ProvenShop : public testing::Test {
 protected:
  void SetUp() override {
    harness::PostgresServer& server = harness::shared_server();
    const Secret shop = server.create_database("shop");
    server.execute("shop",
                   "CREATE TABLE orders (id int PRIMARY KEY, note text, total numeric(12,2));"
                   "INSERT INTO orders SELECT n, md5(n::text), n / 100.0"
                   "  FROM generate_series(1, 6000) n;"
                   "UPDATE orders SET total = 19.90 WHERE id = 4711;"
                   "CREATE INDEX orders_total ON orders (total);"
                   "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql"
                   "  AS 'BEGIN RETURN NEW; END';"
                   "CREATE TRIGGER orders_stamp BEFORE UPDATE ON orders FOR EACH ROW"
                   "  EXECUTE FUNCTION stamp();"
                   "CREATE TABLE visits (page text, seen date);"
                   "INSERT INTO visits SELECT 'page ' || n % 50, '2026-11-01'::date + n % 20"
                   "  FROM generate_series(1, 3000) n;"
                   "CREATE SEQUENCE invoices; SELECT setval('invoices', 700);"
                   "SELECT lo_from_bytea(4711, 'a picture of a boat')");
    vault_.take(shop);
    scratch_ = server.create_database("scratch");
  }
  void TearDown() override {
    harness::shared_server().drop_database("shop");
    harness::shared_server().drop_database("scratch");
  }

  /// Proves the snapshot in `scratch_`; `damage` is done to the restored copy.
  Report prove(const std::string& damage = "") {
    Request request;
    request.scratch_url = scratch_;
    request.adopt_scratch = true;
    if (!damage.empty()) {
      request.before_comparison = [&](const Secret&) {
        harness::shared_server().execute("scratch", damage);
      };
    }
    SilentObserver observer;
    const vault::Vault reader = vault_.open_as(vault::Role::identity);
    return verify(reader, vault::resolve_snapshot(reader, "latest"), request, SystemClock(),
                  observer, {});
  }

  harness::DiskVault vault_;
  Secret scratch_;
};

}  // namespace lifeboat::verify

#endif  // LIFEBOAT_TESTS_INTEGRATION_VERIFY_PROVEN_SHOP_H_
