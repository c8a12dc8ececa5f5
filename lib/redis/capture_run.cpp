#include "redis/capture_run.h"

#include <algorithm>
#include <cstdio>

#include "redis/key_scan.h"

namespace lifeboat::redis {
namespace {

using resp::Value;

constexpr std::size_t kLeastRoundDepth = 200;
constexpr std::chrono::milliseconds kNear{1};
constexpr std::size_t kNearBatch = 100;
/// What one transaction may read: more would hold the server up.
constexpr std::size_t kMostInTransaction = 1000;
constexpr std::uint64_t kMostBytesInTransaction = 8U << 20U;
/// Keys in it that nobody measured, because they came up while others were: applications make new
/// ones all the time.
constexpr std::size_t kMostUnknown = 100;
/// What a name costs in a map, beside its own bytes.
constexpr std::size_t kKnownKeyBytes = 80;

/// Whether CLIENT TRACKING names a stream that XGROUP CREATE MKSTREAM makes: from Redis 6.2 on.
bool tells_of_new_streams(const ServerFacts& server) {
  int major = 0;
  int minor = 0;
  return std::sscanf(server.version.c_str(), "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 2));
}

Instant instant_of(const Value& time) {
  if (time.items.size() != 2) throw resp::to_error(time, "TIME");
  return Instant(std::chrono::milliseconds(std::stoll(time.items[0].text) * 1000 +
                                           std::stoll(time.items[1].text) / 1000));
}

}  // namespace

CaptureRun::CaptureRun(const CaptureRequest& request, ServerFacts server, RecordSink& sink,
                       Observer& observer, std::stop_token stop)
    : request_(request),
      observer_(observer),
      stop_(std::move(stop)),
      writer_(sink),
      connection_(request.url, stop_) {
  result_.server = std::move(server);
  result_.host = connection_.address().text();
}

void CaptureRun::become_fuzzy(const std::string& why) {
  if (result_.reason.empty()) result_.reason = why;
}

Counters CaptureRun::read_counters() {
  if (!result_.server.allowed.info) return {};
  return counters_of(connection_.require({"INFO", "commandstats"}).text);
}

Counters CaptureRun::counters_of(std::string_view commandstats) const {
  Counters counters = parse_counters(commandstats);
  if (tells_of_new_streams(result_.server)) counters.group_creations = 0;
  return counters;
}

void CaptureRun::begin_watch() {
  watch_.reset();
  databases_.clear();
  forget_known();
  reader_.emplace(connection_, result_.server.allowed, writer_);
  if (!result_.server.allowed.tracking) {
    become_fuzzy("the server refuses CLIENT TRACKING");
  } else {
    watch_.emplace(request_.url, stop_, request_.changed_bytes, request_.keep_alive);
  }
  if (!result_.server.allowed.info) {
    become_fuzzy("the server refuses INFO, so that a swap of databases cannot be ruled out");
  }
  static_cast<void>(connection_.ask({"XINFO", "HELP"}));  // Counters::marks
  start_ = read_counters();
  streams_read_at_ = start_;
}

void CaptureRun::relieve() {
  if (request_.after_batch) request_.after_batch();
  if (!watch_) return;
  watch_->collect();
  if (watch_->held_bytes() > request_.changed_bytes / 4) read_again(watch_->take_changed());
}

std::size_t CaptureRun::scan_batch() {
  // With an answer in no time nothing is won by more: the keys of a small batch are still in the
  // server's caches when they are measured and dumped.
  auto fastest = std::chrono::nanoseconds::max();
  for (int turn = 0; turn < 3; ++turn) {
    const Clock::time_point asked = Clock::now();
    static_cast<void>(connection_.ask({"PING"}));
    fastest = std::min(fastest, std::chrono::nanoseconds(Clock::now() - asked));
  }
  return fastest < kNear ? std::min(request_.depth, kNearBatch) : request_.depth;
}

bool CaptureRun::begins_anew() const {
  return watch_ && watch_->flushed() && result_.restarts < request_.restarts;
}

void CaptureRun::scan_database(std::uint32_t database, std::string_view type) {
  reader_->select(database);
  KeyScan scan(connection_, batch_, type);
  std::vector<std::string> keys;
  // While values come, the server finds the keys behind them and measures the next ones.
  const auto ask_ahead = [&](const std::vector<std::string>& next) {
    reader_->send_measures(next);
    if (!scan.at_end()) scan.ask();
  };
  scan.ask();
  keys = scan.take();
  ask_ahead(keys);
  std::uint64_t told = writer_.bytes();
  while (true) {
    std::vector<KeyMeasure> measures = reader_->take_measures(keys);
    const bool last = !scan.is_due();
    std::vector<std::string> next;
    if (!last) next = scan.take();
    relieve();  // nothing is due on the connection
    if (begins_anew()) return;
    reader_->select(database);
    reader_->read_measured(keys, std::move(measures), false, [&] {
      if (!last) ask_ahead(next);
    });
    observer_.item_advanced("keys", writer_.bytes() - told, keys.size());
    told = writer_.bytes();
    if (last) return;
    keys = std::move(next);
  }
}

void CaptureRun::scan_everything() {
  batch_ = scan_batch();
  for (const auto& [database, keys] : databases_of(connection_, result_.server.allowed)) {
    databases_.insert(database);
  }
  // A database that was selected to find it is not the one that the reader believes in.
  reader_.emplace(connection_, result_.server.allowed, writer_);
  static_cast<void>(connection_.require({"SELECT", std::to_string(reader_->database())}));
  for (const std::uint32_t database : std::set(databases_)) scan_database(database);
  writer_.end_round();
}

void CaptureRun::read_batches(std::uint32_t database, std::span<const std::string> keys) {
  // A round that takes long has more to read when it ends.
  const std::size_t depth = std::max(request_.depth, kLeastRoundDepth);
  reader_->select(database);
  for (std::size_t at = 0; at < keys.size(); at += depth) {
    reader_->read(keys.subspan(at, std::min(depth, keys.size() - at)), true);
    if (watch_) watch_->collect();
  }
}

void CaptureRun::read_again(const std::vector<std::string>& changed) {
  const std::uint64_t before = writer_.records();
  for (const std::uint32_t database : databases_) read_batches(database, changed);
  ++result_.rounds;
  result_.rereads += writer_.records() - before;
}

void CaptureRun::measure(const std::set<std::string>& names) {
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    if (!known_.contains(name)) unknown.push_back(name);
  }
  if (unknown.empty()) return;
  if (known_bytes_ > request_.changed_bytes) forget_known();
  const std::vector<std::uint64_t> sizes = reader_->measure_in(databases_, unknown);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    known_bytes_ += unknown[i].size() + kKnownKeyBytes;
    known_.emplace(std::move(unknown[i]), sizes[i]);
  }
}

