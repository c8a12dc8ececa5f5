#include <poll.h>

#include <charconv>

#include "pq/connection_state.h"

namespace lifeboat::pq {

void Connection::State::begin_copy(std::string_view sql, ExecStatusType direction) {
  check_stop();
  copy_line.reset();
  if (PQsendQuery(connection.get(), std::string(sql).c_str()) == 0) throw_lost();
  const PgResult started = next_result();
  if (PQresultStatus(started.get()) == direction) return;
  copy_failure = error_of(started.get());
  static_cast<void>(drain());
  throw error(copy_failure);
}

std::uint64_t Connection::State::end_copy() {
  std::uint64_t rows = 0;
  PgResult result = next_result();
  const bool good = PQresultStatus(result.get()) == PGRES_COMMAND_OK;
  const ServerError failure = good ? ServerError{} : error_of(result.get());
  if (good) {
    const std::string_view count = PQcmdTuples(result.get());
    std::from_chars(count.data(), count.data() + count.size(), rows);
  }
  const std::optional<ServerError> later = drain();
  if (good && !later) return rows;
  copy_failure = good ? *later : failure;
  throw error(copy_failure);
}

void Connection::begin_copy_out(std::string_view sql) { state_->begin_copy(sql, PGRES_COPY_OUT); }

std::optional<ByteView> Connection::next_copy_line() {
  State& state = *state_;
  bool tried = false;
  while (true) {
    char* line = nullptr;
    const int length = PQgetCopyData(state.connection.get(), &line, 1);
    state.copy_line.reset(line);
    if (length > 0) {
      return ByteView(reinterpret_cast<const std::uint8_t*>(line),
                      static_cast<std::size_t>(length));
    }
    if (length == -1) {
      state.end_copy();
      return std::nullopt;
    }
    if (length == -2) state.throw_lost();
    // More is often there already: read before polling, which saves a system call a buffer.
    if (tried) {
      state.wait(POLLIN);
    } else {
      state.check_stop();
    }
    tried = !tried;
    if (PQconsumeInput(state.connection.get()) == 0) state.throw_lost();
  }
}

void Connection::begin_copy_in(std::string_view sql) { state_->begin_copy(sql, PGRES_COPY_IN); }

void Connection::put_copy(ByteView bytes) {
  constexpr std::size_t kPiece = 256 * 1024;  // bounds libpq's own buffer
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const ByteView piece = bytes.subspan(at, std::min(kPiece, bytes.size() - at));
    state_->check_stop();
    const int sent =
        PQputCopyData(state_->connection.get(), reinterpret_cast<const char*>(piece.data()),
                      static_cast<int>(piece.size()));
    if (sent != 1) state_->throw_lost();
    state_->flush();
  }
}

std::uint64_t Connection::end_copy_in() {
  if (PQputCopyEnd(state_->connection.get(), nullptr) != 1) state_->throw_lost();
  return state_->end_copy();
}

void Connection::abandon_copy_in() noexcept {
  try {
    if (!alive()) return;
    if (PQputCopyEnd(state_->connection.get(), "abandoned by the client") != 1) return;
    static_cast<void>(state_->drain());
  } catch (const Error&) {
    // The session is closed or broken: the server undoes the COPY by itself.
  }
}

}  // namespace lifeboat::pq
