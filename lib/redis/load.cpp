#include "redis/load.h"

#include <deque>

#include "redis/crc64.h"
#include "redis/glob.h"
#include "redis/record.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

constexpr std::uint64_t kMostBytesDue = 8U << 20U;
constexpr std::size_t kMostNamed = 100;

std::uint64_t evicted_keys(Connection& connection) {
  const Value reply = connection.ask({"INFO", "stats"});
  const auto info = parse_info(reply.text);
  const auto found = info.find("evicted_keys");
  return found == info.end() ? 0 : std::stoull(found->second);
}

std::uint64_t server_ms(Connection& connection) {
  const Value time = connection.require({"TIME"});
  if (time.items.size() != 2) throw resp::to_error(time, "TIME");
  return std::stoull(time.items[0].text) * 1000 + std::stoull(time.items[1].text) / 1000;
}

/// Sends commands and accounts for each reply.
class Loader {
 public:
  Loader(const LoadRequest& request, Connection& connection, LoadReport& report)
      : request_(request),
        connection_(connection),
        report_(report),
        now_ms_(server_ms(connection)),
        database_(connection.address().database) {}

  void apply(const Record& record);
  void finish() { settle(0, 0); }

 private:
  struct Due {
    std::uint32_t database;
    std::string key;
    std::uint64_t bytes;
  };

  void select(std::uint32_t database);
  void send(const Record& record, const std::vector<std::string_view>& command);
  void restore(const Record& record);
  void add_piece(const Record& record);
  void settle(std::size_t commands, std::uint64_t bytes);
  void take_reply();
  [[nodiscard]] std::uint64_t expiry_of(const Record& record) const {
    if (request_.freeze_expiry) return kNoExpiry;
    return delayed_expiry(record.expiry_ms, request_.expiry_delay);
  }

  const LoadRequest& request_;
  Connection& connection_;
  LoadReport& report_;
  std::uint64_t now_ms_;
  std::uint32_t database_;
  std::deque<Due> due_;
  std::uint64_t due_bytes_ = 0;
};

void Loader::take_reply() {
  const Due due = std::move(due_.front());
  due_.pop_front();
  due_bytes_ -= due.bytes;
  const Value reply = connection_.receive();
  ++report_.commands;
  if (!reply.is_error()) return;
  if (reply.code() == "OOM") {
    throw Error(ErrorKind::unavailable, "the target is out of memory: " + reply.text,
                "restore into a larger server");
  }
  if (reply.code() == "READONLY" || reply.code() == "MISCONF")
    throw resp::to_error(reply, "restore");
  ++report_.refused;
  if (report_.not_restored.size() < kMostNamed) {
    report_.not_restored.push_back(
        {"key " + due.key + " of database " + std::to_string(due.database), reply.text});
  }
}

void Loader::settle(std::size_t commands, std::uint64_t bytes) {
  while (due_.size() > commands || due_bytes_ > bytes) take_reply();
}

void Loader::send(const Record& record, const std::vector<std::string_view>& command) {
  std::uint64_t bytes = 0;
  for (const std::string_view argument : command) bytes += argument.size();
  if (due_.size() >= request_.depth || due_bytes_ + bytes > kMostBytesDue) {
    settle(request_.depth / 2, kMostBytesDue / 2);
  }
  connection_.send(command);
  due_.push_back({database_, std::string(record.key), bytes});
  due_bytes_ += bytes;
}

void Loader::select(std::uint32_t database) {
  if (database == database_) return;
  settle(0, 0);
  static_cast<void>(connection_.require({"SELECT", std::to_string(database)}));
  database_ = database;
}

void Loader::restore(const Record& record) {
  if (!end_of_payload(record.body).intact) {
    throw Error(ErrorKind::corrupt, "a value's checksum is wrong");
  }
  const std::uint64_t expiry = expiry_of(record);
  if (expiry <= now_ms_) ++report_.expired;
  // 0 would mean no expiry; 1 has passed as surely.
  const std::string when =
      expiry == kNoExpiry ? "0" : std::to_string(std::max<std::uint64_t>(expiry, 1));
  send(record, {"RESTORE", record.key, when, as_text(record.body), "REPLACE", "ABSTTL"});
}