void CaptureRun::forget_known() {
  known_.clear();
  known_bytes_ = 0;
}

void CaptureRun::read_unread() {
  // A key that changes its type each time is settled by the watch, or is why there is none.
  for (const auto& [database, key] : reader_->take_unread()) {
    reader_->select(database);
    reader_->read(std::span(&key, 1), true);
  }
}

void CaptureRun::read_streams_again(const Counters& now) {
  const bool created = now.group_creations != streams_read_at_.group_creations;
  if (created) {
    for (const std::uint32_t database : std::set(databases_)) scan_database(database, "stream");
  }
  const std::uint64_t before = writer_.records();
  std::map<std::uint32_t, std::vector<std::string>> streams;
  for (const auto& [database, key] : reader_->streams()) streams[database].push_back(key);
  for (const auto& [database, keys] : streams) read_batches(database, keys);
  result_.rereads += writer_.records() - before;
  ++result_.rounds;
  streams_read_at_ = now;
}

std::set<DatabaseKey> CaptureRun::last_keys(const std::set<std::string>& changed,
                                            bool with_streams) const {
  std::set<DatabaseKey> keys;
  for (const std::uint32_t database : databases_) {
    for (const std::string& key : changed) keys.emplace(database, key);
  }
  if (with_streams) keys.insert(reader_->streams().begin(), reader_->streams().end());
  return keys;
}

