#include "cli/drill_telling.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "cli/notify_access.h"
#include "drill/logbook.h"
#include "drill/notice.h"
#include "drill/standing.h"
#include "notify/standing.h"
#include "vault/history.h"
#include "vault/witness.h"

namespace lifeboat::cli {
namespace {

constexpr std::chrono::hours kOldProof{8 * 24};
constexpr int kIntervals = 8;

/// What the vault says beside the result that is told.
struct Facts {
  vault::History history;
  drill::Logbook logbook;

  explicit Facts(const vault::Vault& vault)
      : history(vault::read_history(vault)), logbook(drill::logbook_of(history)) {}

  /// Of the drill's result before this one.
  [[nodiscard]] std::optional<drill::Verdict> before(const drill::Result& result) const {
    for (const drill::Result* other : logbook.of(result.drill)) {
      if (other->run != result.run && other->declared <= result.declared) return other->verdict;
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<notify::Head> heads() const {
    std::vector<notify::Head> heads;
    for (const vault::SeenHead& head : history.heads) {
      heads.push_back({vault::chain_of(head), vault::to_word(head)});
    }
    return heads;
  }
};

/// What is left of the drills that may go wrong; nothing if none was due.
std::optional<double> error_budget(const Facts& facts, Instant now) {
  const drill::GateRequest request;
  const drill::Gate gate = drill::judge_gate(facts.logbook, request, std::nullopt, now);
  if (gate.due == 0) return std::nullopt;
  const double wrong = static_cast<double>(gate.due - gate.passed);
  return 1 - wrong / (static_cast<double>(gate.due) * (1 - request.least_passed));
}

/// The longest of the next intervals of a schedule.
std::chrono::seconds longest_interval(const drill::Schedule& schedule, Instant now) {
  std::chrono::milliseconds longest{0};
  Instant time = schedule.next_after(now);
  for (int i = 0; i < kIntervals; ++i) {
    const Instant next = schedule.next_after(time);
    longest = std::max(longest, next - time);
    time = next;
  }
  return std::chrono::duration_cast<std::chrono::seconds>(longest);
}

notify::SourceStanding& source_of(notify::Standing& standing, const std::string& name) {
  const auto at = std::ranges::find(standing.sources, name, &notify::SourceStanding::name);
  if (at != standing.sources.end()) return *at;
  return standing.sources.emplace_back(notify::SourceStanding{.name = name});
}

/// What stands in no record: schedules, and what this tick tried.
void add_tick(notify::Standing& standing, const TickStory& story,
              const std::vector<drill::Recurring>& recurring, Instant now) {
  for (const drill::Recurring& each : recurring) {
    if (each.matter != drill::Matter::snapshot) continue;
    source_of(standing, each.name).schedule = longest_interval(each.schedule, now);
  }
  for (const rehearse::TickItem& item : story.items) {
    if (item.matter != drill::Matter::snapshot || item.act != drill::Act::start) continue;
    notify::SourceStanding& source = source_of(standing, item.name);
    source.last_attempt = now;
    source.last_status = item.good ? 0 : 1;
  }
}

notify::Standing standing_of(const Facts& facts, const vault::Vault& vault, Session& session) {
  notify::Standing standing;
  standing.app = session.config().notify.app;
  standing.version = LIFEBOAT_VERSION;
  standing.sources = drill::source_standings(facts.history);
  standing.error_budget_remaining = error_budget(facts, session.clock().now());
  const auto readers = vault.trust().with_role(vault::Role::identity);
  standing.key_holders = static_cast<std::uint64_t>(
      std::ranges::count_if(readers, [](const auto* key) { return !key->void_after; }));
  for (const std::string& name : facts.logbook.drills()) {
    std::vector<const drill::Result*> own = facts.logbook.of(name);
    const auto forecast = drill::forecast_rto(own);
    std::ranges::reverse(own);
    std::vector<drill::Result> results;
    for (const drill::Result* result : own) results.push_back(*result);
    standing.drills.push_back(
        drill::standing_of(results, forecast ? std::optional(forecast->when) : std::nullopt));
  }
  return standing;
}

std::optional<notify::Event> event_of(Session& session, const Facts& facts,
                                      const drill::Result& result,
                                      const DrillTelling::AskedOn& asked_on) {
  const auto before = facts.before(result);
  const std::vector<std::string>* asked = asked_on(result.drill);
  // A pass is told to whoever wants it: it ends what an earlier failure raised.
  const bool wanted = result.verdict == drill::Verdict::passed || asked == nullptr ||
                      drill::asked_for(*asked, result.verdict, before);
  if (!wanted) return std::nullopt;
  notify::Event event = drill::event_of(result, session.config().notify.app, before, "");
  event.heads = facts.heads();
  return event;
}

notify::Event event_of(Session& session, const rehearse::TickItem& item) {
  using notify::What;
  const What what = item.act == drill::Act::start
                        ? (item.good ? What::snapshot_finished : What::snapshot_failed)
                        : What::snapshot_late;
  notify::Event event = new_event(session, what, item.name);
  event.summary = item.message;
  return event;
}

/// Whether each source was proven lately: one event a source.
std::vector<notify::Event> proof_events(Session& session, const Facts& facts) {
  std::vector<notify::Event> events;
  const Instant now = session.clock().now();
  for (const notify::SourceStanding& source : drill::source_standings(facts.history)) {
    const bool fresh = source.last_verified && now - *source.last_verified <= kOldProof;
    notify::Event event = new_event(
        session, fresh ? notify::What::proof_fresh : notify::What::proof_too_old, source.name);
    event.summary = source.last_verified
                        ? "proven by a restore on " + to_minute(*source.last_verified) + " UTC"
                        : "never proven by a restore";
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

DrillTelling::DrillTelling(Session& session)
    : session_(session), notifier_(open_notifier(session)) {}

bool DrillTelling::has_numbers() const {
  using config::SinkKind;
  return std::ranges::any_of(notifier_->sinks(), [](const notify::Sink& sink) {
    return sink.kind == SinkKind::prometheus || sink.kind == SinkKind::statsd ||
           sink.kind == SinkKind::dogstatsd || sink.kind == SinkKind::newrelic;
  });
}

void DrillTelling::begins(const std::string& drill, const std::string& run) {
  if (!has_sinks()) return;
  notify::Message message;
  message.event = new_event(session_, notify::What::drill_started, drill);
  message.event->run = drill::run_id_of(run);
  message.event->summary = "begins";
  static_cast<void>(cli::tell(session_, *notifier_, message));
}

void DrillTelling::tell(const vault::Vault& vault, const drill::Result& result,
                        const AskedOn& asked_on) {
  if (!has_sinks()) return;
  const Facts facts(vault);
  notify::Message message;
  message.event = event_of(session_, facts, result, asked_on);
  message.samples = notify::samples_of(standing_of(facts, vault, session_));
  static_cast<void>(cli::tell(session_, *notifier_, message));
}

void DrillTelling::tell(const vault::Vault& vault, const TickStory& story,
                        const std::vector<drill::Recurring>& recurring, const AskedOn& asked_on) {
  const bool nothing_done = story.items.empty() && story.reaped.empty();
  if (!has_sinks() || (nothing_done && !has_numbers())) return;
  const Facts facts(vault);
  std::vector<notify::Event> events;
  bool drilled = false;
  const auto add = [&](const drill::Result& result) {
    drilled = true;
    if (auto event = event_of(session_, facts, result, asked_on)) {
      events.push_back(std::move(*event));
    }
  };
  for (const drill::Result& result : story.reaped) add(result);
  for (const rehearse::TickItem& item : story.items) {
    if (item.result) add(*item.result);
    if (item.matter == drill::Matter::snapshot) events.push_back(event_of(session_, item));
  }
  if (drilled) std::ranges::move(proof_events(session_, facts), std::back_inserter(events));
  notify::Standing standing = standing_of(facts, vault, session_);
  standing.last_tick = session_.clock().now();
  add_tick(standing, story, recurring, session_.clock().now());
  const auto samples = notify::samples_of(standing);
  if (events.empty()) {
    static_cast<void>(cli::tell(session_, *notifier_, {std::nullopt, samples}));
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    notify::Message message{events[i], {}};
    if (i + 1 == events.size()) message.samples = samples;
    static_cast<void>(cli::tell(session_, *notifier_, message));
  }
}

}  // namespace lifeboat::cli
