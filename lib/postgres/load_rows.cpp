#include "postgres/load_rows.h"

#include <algorithm>
#include <functional>

#include "postgres/row_sender.h"

namespace lifeboat::postgres {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

/// Runs a call to the server; a failure that concerns these rows alone is a value.
std::optional<Error> refused_by_server(const std::function<void()>& call) {
  try {
    call();
    return std::nullopt;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || ends_the_restore(sqlstate_of(error))) throw;
    return error;
  }
}

constexpr const char* kCheckViolation = "23514";  // a partition's bound is one

}  // namespace

std::string fallback_path(const std::string& schema) {
  return schema.empty() || schema == "public" ? "public" : quote_identifier(schema) + ", public";
}

RowLoader::RowLoader(const Catalogue& catalogue, LoadSource& source, LoadOutcome& outcome,
                     Observer& observer)
    : catalogue_(catalogue),
      source_(source),
      outcome_(outcome),
      observer_(observer),
      ranges_begun_(catalogue.tables.size()),
      ranges_ended_(catalogue.tables.size()) {}

void RowLoader::begin(std::size_t table) {
  const std::lock_guard lock(mutex_);
  if (ranges_begun_[table]++ != 0) return;
  std::uint64_t expected = 0;
  for (std::size_t r = 0; r < source_.range_count(table); ++r) {
    expected += source_.range_bytes(table, r);
  }
  observer_.item_started(catalogue_.tables[table].sql_name(), expected);
}

void RowLoader::end(std::size_t table) {
  const std::lock_guard lock(mutex_);
  if (++ranges_ended_[table] == source_.range_count(table)) {
    observer_.item_finished(catalogue_.tables[table].sql_name());
  }
}

std::optional<std::string> RowLoader::top_of(std::size_t table) const {
  const std::vector<Table>& tables = catalogue_.tables;
  std::optional<std::string> top;
  for (Oid parent = tables[table].parent; parent != 0;) {
    const auto found = std::find_if(tables.begin(), tables.end(),
                                    [&](const Table& each) { return each.oid == parent; });
    if (found == tables.end()) break;
    top = found->sql_name();
    parent = found->parent;
  }
  return top;
}

void RowLoader::skip_range(std::size_t table, std::size_t range, std::uint64_t rows) {
  begin(table);
  const std::uint64_t bytes = source_.range_bytes(table, range);
  rows_ += rows;
  bytes_ += bytes;
  observer_.item_advanced(catalogue_.tables[table].sql_name(), bytes, rows);
  end(table);
}

std::optional<Error> RowLoader::copy(LoadSession& session, std::size_t table, std::size_t range,
                                     const std::string& into, std::uint64_t& loaded) {
  const std::string name = catalogue_.tables[table].sql_name();
  const std::unique_ptr<stream::Source> rows = source_.open_range(table, range);
  pq::Connection& connection = session.connection(SqlFrom::catalogue);
  if (auto refusal = refused_by_server(
          [&] { connection.begin_copy_in(copy_sql(catalogue_.tables[table], into)); })) {
    return refusal;
  }
  // Not send_rows(): what the server refuses is a value here, what the vault refuses never is.
  Bytes buffer(kPieceBytes);
  std::uint64_t sent = 0;
  while (true) {
    std::size_t count = 0;
    try {
      count = rows->read(buffer);
    } catch (...) {
      connection.abandon_copy_in();
      throw;
    }
    if (count == 0) break;
    const ByteView piece = ByteView(buffer).first(count);
    if (auto refusal = refused_by_server([&] { connection.put_copy(piece); })) return refusal;
    sent += count;
    observer_.item_advanced(name, count, 0);
  }
  if (auto refusal = refused_by_server([&] { loaded = connection.end_copy_in(); })) return refusal;
  rows_ += loaded;
  bytes_ += sent;
  observer_.item_advanced(name, 0, loaded);
  return std::nullopt;
}

std::uint64_t RowLoader::load_range(LoadSession& session, std::size_t table, std::size_t range) {
  std::uint64_t loaded = 0;
  const Table& into = catalogue_.tables[table];
  begin(table);
  with_context("load rows of " + into.sql_name(), [&] {
    std::optional<Error> refusal = copy(session, table, range, into.sql_name(), loaded);
    if (!refusal) return;
    session.reconnect();
    // The hash of an enum is that of an OID; a bound on a text follows the server's collation.
    const auto top = top_of(table);
    if (top && sqlstate_of(*refusal) == kCheckViolation) {
      if (!copy(session, table, range, *top, loaded)) {
        observer_.warned("rows of " + into.sql_name() + " belong into other partitions of " + *top +
                         " here");
        return;
      }
      session.reconnect();
    }
    if (may_need_search_path(sqlstate_of(*refusal))) {
      const std::string path = fallback_path(into.schema);
      static_cast<void>(session.connection(SqlFrom::catalogue));
      session.set_path(path);
      const std::optional<Error> second = copy(session, table, range, into.sql_name(), loaded);
      if (!second) {
        session.set_path("");
        observer_.warned("rows of " + into.sql_name() + " needed search_path " + path);
        return;
      }
      session.reconnect();
    }
    outcome_.rows_lost(table, into.sql_name(), refusal->message());
  });
  end(table);
  return loaded;
}

}  // namespace lifeboat::postgres