bool CaptureRun::is_small(const std::set<DatabaseKey>& keys) const {
  if (keys.size() > kMostInTransaction) return false;
  std::size_t unknown = 0;
  std::uint64_t bytes = 0;
  for (const auto& [database, key] : keys) {
    if (reader_->big().contains(key)) return false;
    const auto known = known_.find(key);
    if (known == known_.end()) {
      ++unknown;
    } else {
      bytes += known->second;
    }
  }
  return unknown <= kMostUnknown && bytes <= kMostBytesInTransaction;
}

std::optional<CaptureRun::Moment> CaptureRun::read_in_transaction(
    const std::set<DatabaseKey>& keys) {
  const Allowed& allowed = result_.server.allowed;
  std::size_t queued = 2;
  connection_.send({"MULTI"});
  connection_.send({"TIME"});
  std::uint32_t selected = reader_->database();
  for (const auto& [database, key] : keys) {
    if (database != selected) {
      connection_.send({"SELECT", std::to_string(database)});
      selected = database;
      ++queued;
    }
    connection_.send({"DUMP", key});
    connection_.send({allowed.pexpiretime ? "PEXPIRETIME" : "PTTL", key});
    queued += 2;
  }
  if (allowed.function_dump) {
    connection_.send({"FUNCTION", "DUMP"});
    ++queued;
  }
  connection_.send({"INFO", "commandstats"});
  connection_.send({"INFO", "keyspace"});
  queued += 2;
  connection_.send({"EXEC"});
  std::string refusal;
  for (std::size_t i = 0; i < queued; ++i) {
    const Value reply = connection_.receive();
    if (reply.is_error() && refusal.empty()) refusal = reply.text;
  }
  Value all = connection_.receive();
  if (!refusal.empty() || all.items.size() + 1 != queued) {
    become_fuzzy("the server refuses a transaction: " + (refusal.empty() ? all.text : refusal));
    return std::nullopt;
  }

  std::size_t at = 0;
  Moment moment;
  moment.time = std::move(all.items[at++]);
  for (const auto& [database, key] : keys) {
    if (database != reader_->database()) {
      reader_->selected(database);
      ++at;
    }
    Value payload = std::move(all.items[at]);
    Value expiry = std::move(all.items[at + 1]);
    at += 2;
    if (!allowed.pexpiretime) {
      Value both;
      both.kind = resp::Kind::array;
      both.items = {moment.time, std::move(expiry)};
      expiry = std::move(both);
    }
    reader_->write_dumped(key, reader_->dumped_of(std::move(payload), expiry), true);
  }
  if (allowed.function_dump) moment.functions = std::move(all.items[at++]);
  moment.counters = counters_of(all.items[at].text);
  moment.databases = parse_keyspace(all.items[at + 1].text);
  return moment;
}

CaptureRun::Outcome CaptureRun::judge(const Moment& moment, bool streams_are_in) {
  if (watch_->flushed() || !moment.counters.rules_out_swaps(start_)) return Outcome::restart;
  for (const auto& [database, keys] : moment.databases) {
    if (databases_.contains(database)) continue;
    // What was written there was looked for in the others alone.
    databases_.insert(database);
    scan_database(database);
    return Outcome::again;
  }
  if (moment.counters.group_creations != streams_read_at_.group_creations) return Outcome::again;
  if (moment.counters.groups != streams_read_at_.groups && !streams_are_in) return Outcome::again;
  return watch_->quiet() ? Outcome::settled : Outcome::again;
}

CaptureRun::Outcome CaptureRun::last_round(const std::set<DatabaseKey>& keys, bool streams_are_in) {
  const std::uint64_t before = writer_.records();
  std::optional<Moment> moment = read_in_transaction(keys);
  result_.rereads += writer_.records() - before;
  ++result_.rounds;
  if (!moment) return Outcome::again;
  watch_->barrier();
  if (!watch_->deaf().empty()) return Outcome::again;
  const Outcome outcome = judge(*moment, streams_are_in);
  if (outcome == Outcome::settled) moment_ = std::move(moment);
  return outcome;
}

