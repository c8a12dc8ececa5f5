#include "postgres/identity.h"
#include "postgres/restore_mark.h"
#include "postgres/scratch.h"
#include "postgres/scratch_mark.h"
#include "postgres/scratch_wipe.h"
#include "postgres/target.h"
#include "postgres/user_objects.h"
#include "pq/connection.h"

namespace lifeboat::postgres {
namespace {

/// Two proofs in one scratch database would compare each other's rows. The lock of a killed one
/// goes with its session, which the server ends a moment later, or after a minute if the machine
/// vanished without a word.
void take_lock(pq::Connection& connection, const Identity& identity) {
  connection.execute(
      "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = "
      "3;"
      "SET statement_timeout = 0; SET lock_timeout = '2s'");
  try {
    static_cast<void>(connection.query("SELECT pg_catalog.pg_advisory_lock(7238453817263514211)"));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::busy) throw;
    throw Error(ErrorKind::busy,
                "the scratch database " + identity.database + " is in use by another proof",
                "wait for its end, or give each its own scratch database");
  }
  connection.execute("SET lock_timeout = 0");
}

void refuse_unfit_scratch(const Identity& identity, const std::optional<Identity>& source) {
  if (source && same_database(*source, identity)) {
    throw Error(ErrorKind::refused,
                "the database " + identity.database +
                    " is where the snapshot was captured from: it cannot be scratch",
                "give an empty database that nobody needs");
  }
  if (identity.in_recovery) {
    throw Error(ErrorKind::refused, "the database " + identity.database + " is a read-only standby",
                "give the URL of its primary, or of another server");
  }
}

/// What is in an unmarked database, for the message that refuses it.
std::string contents_of(pq::Connection& connection) {
  const auto unfinished = read_restore_mark(connection);
  if (unfinished) return "an unfinished restore of snapshot " + unfinished->snapshot_id;
  return name_user_objects(connection);
}

void adopt(pq::Connection& connection, const Identity& identity, ScratchMark found, bool wanted) {
  const std::string holds = contents_of(connection);
  const std::string unmarked =
      "the database " + identity.database +
      (found == ScratchMark::none ? " does not carry lifeboat's scratch mark"
                                  : " carries the scratch mark of another database or role");
  if (!holds.empty()) {
    throw Error(ErrorKind::refused, unmarked + " and is not empty: it holds " + holds,
                "give an empty database that nobody needs, with --adopt-scratch the first time: "
                "it is wiped before and after each use");
  }
  if (!wanted) {
    throw Error(ErrorKind::refused, unmarked,
                "it is empty: if lifeboat may wipe it from now on, add --adopt-scratch once");
  }
  make_scratch_mark(connection, identity);
}

class GivenScratch final : public Scratch {
 public:
  GivenScratch(const GivenScratchRequest& request, const std::stop_token& stop)
      : url_(request.url), holder_(std::in_place, request.url, stop) {
    pq::Connection& connection = *holder_;
    identity_ = read_identity(connection);
    refuse_unfit_scratch(identity_, request.source);
    take_lock(connection, identity_);
    const ScratchMark mark = read_scratch_mark(connection, identity_);
    if (mark != ScratchMark::valid) {
      adopt(connection, identity_, mark, request.adopt);
      return;
    }
    end_left_sessions(connection);
    wipe_scratch(connection, identity_);
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
    wipe_scratch(fresh, identity_);
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

std::unique_ptr<Scratch> open_given_scratch(const GivenScratchRequest& request,
                                            std::stop_token stop) {
  return with_context("open the scratch database",
                      [&] { return std::make_unique<GivenScratch>(request, stop); });
}

}  // namespace lifeboat::postgres
