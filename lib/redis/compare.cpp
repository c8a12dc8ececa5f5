#include "redis/compare.h"

#include <algorithm>
#include <map>

#include "redis/capture.h"
#include "redis/function_dump.h"
#include "redis/key_table.h"
#include "redis/record.h"

namespace lifeboat::redis {
namespace {

using What = KeyDifference::What;
using Rows = std::vector<KeyTable::Row>;

template <typename Visit>
void visit_snapshot(RecordSource& snapshot, const Selection& selection, Visit&& visit) {
  for (std::size_t range = 0; range < snapshot.range_count(); ++range) {
    const auto bytes = snapshot.open_range(range);
    RecordReader reader(*bytes);
    while (const std::optional<Record> record = reader.next()) {
      if (selection.takes(record->database, record->key)) visit(*record);
    }
  }
}

/// Takes what is captured of the server into a table.
class TableSink final : public RecordSink {
 public:
  TableSink(const Selection& selection, std::uint32_t part, std::uint32_t parts)
      : table(part, parts), selection_(selection) {}
  void record(ByteView bytes) override {
    const Record record = decode_record(bytes);
    if (selection_.takes(record.database, record.key)) table.apply(record);
  }
  void end_range() override {}
  void discard() override { table.clear(); }

  KeyTable table;

 private:
  const Selection& selection_;
};

using Named = std::map<KeyHash, KeyDifference>;

/// Looks for the names of hashes.
class NameSink final : public RecordSink {
 public:
  NameSink(Named& different, Named& expired) : different_(different), expired_(expired) {}
  void look(const Record& record) {
    const KeyHash hash = hash_of(record.database, record.key);
    for (Named* wanted : {&different_, &expired_}) {
      const auto found = wanted->find(hash);
      if (found == wanted->end()) continue;
      found->second.database = record.database;
      found->second.key = record.key;
    }
  }
  void record(ByteView bytes) override { look(decode_record(bytes)); }
  void end_range() override {}
  void discard() override {}

 private:
  Named& different_;
  Named& expired_;
};

std::vector<KeyDifference> in_order(const Named& named) {
  std::vector<KeyDifference> list;
  for (const auto& [hash, one] : named) list.push_back(one);
  std::ranges::sort(list, [](const KeyDifference& a, const KeyDifference& b) {
    return a.database != b.database ? a.database < b.database : a.key < b.key;
  });
  return list;
}

class Comparison {
 public:
  Comparison(const CompareRequest& request, RecordSource& snapshot, Observer& observer,
             std::stop_token stop)
      : request_(request), snapshot_(snapshot), observer_(observer), stop_(std::move(stop)) {}

  CompareReport run(const std::optional<Bytes>& functions) {
    std::uint64_t records = 0;
    visit_snapshot(snapshot_, request_.selection, [&](const Record&) { ++records; });
    const auto parts = static_cast<std::uint32_t>(std::min<std::uint64_t>(
        records / std::max<std::size_t>(request_.keys_a_pass, 1) + 1, 65536));
    report_.still = true;
    report_.functions_equal = true;
    report_.passes = parts;
    for (std::uint32_t part = 0; part < parts; ++part) compare_part(part, parts, functions);
    name_differences();
    return std::move(report_);
  }

 private:
  Capture capture_into(RecordSink& sink) {
    CaptureRequest request;
    request.url = request_.url;
    request.depth = request_.depth;
    return capture(request, sink, observer_, stop_);
  }

  void compare_part(std::uint32_t part, std::uint32_t parts,
                    const std::optional<Bytes>& functions) {
    KeyTable table(part, parts);
    const Selection& selection = request_.selection;
    visit_snapshot(snapshot_, selection, [&](const Record& record) { table.apply(record); });
    TableSink sink(selection, part, parts);
    const Capture server = capture_into(sink);
    report_.still = report_.still && server.exact && server.not_carried.empty();
    const bool whole = !selection.match && !selection.database;
    if (whole && !equal_functions(server.functions, functions)) report_.functions_equal = false;
    report_.server = server.server;
    report_.at = server.at;
    now_ms_ = static_cast<std::uint64_t>(server.at.time_since_epoch().count());
    merge(table.finish(), sink.table.finish());
  }

  /// Both are ordered by hash.
  void merge(const Rows& expected, const Rows& found) {
    auto at = found.begin();
    for (const KeyTable::Row& row : expected) {
      for (; at != found.end() && at->key < row.key; ++at) note_extra(*at);
      const bool there = at != found.end() && at->key == row.key;
      compare_key(row, there ? &*at : nullptr);
      if (there) ++at;
    }
    for (; at != found.end(); ++at) note_extra(*at);
  }

  void compare_key(const KeyTable::Row& row, const KeyTable::Row* found) {
    KeyDifference difference;
    difference.expected_expiry_ms =
        request_.frozen_expiry ? kNoExpiry : delayed_expiry(row.expiry_ms, request_.expiry_delay);
    if (request_.expiry_delay.count() > 0 && row.expiry_ms <= now_ms_) ++report_.overdue;
    if (found == nullptr && difference.expected_expiry_ms <= now_ms_) {
      ++report_.expired;
      difference.what = What::expired;
      return remember(expired_, row.key, difference);
    }
    ++report_.keys;
    if (found != nullptr) difference.found_expiry_ms = found->expiry_ms;
    if (found == nullptr) {
      ++report_.missing;
      difference.what = What::missing;
    } else if (found->digest != row.digest) {
      ++report_.different_value;
      difference.what = What::value;
    } else if (difference.found_expiry_ms != difference.expected_expiry_ms) {
      ++report_.different_expiry;
      difference.what = What::expiry;
    } else {
      ++report_.equal;
      return;
    }
    remember(different_, row.key, difference);
  }

  void note_extra(const KeyTable::Row& found) {
    ++report_.extra;
    has_unknown_names_ = true;
    KeyDifference difference;
    difference.what = What::extra;
    difference.found_expiry_ms = found.expiry_ms;
    remember(different_, found.key, difference);
  }

  void remember(Named& among, const KeyHash& key, const KeyDifference& difference) const {
    if (among.size() < request_.named) among.emplace(key, difference);
  }

  /// The tables hold no names: they are read once more, the server's if it has keys of its own.
  void name_differences() {
    NameSink names(different_, expired_);
    if (!different_.empty() || !expired_.empty()) {
      visit_snapshot(snapshot_, request_.selection,
                     [&](const Record& record) { names.look(record); });
    }
    if (has_unknown_names_ && !different_.empty()) static_cast<void>(capture_into(names));
    report_.differences = in_order(different_);
    report_.expired_keys = in_order(expired_);
  }

  const CompareRequest& request_;
  RecordSource& snapshot_;
  Observer& observer_;
  std::stop_token stop_;
  CompareReport report_;
  std::uint64_t now_ms_ = 0;
  Named different_;
  Named expired_;
  bool has_unknown_names_ = false;
};

}  // namespace

CompareReport compare(const CompareRequest& request, RecordSource& snapshot,
                      const std::optional<Bytes>& functions, Observer& observer,
                      std::stop_token stop) {
  observer.phase("compare");
  return Comparison(request, snapshot, observer, std::move(stop)).run(functions);
}

}  // namespace lifeboat::redis
