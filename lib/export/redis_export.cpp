#include "export/redis_export.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "bridge/redis_record_source.h"
#include "redis/piece_command.h"
#include "redis/record.h"
#include "redis/target_mark.h"
#include "resp/value.h"

namespace lifeboat::exporting {
namespace {

using redis::Record;
using Words = std::vector<std::string_view>;

constexpr std::size_t kBlockBytes = kMiB;

constexpr const char* kReadme = R"text(# Keys of a Redis or Valkey

Loaded into an empty server of at least the version that the snapshot was taken of:

    sh load.sh -u redis://HOST:6379

What stands behind load.sh goes to redis-cli: -s SOCKET, --user NAME, --tls.

| file | what it is |
|---|---|
| keys.resp | all keys as commands of the Redis protocol: SELECT, RESTORE with absolute expiries, and of big values commands of their types |
| server.json | what the server was, and how it was captured |
| functions.dump | the reply to FUNCTION DUMP, if there were functions; keys.resp brings them back, too |

redis-cli --pipe says "errors: 0" at its end, and nothing else is a success: load.sh looks for it. A key
whose time has passed is not stored by the server.
)text";

constexpr const char* kScript = R"text(#!/bin/sh
# Loads this folder into a server. All arguments go to redis-cli: -u redis://HOST:6379
set -eu
cd "$(dirname "$0")"
said=$(redis-cli "$@" --pipe < keys.resp)
echo "$said"
case $said in *"errors: 0"*) ;; *) exit 1 ;; esac
)text";

/// Commands into a file, in blocks.
class CommandFile {
 public:
  explicit CommandFile(Folder::File file) : file_(std::move(file)) {}

  void add(const Words& words) {
    resp::append_command(pending_, words);
    if (pending_.size() >= kBlockBytes) flush();
  }
  void flush() {
    file_.write(ByteView(pending_));
    pending_.clear();
  }

 private:
  Folder::File file_;
  Bytes pending_;
};

void add_expiry(const Record& record, CommandFile& commands) {
  if (record.expiry_ms == redis::kNoExpiry) return;
  commands.add({"PEXPIREAT", record.key, std::to_string(record.expiry_ms)});
}

void add_value(const Record& record, CommandFile& commands) {
  // 0 would mean no expiry; 1 has passed as surely.
  const std::string expiry = record.expiry_ms == redis::kNoExpiry
                                 ? "0"
                                 : std::to_string(std::max<std::uint64_t>(record.expiry_ms, 1));
  commands.add({"RESTORE", record.key, expiry, as_text(record.body), "REPLACE", "ABSTTL"});
}

void add_piece(const Record& record, CommandFile& commands) {
  const redis::Piece piece = redis::decode_piece(record.body);
  if (piece.number == 0) commands.add({"UNLINK", record.key});
  if (!piece.elements.empty()) commands.add(redis::command_of(piece, record.key));
  if (piece.last) add_expiry(record, commands);
}

void add_record(const Record& record, CommandFile& commands) {
  switch (record.tag) {
    case redis::Tag::value:
      return add_value(record, commands);
    case redis::Tag::piece:
      return add_piece(record, commands);
    case redis::Tag::gone:
      return commands.add({"UNLINK", record.key});
  }
}

}  // namespace

void export_redis(const vault::SnapshotReader& reader, std::uint16_t place, Folder& folder) {
  bridge::RedisRecordSource source(reader, place);
  CommandFile commands(folder.create("keys.resp"));
  std::optional<std::uint32_t> database;
  for (std::size_t range = 0; range < source.range_count(); ++range) {
    const auto bytes = source.open_range(range);
    redis::RecordReader records(*bytes);
    while (const std::optional<Record> record = records.next()) {
      // What a restore left on the server that was captured would say something false elsewhere.
      if (record->key == redis::kUnfinishedMark || record->key == redis::kPartKey) continue;
      if (database != record->database) {
        database = record->database;
        commands.add({"SELECT", std::to_string(*database)});
      }
      add_record(*record, commands);
    }
  }
  if (const auto& functions = source.functions()) {
    commands.add({"FUNCTION", "RESTORE", as_text(*functions), "REPLACE"});
  }
  commands.flush();
  folder.write("load.sh", std::string_view(kScript));
  folder.write("README.md", std::string_view(kReadme));
}

}  // namespace lifeboat::exporting
