#include "notify/event.h"

#include <charconv>
#include <cmath>

#include "notify/uuid.h"

namespace lifeboat::notify {
namespace {

constexpr std::size_t kMostKeyBytes = 255;

/// The word that a person looks for first.
std::string_view mark_of(const Event& event) noexcept {
  if (event.what == What::test) return "TEST";
  if (event.again_good) return "AGAIN GOOD";
  switch (event.what) {
    case What::snapshot_started:
    case What::drill_started:
      return "STARTED";
    case What::snapshot_finished:
      return "FINISHED";
    case What::drill_passed:
      return "PASSED";
    case What::snapshot_failed:
    case What::drill_failed:
      return "FAILED";
    case What::snapshot_late:
      return "LATE";
    case What::drill_missed:
      return "MISSED";
    case What::drill_acknowledged:
      return "ACKNOWLEDGED";
    case What::proof_fresh:
      return "FRESH";
    case What::proof_too_old:
      return "TOO OLD";
    case What::test:
      break;
  }
  return "TEST";
}

}  // namespace

std::string_view name_of(What what) noexcept {
  switch (what) {
    case What::snapshot_started:
      return "snapshot_started";
    case What::snapshot_finished:
      return "snapshot_finished";
    case What::snapshot_failed:
      return "snapshot_failed";
    case What::snapshot_late:
      return "snapshot_late";
    case What::drill_started:
      return "drill_started";
    case What::drill_passed:
      return "drill_passed";
    case What::drill_failed:
      return "drill_failed";
    case What::drill_missed:
      return "drill_missed";
    case What::drill_acknowledged:
      return "drill_acknowledged";
    case What::proof_fresh:
      return "proof_fresh";
    case What::proof_too_old:
      return "proof_too_old";
    case What::test:
      break;
  }
  return "test";
}

Aspect aspect_of(What what) noexcept {
  switch (what) {
    case What::snapshot_started:
    case What::snapshot_finished:
    case What::snapshot_failed:
    case What::snapshot_late:
      return Aspect::snapshot;
    case What::drill_started:
    case What::drill_passed:
    case What::drill_failed:
    case What::drill_missed:
    case What::drill_acknowledged:
      return Aspect::drill;
    case What::proof_fresh:
    case What::proof_too_old:
      return Aspect::proof;
    case What::test:
      break;
  }
  return Aspect::test;
}

std::string_view name_of(Aspect aspect) noexcept {
  switch (aspect) {
    case Aspect::snapshot:
      return "snapshot";
    case Aspect::drill:
      return "drill";
    case Aspect::proof:
      return "proof";
    case Aspect::test:
      break;
  }
  return "test";
}

Tone tone_of(What what) noexcept {
  switch (what) {
    case What::snapshot_finished:
    case What::drill_passed:
    case What::proof_fresh:
      return Tone::good;
    case What::snapshot_failed:
    case What::snapshot_late:
    case What::drill_failed:
    case What::drill_missed:
    case What::proof_too_old:
      return Tone::bad;
    case What::snapshot_started:
    case What::drill_started:
    case What::drill_acknowledged:
    case What::test:
      break;
  }
  return Tone::neutral;
}

std::string_view name_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::critical:
      return "critical";
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      break;
  }
  return "info";
}

Severity severity_of(What what, std::string_view verdict) noexcept {
  if (tone_of(what) != Tone::bad) return Severity::info;
  if (what == What::snapshot_late || what == What::drill_missed) return Severity::warning;
  if (what != What::drill_failed) return Severity::error;
  if (verdict == "objective_missed") return Severity::warning;
  return verdict == "failed" ? Severity::critical : Severity::error;
}

Severity severity_of(const Event& event) noexcept { return severity_of(event.what, event.verdict); }

std::string alert_key(const Event& event) {
  std::string key = "lifeboat/" + event.app + "/" + std::string(name_of(aspect_of(event.what)));
  if (!event.name.empty()) key += "/" + event.name;
  if (key.size() <= kMostKeyBytes) return key;
  const std::string hash = uuid_of(key);
  std::size_t keep = kMostKeyBytes - hash.size() - 1;
  while (keep > 0 && (static_cast<unsigned char>(key[keep]) & 0xC0U) == 0x80U) --keep;
  return key.substr(0, keep) + "-" + hash;
}

bool first_success_after_failure(const std::optional<What>& previous, What now) noexcept {
  return previous && tone_of(*previous) == Tone::bad && tone_of(now) == Tone::good &&
         aspect_of(*previous) == aspect_of(now);
}

std::string headline(const Event& event) {
  std::string line = event.app + ": ";
  if (event.what != What::test) {
    line += std::string(name_of(aspect_of(event.what))) + " ";
    if (!event.name.empty()) line += event.name + " ";
  }
  line += mark_of(event);
  if (!event.verdict.empty() && event.verdict != "passed" && event.verdict != "failed") {
    line += " (" + event.verdict + ")";
  }
  if (!event.summary.empty()) line += ": " + event.summary;
  return line;
}

std::string plain_text(const Event& event) {
  std::string text = headline(event) + "\n";
  const auto add = [&text](std::string_view name, const std::string& value) {
    if (!value.empty()) text += std::string(name) + ": " + value + "\n";
  };
  add("at", to_rfc3339(event.at));
  if (event.started) add("started", to_rfc3339(*event.started));
  if (event.exit_code) add("exit code", std::to_string(*event.exit_code));
  for (const Figure& figure : event.figures) add(figure.name, decimal(figure.value));
  add("runbook", event.runbook);
  add("snapshot", event.snapshot);
  for (const Head& head : event.heads) add("head", head.word);
  return text;
}

std::string decimal(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // The largest double has 309 digits before its point, the smallest as many zeros behind it.
  std::array<char, 1100> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return {text.data(), end.ptr};
}

}  // namespace lifeboat::notify
