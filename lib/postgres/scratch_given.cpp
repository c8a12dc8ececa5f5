#include "postgres/scratch.h"
#include "postgres/target.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

/// Two proofs in one scratch database would compare each other's rows.
constexpr const char* kLock = "SELECT pg_catalog.pg_try_advisory_lock(7238453817263514211)";

class GivenScratch final : public Scratch {
 public:
  GivenScratch(const Secret& url, const std::stop_token& stop)
      : url_(url), holder_(std::in_place, url, stop) {
    pq::Connection& connection = *holder_;
    identity_ = inspect_target(connection).identity;
    if (!connection.query(kLock).boolean(0, 0)) {
      throw Error(ErrorKind::busy, "the scratch database " + identity_.database + " is in use");
    }
    const bool marked =
        connection.query("SELECT pg_catalog.to_regnamespace('lifeboat_scratch') IS NOT NULL")
            .boolean(0, 0);
    if (marked) {
      wipe_database(connection);
      return;
    }
    const TargetState state = inspect_target(connection);
    if (state.user_objects > 0 || !state.unfinished_snapshot.empty()) {
      throw Error(ErrorKind::refused,
                  "the database " + identity_.database +
                      " is not empty, and lifeboat has not "
                      "marked it as scratch",
                  "give an empty database: it is wiped after use");
    }
    connection.execute(
        "CREATE SCHEMA lifeboat_scratch;"
        "COMMENT ON SCHEMA lifeboat_scratch IS 'lifeboat wipes this database before and after "
        "use'");
  }
  ~GivenScratch() override {
    try {
      close();
    } catch (const Error&) {
      // The mark stays: the next use wipes it.
    }
  }

  [[nodiscard]] const Secret& url() const override { return url_; }
  [[nodiscard]] std::string describe() const override {
    return "scratch database " + identity_.database + " on " + identity_.host;
  }
  [[nodiscard]] bool local() const override { return false; }

  void close() override {
    if (closed_) return;
    // A stop was for the work in it; giving it back has a session of its own.
    pq::Connection fresh(url_, {});
    wipe_database(fresh);
    holder_.reset();
    closed_ = true;
  }

 private:
  Secret url_;
  std::optional<pq::Connection> holder_;  // of the lock
  Identity identity_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Scratch> open_given_scratch(const Secret& url, std::stop_token stop) {
  return with_context("open the scratch database",
                      [&] { return std::make_unique<GivenScratch>(url, stop); });
}

}  // namespace lifeboat::postgres
