#ifndef LIFEBOAT_NOTIFY_EVENT_H_
#define LIFEBOAT_NOTIFY_EVENT_H_

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace lifeboat::notify {

/// Something that happened to snapshots, drills or proofs, by the words of docs/notifications.md.
enum class What {
  snapshot_started,
  snapshot_finished,
  snapshot_failed,
  snapshot_late,
  drill_started,
  drill_passed,
  drill_failed,  ///< any verdict but passed and missed
  drill_missed,
  drill_acknowledged,  ///< a person is at work on it
  proof_fresh,
  proof_too_old,
  test,  ///< somebody asks whether the sinks work
};
inline constexpr std::array kAllWhats = {
    What::snapshot_started,   What::snapshot_finished, What::snapshot_failed, What::snapshot_late,
    What::drill_started,      What::drill_passed,      What::drill_failed,    What::drill_missed,
    What::drill_acknowledged, What::proof_fresh,       What::proof_too_old,   What::test};
[[nodiscard]] std::string_view name_of(What what) noexcept;

/// What an alert is about. Each aspect of a name is raised and ended by itself: a snapshot that
/// succeeds does not end the alert that its proof is too old.
enum class Aspect { snapshot, drill, proof, test };
[[nodiscard]] Aspect aspect_of(What what) noexcept;
[[nodiscard]] std::string_view name_of(Aspect aspect) noexcept;

/// Whether it says that all is well, that something is wrong, or neither.
enum class Tone { good, bad, neutral };
[[nodiscard]] Tone tone_of(What what) noexcept;

enum class Severity { info, warning, error, critical };
[[nodiscard]] std::string_view name_of(Severity severity) noexcept;
/// What is good or neutral is info; late, missed and objective_missed are warnings; a drill that
/// failed is critical (the snapshot did not restore); everything else that is bad is an error.
[[nodiscard]] Severity severity_of(What what, std::string_view verdict) noexcept;

/// A number that belongs to the event: "rta_seconds" = 1320. Names end in their base unit.
struct Figure {
  std::string name;
  double value = 0;
};

/// The newest record of a chain at that time, so that a receiver can witness the vault.
struct Head {
  std::string chain;  ///< "snapshot/1f2e3d4c"
  std::string word;   ///< as lifeboat prints it: "snapshot/1f2e3d4c:17:0123456789abcdef"
};

/// One event, told to every sink that wants it. A value without secrets: whoever makes one puts
/// none in.
struct Event {
  What what = What::test;
  std::string app;
  std::string name;     ///< of the source or the drill, as the configuration has it
  std::string verdict;  ///< of a drill: "objective_missed"; else empty
  std::string summary;  ///< one sentence for a person, no full stop
  std::vector<Figure> figures;
  std::string runbook;  ///< a path such as "runbooks/lost-primary.md"; empty = none
  std::vector<Head> heads;
  std::string snapshot;            ///< its full id; empty = none
  Instant at{};                    ///< when it happened
  std::optional<Instant> started;  ///< of the run that ended
  std::optional<int> exit_code;    ///< of the run that ended
  std::string id;                  ///< a UUID: a receiver drops what it saw before
  std::string run;                 ///< a UUID that ties a start to its end; empty = none
  bool again_good = false;         ///< the first good one after a bad one
};

[[nodiscard]] Severity severity_of(const Event& event) noexcept;

/// What an alert of this event is known by: "lifeboat/shop/drill/weekly-restore". At most 255
/// bytes (PagerDuty's limit for dedup_key): a longer one is cut, and a hash of the whole ends it.
[[nodiscard]] std::string alert_key(const Event& event);

/// Whether `now` is the first good outcome after a bad one. `previous` is the outcome before it of
/// the same aspect and name, newest of all that were good or bad; nothing = there was none. The
/// caller takes it from the vault's records: nothing is remembered here.
[[nodiscard]] bool first_success_after_failure(const std::optional<What>& previous,
                                               What now) noexcept;

/// "shop: drill weekly-restore PASSED: recovered in 22 min of 60": one line for a person.
[[nodiscard]] std::string headline(const Event& event);

/// The headline and all figures, runbook, snapshot and heads below it, a line each; ends with one.
[[nodiscard]] std::string plain_text(const Event& event);

/// "1320", "0.25": the shortest decimal that is the same number, never with an exponent; used by
/// every text format here. Not a number: "NaN"; infinite: "+Inf", "-Inf".
[[nodiscard]] std::string decimal(double value);

}  // namespace lifeboat::notify

#endif  // LIFEBOAT_NOTIFY_EVENT_H_
