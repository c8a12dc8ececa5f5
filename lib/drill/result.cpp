#include "drill/result.h"

namespace lifeboat::drill {

std::string_view name_of(Kind kind) noexcept {
  return kind == Kind::restore ? "restore" : "readiness";
}

std::string_view name_of(Trigger trigger) noexcept {
  return trigger == Trigger::schedule ? "schedule" : "hand";
}

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::objective_missed:
      return "objective_missed";
    case Verdict::failed:
      return "failed";
    case Verdict::errored:
      return "errored";
    case Verdict::missed:
      return "missed";
    case Verdict::aborted:
      return "aborted";
    case Verdict::cleanup_failed:
      return "cleanup_failed";
  }
  return "errored";
}

std::string_view name_of(Select select) noexcept {
  switch (select) {
    case Select::latest:
      return "latest";
    case Select::oldest:
      return "oldest";
    case Select::random:
      return "random";
  }
  return "latest";
}

std::string_view name_of(AssertionKind kind) noexcept {
  switch (kind) {
    case AssertionKind::proof:
      return "proof";
    case AssertionKind::sql:
      return "sql";
    case AssertionKind::redis:
      return "redis";
    case AssertionKind::http:
      return "http";
    case AssertionKind::exec:
      return "exec";
    case AssertionKind::readiness:
      return "readiness";
  }
  return "sql";
}

std::string_view name_of(AssertionResult result) noexcept {
  switch (result) {
    case AssertionResult::pass:
      return "pass";
    case AssertionResult::warn:
      return "warn";
    case AssertionResult::fail:
      return "fail";
    case AssertionResult::error:
      return "error";
    case AssertionResult::not_applicable:
      return "not_applicable";
  }
  return "error";
}

std::string_view name_of(Severity severity) noexcept {
  return severity == Severity::fail ? "fail" : "warn";
}

std::string_view name_of(RpaBy by) noexcept {
  return by == RpaBy::heartbeat ? "heartbeat" : "manifest";
}

}  // namespace lifeboat::drill
