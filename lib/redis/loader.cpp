#include "redis/loader.h"

#include <algorithm>

#include "redis/crc64.h"
#include "redis/key_text.h"
#include "redis/piece_command.h"
#include "redis/target_mark.h"

namespace lifeboat::redis {
namespace {

using resp::Connection;
using resp::Value;

constexpr std::uint64_t kMostBytesDue = 8U << 20U;
constexpr std::size_t kMostNamed = 100;
/// Above this, or above so many commands, a value is written under another name first.
constexpr std::uint64_t kAtOnceBytes = 1U << 20U;
constexpr std::size_t kAtOnceCommands = 4096;

bool contains(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

/// A whole command is forbidden, not a key.
bool forbids_command(const Value& reply) {
  return reply.code() == "NOPERM" && contains(reply.text, "permissions to run");
}

/// What no other key would fare better with.
void throw_if_hopeless(const Value& reply) {
  if (contains(reply.text, "OOM command not allowed")) {
    throw Error(ErrorKind::unavailable, "the target is out of memory: " + reply.text,
                "restore into a larger server");
  }
  for (const std::string_view code : {"READONLY", "MISCONF", "LOADING", "MASTERDOWN", "NOAUTH"}) {
    if (reply.code() == code) throw resp::to_error(reply, "restore");
  }
  if (forbids_command(reply)) {
    throw Error(ErrorKind::denied, "restore: " + reply.text,
                "give the user this command, or restore as another user");
  }
}

std::uint64_t server_ms(Connection& connection) {
  const Value time = connection.require({"TIME"});
  if (time.items.size() != 2) throw resp::to_error(time, "TIME");
  return std::stoull(time.items[0].text) * 1000 + std::stoull(time.items[1].text) / 1000;
}

std::vector<std::string_view> words_of(WriteCommand& command, std::string_view key) {
  command.words[command.key_at] = key;
  return {command.words.begin(), command.words.end()};
}

std::int32_t answers_of(const WriteCommand& command) {
  return command.answers ? static_cast<std::int32_t>(*command.answers) : -1;
}

/// Why a reply is not as it has to be; empty if it is.
std::string fault_of(const Value& reply, std::int32_t answers) {
  if (reply.is_error()) return reply.text;
  if (answers < 0 || reply.items.size() == static_cast<std::size_t>(answers)) return {};
  return "the server took " + std::to_string(reply.items.size()) + " of " +
         std::to_string(answers) + " pending entries";
}

}  // namespace

PayloadRefusal refuses_payload(const Value& reply) {
  if (!reply.is_error()) return PayloadRefusal::none;
  if (contains(reply.text, "DUMP payload version or checksum")) return PayloadRefusal::every_value;
  if (contains(reply.text, "unknown command")) return PayloadRefusal::every_value;
  if (forbids_command(reply)) return PayloadRefusal::every_value;
  return contains(reply.text, "Bad data format") ? PayloadRefusal::this_value
                                                 : PayloadRefusal::none;
}

Loader::Loader(const LoadRequest& request, Connection& connection, const ServerFacts& target,
               const std::string& why_by_commands, LoadReport& report)
    : request_(request),
      connection_(connection),
      report_(report),
      abilities_(abilities_of(target.version)),
      now_ms_(server_ms(connection)),
      by_commands_(!why_by_commands.empty()) {
  report_.by_commands_reason = why_by_commands;
}

void Loader::refuse(std::uint32_t database, std::string_view key, const std::string& reason) {
  ++report_.refused;
  if (report_.not_restored.size() >= kMostNamed) return;
  report_.not_restored.push_back(
      {"key " + shown_key(key) + " of database " + std::to_string(database), reason});
}

void Loader::take_payload_reply(const Came& came) {
  const PayloadRefusal refusal = refuses_payload(came.reply);
  if (refusal == PayloadRefusal::none) {
    throw_if_hopeless(came.reply);
    return refuse(came.due.database, came.key, came.reply.text);
  }
  if (refusal == PayloadRefusal::every_value) by_commands_ = true;
  if (report_.by_commands_reason.empty()) report_.by_commands_reason = came.reply.text;
  redo_[came.where()] = {std::string(came.payload), came.due.expiry_ms};
}

void Loader::take_exec(const Came& came) {
  const std::vector<std::int32_t> answers = std::move(answers_.front());
  answers_.pop_front();
  const auto& items = came.reply.items;
  std::string fault = std::exchange(transaction_error_, {});
  if (fault.empty()) fault = fault_of(came.reply, kAny);
  for (std::size_t i = 0; i < items.size() && fault.empty(); ++i) {
    fault = fault_of(items[i], i < answers.size() ? answers[i] : kAny);
  }
  if (fault.empty()) return;
  refuse(came.due.database, came.key, fault);
  redo_[came.where()] = {};  // what stands there is half of it, or what it was before
}

void Loader::take(const Came& came) {
  // What was to be done about an earlier record of the same key is void.
  if (!redo_.empty()) redo_.erase(came.where());
  if (came.due.step == Step::exec) {
    if (came.reply.is_error()) throw_if_hopeless(came.reply);
    return take_exec(came);
  }
  const std::string fault = fault_of(came.reply, came.due.answers);
  if (fault.empty()) return;
  if (came.due.step == Step::payload) return take_payload_reply(came);
  if (came.reply.is_error()) throw_if_hopeless(came.reply);
  if (came.due.step == Step::transaction) {
    if (transaction_error_.empty()) transaction_error_ = fault;
  } else if (came.due.step == Step::part) {
    if (part_error_.empty()) part_error_ = fault;
  } else {
    refuse(came.due.database, came.key, fault);
  }
}

void Loader::take_reply() {
  const Due due = due_.front();
  due_.pop_front();
  due_bytes_ -= due.bytes;
  const Value reply = connection_.receive();
  ++report_.commands;
  const std::string_view kept = std::string_view(kept_).substr(kept_at_);
  take({.due = due,
        .key = kept.substr(0, due.key_bytes),
        .payload = kept.substr(due.key_bytes, due.payload_bytes),
        .reply = reply});
  kept_at_ += due.key_bytes + due.payload_bytes;
  if (kept_at_ < kept_.size() / 2) return;
  kept_.erase(0, kept_at_);
  kept_at_ = 0;
}

void Loader::settle(std::size_t commands, std::uint64_t bytes) {
  while (due_.size() > commands || due_bytes_ > bytes) take_reply();
}

void Loader::send(Due due, std::string_view key, const Words& command) {
  for (const std::string_view argument : command) due.bytes += argument.size();
  if (due_.size() >= request_.depth || due_bytes_ + due.bytes > kMostBytesDue) {
    settle(request_.depth / 2, kMostBytesDue / 2);
  }
  due.database = database_;
  due.key_bytes = key.size();
  kept_ += key;
  if (due.step == Step::payload) {  // RESTORE key expiry payload ...
    due.payload_bytes = command[3].size();
    kept_ += command[3];
  }
  connection_.send(command);
  due_bytes_ += due.bytes;
  due_.push_back(due);
}

void Loader::send(Step step, std::string_view key, const Words& command) {
  Due due;
  due.step = step;
  send(due, key, command);
}

void Loader::send_transaction(std::string_view key, const std::vector<Words>& commands,
                              std::vector<std::int32_t> answers) {
  send(Step::transaction, key, {"MULTI"});
  for (const Words& command : commands) send(Step::transaction, key, command);
  answers_.push_back(std::move(answers));
  send(Step::exec, key, {"EXEC"});
}

void Loader::select(std::uint32_t database) {
  if (selected_ && database == database_) return;
  settle(0, 0);
  const Value reply = connection_.ask({"SELECT", std::to_string(database)});
  if (reply.is_error() && contains(reply.text, "out of range")) {
    throw Error(ErrorKind::refused, "the target has no database " + std::to_string(database),
                "restore into a server with more databases, or one of them alone: --db N");
  }
  if (reply.is_error()) throw resp::to_error(reply, "SELECT");
  database_ = database;
  selected_ = true;
}

void Loader::restore(std::string_view key, std::uint64_t expiry, ByteView payload) {
  if (!end_of_payload(payload).intact) {
    throw Error(ErrorKind::corrupt, "a value's checksum is wrong");
  }
  if (by_commands_) return write_by_commands(key, expiry, payload);
  if (has_expired(expiry)) ++report_.expired;
  // 0 would mean no expiry; 1 has passed as surely.
  const std::string when =
      expiry == kNoExpiry ? "0" : std::to_string(std::max<std::uint64_t>(expiry, 1));
  Due due;
  due.step = Step::payload;
  due.expiry_ms = expiry;
  send(due, key, {"RESTORE", key, when, as_text(payload), "REPLACE", "ABSTTL"});
}

void Loader::write_by_commands(std::string_view key, std::uint64_t expiry, ByteView payload) {
  ++report_.by_commands;
  if (has_expired(expiry)) {
    ++report_.expired;
    return send(Step::plain, key, {"UNLINK", key});
  }
  std::vector<WriteCommand> held;
  std::uint64_t held_bytes = 0;
  const Translation translation = translate(payload, abilities_, [&](WriteCommand&& command) {
    if (part_is_open_) return add_part(key, command);
    held_bytes += command.bytes();
    held.push_back(std::move(command));
    if (held_bytes <= kAtOnceBytes && held.size() <= kAtOnceCommands) return;
    begin_part(key);
    for (WriteCommand& one : held) add_part(key, one);
    held.clear();
  });
  if (!translation.known) {
    refuse(database_, key,
           "RESTORE alone can write a value of its type (RDB type " +
               std::to_string(translation.rdb_type) +
               "), and the target refuses that: " + report_.by_commands_reason);
    return send(Step::plain, key, {"UNLINK", key});
  }
  for (const std::string& one : translation.inexact) {
    if (report_.not_restored.size() >= kMostNamed) break;
    report_.not_restored.push_back(
        {"of key " + shown_key(key) + " of database " + std::to_string(database_), one});
  }
  part_is_open_ ? end_part(key, expiry) : write_at_once(key, expiry, held);
}

void Loader::write_at_once(std::string_view key, std::uint64_t expiry,
                           std::vector<WriteCommand>& commands) {
  std::vector<Words> all = {{"UNLINK", key}};
  std::vector<std::int32_t> answers = {kAny};
  for (WriteCommand& command : commands) {
    all.push_back(words_of(command, key));
    answers.push_back(answers_of(command));
  }
  const std::string when = std::to_string(expiry);
  if (expiry != kNoExpiry) all.push_back({"PEXPIREAT", key, when});
  send_transaction(key, all, std::move(answers));
}

void Loader::begin_part(std::string_view key) {
  part_error_.clear();
  part_is_open_ = true;
  part_has_elements_ = false;
  send(Step::part, key, {"UNLINK", kPartKey});
}

void Loader::add_part(std::string_view key, WriteCommand& command) {
  Due due;
  due.step = Step::part;
  due.answers = answers_of(command);
  send(due, key, words_of(command, kPartKey));
  part_has_elements_ = true;
}

void Loader::end_part(std::string_view key, std::uint64_t expiry) {
  settle(0, 0);
  part_is_open_ = false;
  const bool expired = has_expired(expiry);
  if (expired) ++report_.expired;
  const bool failed = !part_error_.empty();
  if (failed) refuse(database_, key, part_error_);
  if (expired || !part_has_elements_ || failed) {
    send(Step::part, key, {"UNLINK", kPartKey});
    // What cannot be removed either is named already.
    return send(failed ? Step::part : Step::plain, key, {"UNLINK", key});
  }
  std::vector<Words> commands = {{"RENAME", kPartKey, key}};
  const std::string when = std::to_string(expiry);
  if (expiry != kNoExpiry) commands.push_back({"PEXPIREAT", key, when});
  send_transaction(key, commands, {});
}

void Loader::add_piece(const Record& record, std::uint64_t expiry) {
  const Piece piece = decode_piece(record.body);
  if (piece.number == 0) begin_part(record.key);
  if (!piece.elements.empty()) {
    send(Step::part, record.key, command_of(piece, kPartKey));
    part_has_elements_ = true;
  }
  if (piece.last) end_part(record.key, expiry);
}

void Loader::apply(const Record& record) {
  if (!request_.selection.takes(record.database, record.key)) return;
  if (!redo_.empty() && !part_is_open_) redo_what_was_refused();
  if (record.key == kUnfinishedMark || record.key == kPartKey) return note_foreign_mark(record);
  select(request_.target_database(record.database));
  ++report_.records;
  const std::uint64_t expiry =
      request_.freeze_expiry ? kNoExpiry : delayed_expiry(record.expiry_ms, request_.expiry_delay);
  switch (record.tag) {
    case Tag::value:
      return restore(record.key, expiry, record.body);
    case Tag::piece:
      return add_piece(record, expiry);
    case Tag::gone:
      return send(Step::plain, record.key, {"UNLINK", record.key});
  }
}

/// What another restore left on the server that was captured is not brought over: here it would say
/// something false.
void Loader::note_foreign_mark(const Record& record) {
  if (record.key != kUnfinishedMark || record.tag == Tag::gone) return;
  report_.not_restored.push_back(
      {"what was to be restored into database " + std::to_string(record.database) +
           " of the source",
       "the snapshot was taken while a restore into its source was unfinished"});
}

void Loader::redo_what_was_refused() {
  settle(0, 0);
  for (const auto& [where, what] : std::exchange(redo_, {})) {
    const auto& [database, key] = where;
    select(database);
    if (what.payload.empty()) {
      send(Step::plain, key, {"UNLINK", key});
    } else {
      write_by_commands(key, what.expiry_ms, as_bytes(what.payload));
    }
  }
}

void Loader::finish() {
  settle(0, 0);
  while (!redo_.empty()) {
    redo_what_was_refused();
    settle(0, 0);
  }
  if (report_.refused > kMostNamed) {
    report_.not_restored.push_back({std::to_string(report_.refused - kMostNamed) + " more keys",
                                    "the server refused them, too"});
  }
}

}  // namespace lifeboat::redis
