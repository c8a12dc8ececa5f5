#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <thread>

#include "pq/connection_state.h"

namespace lifeboat::pq {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// PQcancel() blocks for as long as the network pleases, so it gets a thread that is left behind,
/// with all it needs, when it takes more than a second.
void cancel_statement(PGconn* connection) {
  std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), PQfreeCancel);
  if (!cancel) return;
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> finished = done->get_future();
  std::thread([cancel, done] {
    char message[256];
    static_cast<void>(PQcancel(cancel.get(), message, sizeof message));
    done->set_value();
  }).detach();
  static_cast<void>(finished.wait_for(std::chrono::seconds(1)));
}

int poll_timeout(const std::optional<steady_clock::time_point>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<milliseconds>(*deadline - steady_clock::now());
  return left.count() <= 0 ? 0 : static_cast<int>(left.count());
}

}  // namespace

Connection::State::State(std::stop_token stop_token)
    : stop(std::move(stop_token)),
      wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      on_stop(stop, [fd = wake.get()] { static_cast<void>(eventfd_write(fd, 1)); }) {
  if (!wake) throw Error(ErrorKind::internal, "no eventfd is to be had");
}

void Connection::State::check_stop() {
  if (!stop.stop_requested()) return;
  if (connection && PQstatus(connection.get()) == CONNECTION_OK) {
    cancel_statement(connection.get());
  }
  connection.reset();
  throw Error(ErrorKind::cancelled, "stopped on request");
}

void Connection::State::wait(short events, std::optional<steady_clock::time_point> deadline) {
  pollfd watched[2] = {{PQsocket(connection.get()), events, 0}, {wake.get(), POLLIN, 0}};
  while (true) {
    check_stop();
    const int ready = poll(watched, 2, poll_timeout(deadline));
    if (ready < 0 && errno != EINTR) throw Error(ErrorKind::internal, "poll failed");
    if (ready > 0 && watched[0].revents != 0) return;
    if (deadline && steady_clock::now() >= *deadline) {
      throw Error(ErrorKind::unavailable, "connect: no answer in time",
                  "check host and port, and that the server can be reached from here");
    }
  }
}

void Connection::State::flush() {
  while (true) {
    const int rest = PQflush(connection.get());
    if (rest < 0) throw_lost();
    if (rest == 0) return;
    wait(POLLIN | POLLOUT);
    // A server that has failed a COPY stops reading until its report is taken.
    if (PQconsumeInput(connection.get()) == 0) throw_lost();
  }
}

PgResult Connection::State::next_result() {
  flush();
  while (PQisBusy(connection.get()) != 0) {
    wait(POLLIN);
    if (PQconsumeInput(connection.get()) == 0) break;  // PQgetResult() tells what happened
  }
  return PgResult(PQgetResult(connection.get()));
}

std::optional<ServerError> Connection::State::drain() {
  std::optional<ServerError> failure;
  while (PgResult result = next_result()) {
    const ExecStatusType status = PQresultStatus(result.get());
    const bool failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
    if (failed && !failure) failure = error_of(result.get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      throw Error(ErrorKind::internal, "a COPY was sent as a plain statement");
    }
  }
  return failure;
}

void Connection::State::throw_lost() {
  while (const PgResult result{PQgetResult(connection.get())}) {
    if (PQresultStatus(result.get()) != PGRES_FATAL_ERROR) continue;
    throw to_error(error_of(result.get()), stop.stop_requested(), true);
  }
  ServerError failure = last_error_of(connection.get());
  if (failure.message.empty()) failure.message = "the connection is lost";
  throw to_error(failure, stop.stop_requested(), true);
}

/// Errors without an SQLSTATE are libpq's own: the session is gone, though PQstatus() may call it
/// good for a while. (A write that failed is reported before the end of the stream is read.)
Error Connection::State::error(const ServerError& failure) {
  if (failure.sqlstate.empty()) lost = true;
  return to_error(failure, stop.stop_requested(), !alive());
}

bool Connection::State::alive() const {
  return !lost && PQstatus(connection.get()) == CONNECTION_OK;
}

}  // namespace lifeboat::pq
