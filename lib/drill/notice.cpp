#include "drill/notice.h"

#include <algorithm>

#include "notify/uuid.h"

namespace lifeboat::drill {
namespace {

notify::What what_of(Verdict verdict) noexcept {
  if (verdict == Verdict::passed) return notify::What::drill_passed;
  return verdict == Verdict::missed ? notify::What::drill_missed : notify::What::drill_failed;
}

/// As `lifeboat drill run` ends with it; a missed drill had no process.
std::optional<int> exit_code_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::passed:
      return 0;
    case Verdict::objective_missed:
    case Verdict::failed:
    case Verdict::cleanup_failed:
      return 3;
    case Verdict::errored:
      return 1;
    case Verdict::aborted:
      return 5;
    case Verdict::missed:
      break;
  }
  return std::nullopt;
}

double seconds(std::chrono::milliseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

std::vector<notify::Figure> figures_of(const Result& result) {
  std::vector<notify::Figure> figures;
  const auto add = [&figures](const char* name,
                              const std::optional<std::chrono::milliseconds>& value) {
    if (value) figures.push_back({name, seconds(*value)});
  };
  add("rta_seconds", result.measured.rta);
  add("rto_objective_seconds", result.objectives.rto);
  add("rpa_seconds", result.measured.rpa);
  add("rpo_objective_seconds", result.objectives.rpo);
  if (result.measured.bytes_per_second) {
    figures.push_back(
        {"restore_bytes_per_second", static_cast<double>(*result.measured.bytes_per_second)});
  }
  figures.push_back({"leaked_resources", static_cast<double>(result.leaks.size())});
  return figures;
}

}  // namespace

std::string run_id_of(const std::string& run) { return notify::uuid_of("drill/" + run); }

notify::Event event_of(const Result& result, const std::string& app,
                       const std::optional<Verdict>& previous, const std::string& runbook) {
  notify::Event event;
  event.what = what_of(result.verdict);
  event.app = app;
  event.name = result.drill;
  event.verdict = name_of(result.verdict);
  event.summary = result.summary;
  event.figures = figures_of(result);
  event.runbook = runbook;
  if (result.snapshot) event.snapshot = result.snapshot->id;
  event.at = result.finished;
  // A missed drill never began: it has no start to be tied to.
  if (result.verdict != Verdict::missed) event.started = result.declared;
  event.exit_code = exit_code_of(result.verdict);
  event.id = notify::uuid_of("drill/" + result.run + "/result");
  event.run = run_id_of(result.run);
  event.again_good =
      previous && notify::first_success_after_failure(what_of(*previous), event.what);
  return event;
}

bool asked_for(const std::vector<std::string>& on, Verdict verdict,
               const std::optional<Verdict>& previous) {
  if (on.empty()) return verdict != Verdict::passed;
  if (std::ranges::find(on, name_of(verdict)) != on.end()) return true;
  return previous && notify::first_success_after_failure(what_of(*previous), what_of(verdict)) &&
         std::ranges::find(on, "first_success_after_failure") != on.end();
}

}  // namespace lifeboat::drill
