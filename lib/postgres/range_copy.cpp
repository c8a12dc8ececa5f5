#include "postgres/range_copy.h"

#include <algorithm>
#include <array>

#include "postgres/range_plan.h"

namespace lifeboat::postgres {
namespace {

/// A table with more rows of this kind has another trouble than one long value.
constexpr std::size_t kMostInARange = 1000;

/// What a row's own value can make of a COPY; the words are in the server's language. 54000: text
/// beyond 1 GB. XX000: bytea beyond 1 GB, among others. XX001, XX002: damage. 53200: no memory.
bool may_be_the_rows_fault(const pq::ServerError& failure) {
  constexpr std::array kStates = {"54000", "XX000", "XX001", "XX002", "53200"};
  return std::ranges::find(kStates, failure.sqlstate) != kStates.end();
}

std::string reason_of(const pq::ServerError& failure) {
  return "the server cannot print it: " + failure.message + " (" + failure.sqlstate + ")";
}

}  // namespace

RangeCopy::RangeCopy(pq::Connection& session, SnapshotSessions* sessions, const Table& table,
                     const Range& range)
    : session_(session), sessions_(sessions), table_(table), range_(range) {}

void RangeCopy::run(const OnRow& on_row) {
  while (true) {
    std::uint64_t rows = 0;
    bool taken = true;  // a failure of whoever takes the row is not the row's
    try {
      session_.copy_out(statement(), [&](ByteView line) {
        taken = false;
        on_row(line);
        taken = true;
        ++rows;
      });
      return;
    } catch (const Error&) {
      if (!taken || sessions_ == nullptr || !has_tids(table_) || !session_.alive()) throw;
      if (!may_be_the_rows_fault(session_.copy_failure())) throw;
      if (unprintable_.size() == kMostInARange) throw;
      pass_over(rows);
    }
  }
}

std::string RangeCopy::statement() const {
  return behind_ ? copy_rest_sql(table_, range_, *behind_) : copy_sql(table_, range_);
}

/// Called while an exception is handled: rethrows it if no single row is to blame.
void RangeCopy::pass_over(std::uint64_t rows_before) {
  const pq::ServerError failure = session_.copy_failure();
  sessions_->rejoin(session_);
  const std::optional<std::string> tid = find_row(rows_before);
  if (!tid || !fails_alone(*tid)) throw;
  sessions_->rejoin(session_);
  unprintable_.push_back({in_words(*tid), reason_of(failure), Severity::loss});
  behind_ = tid;
}

std::optional<std::string> RangeCopy::find_row(std::uint64_t rows_before) {
  const pq::Rows found = session_.query(find_tid_sql(table_, range_, behind_, rows_before));
  if (found.size() == 0) return std::nullopt;
  return found.text(0, 0);
}

bool RangeCopy::fails_alone(const std::string& tid) {
  try {
    session_.copy_out(copy_row_sql(table_, tid), [](ByteView) {});
    return false;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || !session_.alive()) throw;
    return may_be_the_rows_fault(session_.copy_failure());
  }
}

/// "row (7,3) of table public.t, id 12": by its key where that can be read.
std::string RangeCopy::in_words(const std::string& tid) {
  std::string text = "row " + tid + " of table " + table_.sql_name();
  if (table_.key.empty()) return text;
  std::string columns;
  for (const std::string& column : table_.key) {
    columns += (columns.empty() ? "" : ", ") +
               ("pg_catalog.left(" + quote_identifier(column) + "::text, 60)");
  }
  try {
    const pq::Rows key = session_.query("SELECT " + columns + " FROM ONLY " + table_.sql_name() +
                                            " WHERE ctid = $1::pg_catalog.tid",
                                        {tid});
    for (std::size_t i = 0; key.size() == 1 && i < table_.key.size(); ++i) {
      text += (i == 0 ? ", " : " ") + table_.key[i] + " " + key.text(0, i);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || !session_.alive()) throw;
    sessions_->rejoin(session_);  // the key is what can't be read: the place must do
  }
  return text;
}

}  // namespace lifeboat::postgres
