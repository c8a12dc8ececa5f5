#include "redis/compare.h"

#include <algorithm>
#include <map>

#include "redis/capture.h"
#include "redis/key_table.h"
#include "redis/record.h"

namespace lifeboat::redis {
namespace {

using What = KeyDifference::What;
using Rows = std::vector<KeyTable::Row>;

constexpr std::size_t kMostNamed = 100;

template <typename Visit>
void visit_snapshot(RecordSource& snapshot, Visit&& visit) {
  for (std::size_t range = 0; range < snapshot.range_count(); ++range) {
    const auto bytes = snapshot.open_range(range);
    RecordReader reader(*bytes);
    while (const std::optional<Record> record = reader.next()) visit(*record);
  }
}

/// Takes what is captured of the server into a table.
class TableSink final : public RecordSink {
 public:
  TableSink(std::uint32_t part, std::uint32_t parts) : table(part, parts) {}
  void record(ByteView bytes) override { table.apply(decode_record(bytes)); }
  void end_range() override {}
  void discard() override { table.clear(); }

  KeyTable table;
};

/// Looks for the names of hashes.
class NameSink final : public RecordSink {
 public:
  explicit NameSink(std::map<KeyHash, KeyDifference>& wanted) : wanted_(wanted) {}
  void look(const Record& record) {
    const auto found = wanted_.find(hash_of(record.database, record.key));
    if (found == wanted_.end()) return;
    found->second.database = record.database;
    found->second.key = record.key;
  }
  void record(ByteView bytes) override { look(decode_record(bytes)); }
  void end_range() override {}
  void discard() override {}

 private:
  std::map<KeyHash, KeyDifference>& wanted_;
};

class Comparison {
 public:
  Comparison(const CompareRequest& request, RecordSource& snapshot, Observer& observer,
             std::stop_token stop)
      : request_(request), snapshot_(snapshot), observer_(observer), stop_(std::move(stop)) {}

  CompareReport run(const std::optional<Bytes>& functions) {
    std::uint64_t records = 0;
    visit_snapshot(snapshot_, [&](const Record&) { ++records; });
    const auto parts = static_cast<std::uint32_t>(std::min<std::uint64_t>(
        records / std::max<std::size_t>(request_.keys_a_pass, 1) + 1, 65536));
    report_.still = true;
    report_.functions_equal = true;
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
    visit_snapshot(snapshot_, [&](const Record& record) { table.apply(record); });
    TableSink sink(part, parts);
    const Capture server = capture_into(sink);
    report_.still = report_.still && server.exact && server.not_carried.empty();
    report_.functions_equal = report_.functions_equal && server.functions == functions;
    now_ms_ = static_cast<std::uint64_t>(server.at.time_since_epoch().count());
    merge(table.finish(), sink.table.finish());
  }

  /// Both are ordered by hash.
  void merge(const Rows& expected, const Rows& found) {
    auto at = found.begin();
    for (const KeyTable::Row& row : expected) {
      for (; at != found.end() && at->key < row.key; ++at) note(What::extra, at->key);
      const bool there = at != found.end() && at->key == row.key;
      compare_key(row, there ? &*at : nullptr);
      if (there) ++at;
    }
    for (; at != found.end(); ++at) note(What::extra, at->key);
  }

  void compare_key(const KeyTable::Row& row, const KeyTable::Row* found) {
    const std::uint64_t expiry = request_.frozen_expiry
                                     ? kNoExpiry
                                     : delayed_expiry(row.expiry_ms, request_.expiry_delay);
    if (request_.expiry_delay.count() > 0 && row.expiry_ms <= now_ms_) ++report_.overdue;
    if (found == nullptr && expiry <= now_ms_) {
      ++report_.expired;
      return;
    }
    ++report_.keys;
    if (found == nullptr) return note(What::missing, row.key);
    if (found->digest != row.digest) return note(What::value, row.key);
    if (found->expiry_ms != expiry) return note(What::expiry, row.key);
    ++report_.equal;
  }

  void note(What what, const KeyHash& key) {
    switch (what) {
      case What::missing:
        ++report_.missing;
        break;
      case What::extra:
        ++report_.extra;
        break;
      case What::value:
        ++report_.different_value;
        break;
      case What::expiry:
        ++report_.different_expiry;
        break;
    }
    if (named_.size() < kMostNamed) named_[key].what = what;
  }

  /// The tables hold no names: both sides are read once more, if there is anything to name.
  void name_differences() {
    if (named_.empty()) return;
    NameSink names(named_);
    visit_snapshot(snapshot_, [&](const Record& record) { names.look(record); });
    static_cast<void>(capture_into(names));
    for (const auto& [hash, difference] : named_) report_.differences.push_back(difference);
  }

  const CompareRequest& request_;
  RecordSource& snapshot_;
  Observer& observer_;
  std::stop_token stop_;
  CompareReport report_;
  std::uint64_t now_ms_ = 0;
  std::map<KeyHash, KeyDifference> named_;
};

}  // namespace

CompareReport compare(const CompareRequest& request, RecordSource& snapshot,
                      const std::optional<Bytes>& functions, Observer& observer,
                      std::stop_token stop) {
  observer.phase("compare");
  return Comparison(request, snapshot, observer, std::move(stop)).run(functions);
}

}  // namespace lifeboat::redis
