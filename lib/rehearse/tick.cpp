#include "rehearse/tick.h"

#include <algorithm>

#include "base/error.h"
#include "vault/claim.h"

namespace lifeboat::rehearse {
namespace {

using drill::Act;
using drill::Matter;
using drill::TickStep;
using vault::Claimed;

constexpr std::chrono::hours kSnapshotLife{24};
constexpr std::chrono::minutes kBetweenAttempts{8};
constexpr std::chrono::minutes kCleaningTime{10};
constexpr std::chrono::minutes kTellingTime{10};

class Round {
 public:
  Round(const TickRequest& request, const std::stop_token& stop) : request_(request), stop_(stop) {}

  TickReport go() {
    const Instant now = request_.clock.now();
    const vault::ClaimListing listing = vault::list_claims(request_.vault);
    vault::require_right_clock(listing, now);
    std::set<Claimed> lapsed;
    for (const Claimed& open : drill::open_claims(request_.recurring, listing.claims)) {
      const auto attempts = listing.claims.at(open).attempts;
      if (vault::expiry_of(request_.vault, open, attempts) < now) lapsed.insert(open);
    }
    const auto steps = drill::plan_tick(request_.recurring, listing.claims, lapsed, now);
    take_snapshots(steps);
    for (const TickStep& step : steps) {
      if (report_.interrupted || stop_.stop_requested()) break;
      if (matter_of(step) == Matter::drill) drill_step(step);
    }
    report_.interrupted = stop_.stop_requested();
    return std::move(report_);
  }

 private:
  [[nodiscard]] const drill::Recurring& of(const TickStep& step) const {
    return request_.recurring.at(step.which);
  }
  [[nodiscard]] Matter matter_of(const TickStep& step) const { return of(step).matter; }

  [[nodiscard]] Claimed claimed_of(const TickStep& step) const {
    return {drill::name_of(matter_of(step)), vault::claim_name_of(of(step).name),
            drill::due_text(step.due)};
  }

  bool claim(const TickStep& step, std::chrono::seconds life) {
    const Instant now = request_.clock.now();
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(vault::kLongestClaim);
    const bool ours = vault::put_claim(request_.vault, claimed_of(step), step.attempt, now,
                                       now + std::min(life, most));
    if (!ours) ++report_.taken;
    return ours;
  }

  void end(const TickStep& step) {
    static_cast<void>(vault::put_end(request_.vault, claimed_of(step), request_.clock.now()));
  }

  TickItem& add(const TickStep& step, bool good, std::string message) {
    report_.items.push_back({.matter = matter_of(step),
                             .name = of(step).name,
                             .due = step.due,
                             .act = step.act,
                             .good = good,
                             .message = std::move(message),
                             .result = {}});
    return report_.items.back();
  }

  /// All that are due go into one snapshot.
  void take_snapshots(const std::vector<TickStep>& steps) {
    std::vector<TickStep> ours;
    std::vector<std::string> sources;
    for (const TickStep& step : steps) {
      if (matter_of(step) != Matter::snapshot || stop_.stop_requested()) continue;
      if (step.act == Act::start) {
        if (!claim(step, kSnapshotLife)) continue;
        ours.push_back(step);
        sources.push_back(of(step).name);
      } else if (claim(step, kTellingTime)) {
        add(step, false, "no snapshot was taken in its time");
        end(step);
      }
    }
    if (ours.empty()) return;
    const SnapshotEnd outcome = request_.take_snapshot(sources);
    for (const TickStep& step : ours) settle(step, outcome);
  }

  void settle(const TickStep& step, const SnapshotEnd& outcome) {
    if (!outcome.snapshot.empty()) {
      add(step, outcome.whole, "snapshot " + outcome.snapshot.substr(0, 8));
      end(step);
      return;
    }
    add(step, false, outcome.message);
    if (step.attempt + 1 >= drill::kMostAttempts) {
      end(step);
      return;
    }
    // A claim that lapses soon: until then nobody tries, then the next tick does.
    const Instant now = request_.clock.now();
    static_cast<void>(vault::put_claim(request_.vault, claimed_of(step), step.attempt + 1, now,
                                       now + kBetweenAttempts));
  }

  void drill_step(const TickStep& step) {
    const auto life = step.act == Act::start ? of(step).schedule.max_runtime + kCleaningTime
                                             : std::chrono::seconds(kTellingTime);
    if (!claim(step, life)) return;
    drill::Result result = step.act == Act::start
                               ? request_.run_drill(of(step).name, step.due)
                               : request_.tell(of(step).name, step.due, step.act);
    TickItem& item = add(step, result.verdict == drill::Verdict::passed, result.summary);
    try {
      request_.record(result);
      end(step);
    } catch (const Error& error) {
      item.good = false;
      item.message += "; not recorded: " + error.message();
    }
    item.result = std::move(result);
  }

  const TickRequest& request_;
  std::stop_token stop_;
  TickReport report_;
};

}  // namespace

TickReport tick(const TickRequest& request, const std::stop_token& stop) {
  return Round(request, stop).go();
}

}  // namespace lifeboat::rehearse
