#include "vault/cost_forecast.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/wire.h"

namespace lifeboat::vault {
namespace {

using std::chrono::milliseconds;

/// Bytes that go, at the most, when a snapshot is swept.
struct Freed {
  Instant taken;
  std::uint64_t bytes = 0;
  double share = 1;  ///< of a snapshot: one to come has one source, whatever it is taken with
};

/// A snapshot of a source that is still to come.
struct Coming {
  Instant time;
  const SourceOutlook* outlook = nullptr;
};

class Simulation {
 public:
  explicit Simulation(const ForecastRequest& request)
      : request_(request), standing_(request.snapshots), most_bytes_(request.stored_bytes) {
    note_additions();
    for (const Candidate& one : standing_) {
      seqs_[one.writer] = std::max(seqs_[one.writer], one.seq);
      for (const std::string& source : one.proven) proven_.insert({one.writer, source});
    }
  }

  CostForecast run() {
    CostForecast forecast;
    forecast.by_policy = !request_.policy.empty();
    for (const SourceSeries& series : request_.series) {
      forecast.sources.push_back({series.writer, series.source, cadence_of(series, request_.now)});
    }
    start(forecast.sources);
    for (int month = 1; month <= request_.months; ++month) {
      const Instant end = months_later(request_.now, month);
      ForecastMonth& one = forecast.months.emplace_back();
      one.at = end;
      take_until(end, one);
      forget(end);
      sum_up(one);
    }
    return forecast;
  }

 private:
  /// What the snapshots of today free, and when those go that are forgotten already.
  void note_additions() {
    for (const SourceSeries& series : request_.series) {
      bool first = series.begins_whole;
      for (const Addition& one : series.additions) {
        if (!first) {
          Freed& freed = freed_[one.snapshot];
          freed.taken = one.time;
          freed.bytes += one.added_bytes;
        }
        first = false;
        if (one.forgotten) leaving_.insert_or_assign(one.snapshot, *one.forgotten);
      }
    }
  }

  void start(const std::vector<SourceOutlook>& sources) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (!sources[i].cadence) continue;
      const milliseconds every = sources[i].cadence->every;
      const Instant newest = request_.series[i].additions.back().time;
      const auto missed = std::max<std::int64_t>((request_.now - newest) / every, 0);
      coming_.push_back({newest + (missed + 1) * every, &sources[i]});
    }
  }

  /// Takes the snapshots of a month, oldest first: chains ascend in time.
  void take_until(Instant end, ForecastMonth& month) {
    while (true) {
      const auto next = std::ranges::min_element(coming_, {}, &Coming::time);
      if (next == coming_.end() || next->time > end) return;
      take(*next, month);
      next->time += next->outlook->cadence->every;
    }
  }

  void take(const Coming& coming, ForecastMonth& month) {
    const SourceOutlook& outlook = *coming.outlook;
    most_bytes_ += outlook.cadence->added_bytes;
    month.added_bytes += outlook.cadence->added_bytes;
    month.taken += outlook.cadence->share;
    if (request_.policy.empty()) {
      never_judged_ += outlook.cadence->share;
    } else {
      stand(coming.time, outlook);
    }
  }

  void stand(Instant time, const SourceOutlook& outlook) {
    Candidate one{.id = next_id(),
                  .writer = outlook.writer,
                  .seq = ++seqs_[outlook.writer],
                  .time = time,
                  .sources = {outlook.source}};
    if (proven_.contains({outlook.writer, outlook.source})) one.proven = one.sources;
    one.stored_bytes = outlook.cadence->added_bytes;
    freed_[one.id] = {one.time, one.stored_bytes, outlook.cadence->share};
    standing_.push_back(std::move(one));
  }

  /// Ids that nobody draws: a number behind a first byte of all ones.
  SnapshotId next_id() {
    SnapshotId id;
    id.bytes.fill(0xff);
    std::ranges::copy(WireWriter().put(++simulated_).bytes(), id.bytes.begin() + 1);
    return id;
  }

  /// What a plan gives up a grace before `end` is swept at `end`.
  void forget(Instant end) {
    const Instant planned = end - request_.grace;
    std::erase_if(leaving_, [&](const auto& one) {
      if (one.second > planned) return false;
      sweep(one.first);
      return true;
    });
    if (request_.policy.empty() || planned < request_.now) return;
    const auto later = std::partition(standing_.begin(), standing_.end(),
                                      [&](const Candidate& one) { return one.time <= planned; });
    std::vector<Candidate> newer(later, standing_.end());
    standing_.erase(later, standing_.end());
    ForgetPlan plan = plan_forget(std::move(standing_), request_.policy, request_.floor, planned);
    standing_ = std::move(newer);
    for (SnapshotFate& fate : plan.snapshots) {
      if (fate.forgotten) {
        sweep(fate.snapshot.id);
      } else {
        standing_.push_back(std::move(fate.snapshot));
      }
    }
  }

  void sweep(const SnapshotId& id) {
    const auto found = freed_.find(id);
    if (found == freed_.end()) return;
    freed_bytes_ += found->second.bytes;
    if (request_.paid_at_least.count() > 0) gone_.push_back(found->second);
    freed_.erase(found);
  }

  void sum_up(ForecastMonth& month) {
    std::erase_if(gone_,
                  [&](const Freed& one) { return one.taken + request_.paid_at_least <= month.at; });
    std::uint64_t paid = 0;
    for (const Freed& one : gone_) paid += one.bytes;
    month.most_bytes = most_bytes_;
    // A store may hold less than its snapshots once added: what sweeps took is counted there.
    month.least_bytes = most_bytes_ - std::min(most_bytes_, freed_bytes_);
    month.least_paid_bytes = std::min(month.least_bytes + paid, month.most_bytes);
    month.kept = never_judged_;
    for (const Candidate& one : standing_) {
      const auto found = freed_.find(one.id);
      month.kept += found == freed_.end() ? 1 : found->second.share;
    }
  }

  const ForecastRequest& request_;
  std::vector<Candidate> standing_;
  std::map<SnapshotId, Freed> freed_;
  std::map<SnapshotId, Instant> leaving_;  ///< forgotten today: since when
  std::vector<Coming> coming_;
  std::map<KeyId, std::uint64_t> seqs_;
  std::set<std::pair<KeyId, std::string>> proven_;
  std::vector<Freed> gone_;  ///< swept, and paid for still
  std::uint64_t simulated_ = 0;
  double never_judged_ = 0;  ///< taken without a policy: they only count
  std::uint64_t most_bytes_ = 0;
  std::uint64_t freed_bytes_ = 0;
};

}  // namespace

Instant months_later(Instant from, int months) {
  using namespace std::chrono;
  const auto day = floor<days>(from);
  const year_month_day date(day);
  const year_month month = date.year() / date.month() + std::chrono::months(months);
  const year_month_day last = month / std::chrono::last;
  const year_month_day then(month.year(), month.month(), std::min(date.day(), last.day()));
  return sys_days(then) + (from - day);
}

CostForecast forecast_cost(const ForecastRequest& request) { return Simulation(request).run(); }

}  // namespace lifeboat::vault
