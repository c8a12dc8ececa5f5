#include "pq/connection.h"

#include <poll.h>

#include <charconv>

#include "pq/connection_state.h"

namespace lifeboat::pq {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

PgConn start_connecting(const ConnectionOptions& options) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (std::size_t i = 0; i < options.keywords.size(); ++i) {
    keywords.push_back(options.keywords[i].c_str());
    values.push_back(options.values[i].c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PgConn connection(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection) throw Error(ErrorKind::internal, "out of memory");
  return connection;
}

/// libpq's connect_timeout does not reach PQconnectPoll(). 0 means for ever there; here a minute.
steady_clock::time_point connect_deadline(const ConnectionOptions& options) {
  int limit = 10;
  const std::string& text = *options.find("connect_timeout");
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return steady_clock::now() + seconds(limit > 0 ? std::max(limit, 2) : 60);
}

void ignore_notice(void*, const PGresult*) {}

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

}  // namespace

std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(impl_->result.get())); }

bool Rows::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(impl_->result.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string Rows::text(std::size_t row, std::size_t column) const {
  const auto r = static_cast<int>(row);
  const auto c = static_cast<int>(column);
  const int length = PQgetlength(impl_->result.get(), r, c);
  return {PQgetvalue(impl_->result.get(), r, c), static_cast<std::size_t>(length)};
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
  const std::string value = text(row, column);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc() || end != value.data() + value.size()) {
    throw Error(ErrorKind::internal, "the server sent \"" + value + "\" where a number belongs");
  }
  return number;
}

bool Rows::boolean(std::size_t row, std::size_t column) const { return text(row, column) == "t"; }

Connection::Connection(const Secret& url, std::stop_token stop)
    : state_(std::make_unique<State>(std::move(stop))) {
  const ConnectionOptions options = parse_url(url);
  const steady_clock::time_point deadline = connect_deadline(options);
  state_->connection = start_connecting(options);
  PGconn* connection = state_->connection.get();
  // Where libpq keeps no fields, the SQLSTATE stands in the text alone, and only when verbose.
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(connection, ignore_notice, nullptr);
  if (PQstatus(connection) == CONNECTION_BAD) throw connect_error(connection);
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED) throw connect_error(connection);
    state_->wait(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    wanted = PQconnectPoll(connection);
  }
  if (PQsetnonblocking(connection, 1) != 0) state_->throw_lost();
}

Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

void Connection::execute(std::string_view sql) {
  if (const std::optional<ServerError> failure = try_execute(sql)) {
    throw state_->error(*failure);
  }
}

std::optional<ServerError> Connection::try_execute(std::string_view sql) {
  state_->check_stop();
  if (PQsendQuery(state_->connection.get(), std::string(sql).c_str()) == 0) state_->throw_lost();
  std::optional<ServerError> failure = state_->drain();
  if (!failure) return failure;
  Error error = state_->error(*failure);
  if (!alive()) throw error;
  return failure;
}

Rows Connection::query(std::string_view sql, const std::vector<std::string>& parameters) {
  state_->check_stop();
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  if (PQsendQueryParams(state_->connection.get(), std::string(sql).c_str(),
                        static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr,
                        0) == 0) {
    state_->throw_lost();
  }
  auto rows = std::make_shared<Rows::Impl>();
  rows->result = state_->next_result();
  const std::optional<ServerError> later = state_->drain();
  const ExecStatusType status = PQresultStatus(rows->result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return Rows(std::move(rows));
  throw state_->error(later ? *later : error_of(rows->result.get()));
}

std::string Connection::parameter(const std::string& name) const {
  return text_or_empty(PQparameterStatus(state_->connection.get(), name.c_str()));
}

int Connection::server_version() const { return PQserverVersion(state_->connection.get()); }
std::string Connection::host() const { return text_or_empty(PQhost(state_->connection.get())); }
std::string Connection::port() const { return text_or_empty(PQport(state_->connection.get())); }
std::string Connection::database() const { return text_or_empty(PQdb(state_->connection.get())); }
std::string Connection::user() const { return text_or_empty(PQuser(state_->connection.get())); }
bool Connection::alive() const { return state_->alive(); }
const ServerError& Connection::copy_failure() const { return state_->copy_failure; }

}  // namespace lifeboat::pq