void Loader::add_piece(const Record& record) {
  constexpr std::string_view kAdd[] = {"", "APPEND", "RPUSH", "SADD", "ZADD", "HSET"};
  const Piece piece = decode_piece(record.body);
  if (piece.number == 0) send(record, {"UNLINK", record.key});
  if (!piece.elements.empty()) {
    std::vector<std::string_view> command = {kAdd[static_cast<std::size_t>(piece.type)],
                                             record.key};
    if (piece.type == PieceType::sorted_set) {  // ZADD wants the score first
      for (std::size_t i = 0; i < piece.elements.size(); i += 2) {
        command.push_back(piece.elements[i + 1]);
        command.push_back(piece.elements[i]);
      }
    } else {
      command.insert(command.end(), piece.elements.begin(), piece.elements.end());
    }
    send(record, command);
  }
  const std::uint64_t expiry = expiry_of(record);
  if (!piece.last || expiry == kNoExpiry) return;
  if (expiry <= now_ms_) ++report_.expired;
  send(record, {"PEXPIREAT", record.key, std::to_string(expiry)});
}

void Loader::apply(const Record& record) {
  if (!request_.selection.takes(record.database, record.key)) return;
  select(request_.into_database.value_or(record.database));
  ++report_.records;
  switch (record.tag) {
    case Tag::value:
      return restore(record);
    case Tag::piece:
      return add_piece(record);
    case Tag::gone:
      return send(record, {"UNLINK", record.key});
  }
}

void restore_functions(Connection& connection, const Bytes& functions, LoadReport& report) {
  const Value reply = connection.ask({"FUNCTION", "RESTORE", as_text(functions), "REPLACE"});
  report.functions = !reply.is_error();
  if (reply.is_error()) report.not_restored.push_back({"functions", reply.text});
}

void load_ranges(Loader& loader, RecordSource& source, LoadReport& report, Observer& observer) {
  for (std::size_t range = 0; range < source.range_count(); ++range) {
    const auto bytes = source.open_range(range);
    RecordReader reader(*bytes);
    std::uint64_t range_bytes = 0;
    std::uint64_t records = 0;
    while (const std::optional<Record> record = reader.next()) {
      loader.apply(*record);
      range_bytes += record->key.size() + record->body.size();
      ++records;
    }
    report.bytes += range_bytes;
    observer.item_advanced("keys", range_bytes, records);
  }
  loader.finish();
}

}  // namespace

bool Selection::takes(std::uint32_t in_database, std::string_view key) const {
  return (!database || *database == in_database) && (!match || fits(*match, key));
}

LoadReport load(const LoadRequest& request, RecordSource& source,
                const std::optional<Bytes>& functions, Observer& observer, std::stop_token stop) {
  if (request.into_database && !request.selection.database) {
    throw Error(ErrorKind::usage, "to put keys into another database, say of which one they are");
  }
  LoadReport report;
  report.target = check_target(request, source.total_bytes(), stop);
  Connection connection(request.url, stop);
  const std::uint64_t evicted_before = evicted_keys(connection);
  observer.phase("load");
  observer.item_started("keys", source.total_bytes());
  try {
    Loader loader(request, connection, report);
    load_ranges(loader, source, report, observer);
    const bool whole = !request.selection.match && !request.selection.database;
    if (functions && whole) restore_functions(connection, *functions, report);
  } catch (Error& error) {
    error.add_kept(std::to_string(report.commands) +
                   " commands were carried out: the target holds a part of the snapshot");
    throw;
  }
  observer.item_finished("keys");
  const std::uint64_t evicted_after = evicted_keys(connection);
  report.evicted = evicted_after - std::min(evicted_before, evicted_after);
  if (report.evicted > 0) {
    report.not_restored.push_back(
        {std::to_string(report.evicted) + " keys", "the target dropped them, because it is full"});
  }
  if (report.refused > kMostNamed) {
    report.not_restored.push_back({std::to_string(report.refused - kMostNamed) + " more keys",
                                   "the server refused them, too"});
  }
  return report;
}

}  // namespace lifeboat::redis