CaptureRun::Outcome CaptureRun::try_to_settle() {
  if (watch_->flushed()) return Outcome::restart;
  read_unread();
  const Counters now = read_counters();
  const bool streams_moved = now.groups != streams_read_at_.groups;
  if (streams_moved && reader_->streams().size() > KeyReader::kMostStreams) {
    become_fuzzy("consumer groups change, and there are too many streams to read them again");
    return Outcome::again;
  }
  if (now.group_creations != streams_read_at_.group_creations) read_streams_again(now);
  std::set<std::string> changed;
  const auto collect = [&] {
    watch_->collect();
    for (std::string& name : watch_->take_changed()) changed.insert(std::move(name));
  };
  collect();
  std::set<std::string> names = changed;
  if (streams_moved) {
    for (const auto& [database, name] : reader_->streams()) names.insert(name);
  }
  if (names.size() <= kMostInTransaction) measure(names);
  collect();  // what came up meanwhile: from here to the barrier nothing may change
  const std::set<DatabaseKey> last = last_keys(changed, streams_moved);
  if (is_small(last)) return last_round(last, streams_moved);
  read_again({changed.begin(), changed.end()});
  if (streams_moved) read_streams_again(now);
  return Outcome::again;
}

void CaptureRun::start_anew() {
  if (++result_.restarts > request_.restarts) {
    --result_.restarts;
    become_fuzzy("databases were flushed or swapped again and again");
    return;  // the last scan was not broken off
  }
  observer_.warned("databases were flushed or swapped during the capture: it begins anew");
  writer_.discard();
  result_.rereads = 0;
  begin_watch();
  scan_everything();
}

void CaptureRun::read_once_more() {
  watch_->collect();
  read_again(watch_->take_changed());
  read_unread();
  watch_->collect();
}

void CaptureRun::settle() {
  if (!watch_) return read_unread();
  if (fuzzy()) read_once_more();
  Clock::time_point deadline = Clock::now() + request_.settle_time;
  while (!moment_ && !fuzzy()) {
    watch_->collect();
    if (!watch_->deaf().empty()) {
      become_fuzzy(watch_->deaf());
    } else if (Clock::now() >= deadline) {
      become_fuzzy("keys changed faster than they could be read again");
    } else if (try_to_settle() == Outcome::restart) {
      start_anew();
      deadline = Clock::now() + request_.settle_time;
    }
    writer_.end_round();
  }
  result_.unsettled = watch_->held_keys();
  if (!watch_->deaf().empty()) result_.unsettled.reset();
}

void CaptureRun::finish() {
  const Allowed& allowed = result_.server.allowed;
  result_.exact = moment_.has_value() && !fuzzy();
  Value functions;
  if (result_.exact) {
    result_.at = instant_of(moment_->time);
    result_.databases = moment_->databases;
    functions = std::move(moment_->functions);
  } else {
    result_.databases = databases_of(connection_, allowed);
    if (allowed.function_dump) functions = connection_.ask({"FUNCTION", "DUMP"});
    result_.at = instant_of(connection_.require({"TIME"}));
    result_.window = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    if (!watch_) result_.unsettled.reset();
  }
  if (functions.is_text()) {
    const ByteView bytes = functions.bytes();
    if (bytes.size() > 10) result_.functions = Bytes(bytes.begin(), bytes.end());
  }
  result_.rdb_version = reader_->rdb_version();
  result_.read_whole.assign(reader_->read_whole().begin(), reader_->read_whole().end());
  result_.records = writer_.records();
  result_.read_bytes = writer_.bytes();
  if (result_.server.master_lost) {
    result_.not_carried.push_back({"what the master has that this replica has not",
                                   "the replica's link to its master was down"});
  }
  for (NotCarried& item : reader_->take_not_carried()) {
    result_.not_carried.push_back(std::move(item));
  }
}

Capture CaptureRun::run() {
  observer_.phase("capture");
  observer_.item_started("keys", 0);
  begin_watch();
  scan_everything();
  settle();
  writer_.end_round();
  finish();
  observer_.item_finished("keys");
  return std::move(result_);
}

}  // namespace lifeboat::redis
