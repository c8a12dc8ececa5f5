#include "postgres/load_run.h"

#include <algorithm>
#include <thread>

#include "base/span.h"
#include "postgres/archive_sql.h"
#include "postgres/load_large_objects.h"
#include "postgres/session.h"

namespace lifeboat::postgres {
namespace {

/// A foreign key that cannot be added NOT VALID (a form of another version) is added in one step.
bool not_supported(const std::string& sqlstate) {
  return sqlstate == "0A000" || sqlstate == "42809" || sqlstate == "42P17";
}

constexpr const char* kNoSuchSchema = "3F000";
constexpr const char* kSchemaIsThere = "42P06";

/// On the timeline.
std::string session_name(std::size_t worker) { return "session " + std::to_string(worker + 1); }

/// Whether a step is left out where the definitions alone are wanted.
bool brings_data(StepKind kind) {
  return kind == StepKind::load_range || kind == StepKind::load_large_objects ||
         kind == StepKind::analyze || kind == StepKind::refresh || kind == StepKind::set_sequence;
}

std::string quote_parameter(const std::string& name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return quote_identifier(name);
  return quote_identifier(name.substr(0, dot)) + "." + quote_identifier(name.substr(dot + 1));
}

}  // namespace

LoadRun::LoadRun(LoadInput input, const RestoreJournal& journal, LoadSession& leader,
                 LoadSettings settings, std::stop_source halt)
    : input_(input),
      journal_(journal),
      leader_(leader),
      settings_(std::move(settings)),
      halt_(std::move(halt)),
      outcome_(input.archive, input.graph),
      rows_(input.catalogue, input.source, outcome_, input.observer) {
  for (const OutcomeNote& note : journal.notes()) outcome_.replay(note);
  static_cast<void>(outcome_.take_notes());
}

void LoadRun::prepare_roles() {
  const auto read = [&] {
    const pq::Rows rows =
        leader_.connection(SqlFrom::catalogue).query("SELECT rolname FROM pg_catalog.pg_roles");
    roles_.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) roles_.insert(rows.text(i, 0));
  };
  read();
  if (input_.request.roles != RoleMode::create_nologin) return;
  for (const std::string& role : input_.catalogue.roles) {
    if (roles_.contains(role) || role.empty()) continue;
    const auto failure =
        leader_.run(SqlFrom::catalogue, "CREATE ROLE " + quote_identifier(role) + " NOLOGIN");
    if (failure) outcome_.harmless("role", failure->message);
  }
  static_cast<void>(outcome_.take_notes());  // of no step: told again by each run
  read();
}

void LoadRun::run(Phase phase) {
  if (runs_at_once(phase)) {
    run_at_once(phase);
  } else {
    run_in_turn(phase);
  }
  if (phase == Phase::refresh) refresh_again();
}

void LoadRun::run_in_turn(Phase phase) {
  for (std::size_t i = 0; i < input_.plan.steps.size(); ++i) {
    if (input_.plan.steps[i].phase != phase) continue;
    const Span span(input_.observer, session_name(0), input_.plan.steps[i].label);
    carry_out(leader_, i, 0);
  }
}

void LoadRun::run_at_once(Phase phase) {
  LoadQueue queue(input_.plan.steps, phase);
  const std::size_t workers =
      std::min(queue.size(), static_cast<std::size_t>(std::max(1, input_.request.jobs)));
  const std::stop_callback on_halt(halt_.get_token(), [&queue] { queue.stop(); });
  {
    std::vector<std::jthread> threads;
    for (std::size_t w = 0; w < workers; ++w) {
      threads.emplace_back([&, w] { work(queue, w); });
    }
  }
  if (failure_) std::rethrow_exception(failure_);
  if (halt_.stop_requested()) throw Error(ErrorKind::cancelled, "stopped on request");
}

/// Where the server has no place for another session, those that stand do the work.
LoadSession* LoadRun::try_session_of(std::size_t worker) {
  try {
    return &session_of(worker);
  } catch (const Error& error) {
    if (worker == 0 || !no_place_left(error)) throw;
    if (!fewer_sessions_.exchange(true)) {
      input_.observer.warned("going on with fewer connections than --jobs says: " +
                             error.message());
    }
    return nullptr;
  }
}

void LoadRun::work(LoadQueue& queue, std::size_t worker) {
  try {
    LoadSession* const own = try_session_of(worker);
    if (own == nullptr) return;
    LoadSession& session = *own;
    while (const auto step = queue.next()) {
      run_step(session, *step, queue.heaviest_beside(*step), session_name(worker));
      queue.done(*step);
    }
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    halt_.request_stop();
  }
}

/// Where nothing is left that would keep the other sessions busy as long as this step takes, the
/// server may put their cores to work on it.
void LoadRun::run_step(LoadSession& session, std::size_t index, std::uint64_t heaviest_beside,
                       std::string track) {
  const Step& step = input_.plan.steps[index];
  const bool others_idle_soon = heaviest_beside < step.cost / 4;
  const int spare = others_idle_soon ? std::max(0, input_.request.jobs - 1) : 0;
  const Span span(input_.observer, std::move(track), step.label);
  carry_out(session, index, spare);
}

/// The step and the journal's word of it are one transaction.
void LoadRun::carry_out(LoadSession& session, std::size_t index, int parallel_workers) {
  const Step& step = input_.plan.steps[index];
  if (input_.request.schema_only && brings_data(step.kind)) return;
  if (journal_.was_done(index)) return skip(step, journal_.rows_of(index));
  if (step.kind == StepKind::load_large_objects) return carry_out_large_objects(session, index);
  session.begin_step();
  const std::uint64_t rows = apply(session, step, parallel_workers);
  const std::vector<OutcomeNote> notes = outcome_.take_notes();
  if (step.kind == StepKind::refresh) return session.end_step("");  // may be tried again
  session.end_step(RestoreJournal::done_sql(index, rows, notes));
}

/// Each is a transaction of its own. Those that a run before this one has made are made anew.
void LoadRun::carry_out_large_objects(LoadSession& session, std::size_t index) {
  if (journal_.resumed()) {
    unlink_large_objects(session.connection(SqlFrom::catalogue), input_.catalogue);
  }
  const auto pieces = input_.source.open_large_objects();
  load_large_objects(session, input_.catalogue, pieces.get(), outcome_, input_.observer);
  session.begin_step();
  session.end_step(RestoreJournal::done_sql(index, 0, outcome_.take_notes()));
}

void LoadRun::skip(const Step& step, std::uint64_t rows) {
  if (step.kind == StepKind::load_range) rows_.skip_range(*step.table, step.range, rows);
  const bool makes = step.kind == StepKind::create || step.kind == StepKind::build_index ||
                     step.kind == StepKind::add_constraint;
  if (makes && !outcome_.failed(*step.entry)) count(step);
}

LoadSession& LoadRun::session_of(std::size_t worker) {
  if (worker == 0) return leader_;
  {
    const std::lock_guard lock(mutex_);
    if (others_.size() < worker) others_.resize(worker);
    if (others_[worker - 1]) return *others_[worker - 1];
  }
  auto session = std::make_unique<LoadSession>(input_.request.url, settings_, halt_.get_token());
  const std::lock_guard lock(mutex_);
  others_[worker - 1] = std::move(session);
  return *others_[worker - 1];
}

std::uint64_t LoadRun::apply(LoadSession& session, const Step& step, int parallel_workers) {
  switch (step.kind) {
    case StepKind::create:
      create(session, step);
      break;
    case StepKind::build_index:
      session.prepare_build(parallel_workers, step.sort_bytes);
      create(session, step);
      break;
    case StepKind::add_constraint:
      add_constraint(session, step);
      break;
    case StepKind::validate:
      session.prepare_build(0, 0);
      validate(session, step);
      break;
    case StepKind::grant:
      grant(session, step);
      break;
    case StepKind::load_range:
      return rows_.load_range(session, *step.table, step.range);
    case StepKind::load_large_objects:
      break;  // carry_out_large_objects()
    case StepKind::analyze:
      if (const auto failure = session.run(SqlFrom::catalogue, step.sql)) {
        input_.observer.warned(step.label + ": " + failure->message);
      }
      break;
    case StepKind::refresh:
      refresh(session, step);
      break;
    case StepKind::set_sequence:
      if (const auto failure = session.run(SqlFrom::catalogue, step.sql)) {
        outcome_.lost(step.label, failure->message);
      }
      break;
    case StepKind::try_table:
      static_cast<void>(session.run(SqlFrom::catalogue, step.sql));
      break;
    case StepKind::define_table:
      if (const auto failure = session.run(SqlFrom::catalogue, step.sql)) {
        outcome_.lost("definition of " + step.label,
                      step.sql + ": " + failure->message + " (" + failure->sqlstate + ")");
      }
      break;
    case StepKind::set_default:
      set_default(session, step);
      break;
  }
  return 0;
}

/// Under search_path = '', then, if a name was not found, under the source's usual one: told, and
/// for this item only.
std::optional<pq::ServerError> LoadRun::run_or_retry(LoadSession& session, const Step& step,
                                                     SqlFrom from) {
  auto failure = session.run(from, step.sql);
  if (!failure || !may_need_search_path(failure->sqlstate)) return failure;
  const std::string path = fallback_path(input_.archive.entries[*step.entry].schema);
  if (session.run_under_path(from, path, step.sql)) return failure;
  input_.observer.warned(step.label + " needed search_path " + path);
  return std::nullopt;
}

void LoadRun::create(LoadSession& session, const Step& step) {
  const ArchiveEntry& entry = input_.archive.entries[*step.entry];
  session.use_storage(entry);
  auto failure = run_or_retry(session, step, SqlFrom::archive);
  if (failure && entry.kind == "EXTENSION" && failure->sqlstate == kNoSuchSchema) {
    // pg_dump -N leaves out the schema, but not the extension in it (heroku_ext).
    const std::string schema = extension_schema(step.sql);
    failure = session.run(SqlFrom::archive, "CREATE SCHEMA " + schema + ";\n" + step.sql);
  }
  // The platform made it (heroku_ext), or an extension did: only such schemas a target may hold.
  if (failure && entry.kind == "SCHEMA" && failure->sqlstate == kSchemaIsThere) return;
  if (failure) return outcome_.entry_failed(*step.entry, step.label, *failure);
  count(step);
  give_to_owner(session, entry);
}

void LoadRun::give_to_owner(LoadSession& session, const ArchiveEntry& entry) {
  const std::string sql = owner_sql(entry);
  if (sql.empty()) return;
  if (!roles_.contains(entry.owner)) {
    outcome_.harmless("owner", "role " + quote_identifier(entry.owner) + " is not on the target");
    return;
  }
  if (const auto failure = session.run(SqlFrom::archive, sql)) {
    outcome_.harmless("owner", failure->message);
  }
}

void LoadRun::add_constraint(LoadSession& session, const Step& step) {
  if (outcome_.failed(*step.entry)) return;  // its index could not be built: told already
  auto failure = run_or_retry(session, step, SqlFrom::archive);
  const ArchiveEntry& entry = input_.archive.entries[*step.entry];
  if (failure && entry.kind == "FK CONSTRAINT" && not_supported(failure->sqlstate)) {
    failure = session.run(SqlFrom::archive, entry.sql);
    const std::lock_guard lock(mutex_);
    validated_.insert(*step.entry);
  }
  if (failure) return outcome_.entry_failed(*step.entry, step.label, *failure);
  count(step);
}

void LoadRun::validate(LoadSession& session, const Step& step) {
  {
    const std::lock_guard lock(mutex_);
    if (validated_.contains(*step.entry)) return;
  }
  if (outcome_.failed(*step.entry)) return;
  if (const auto failure = run_or_retry(session, step, SqlFrom::archive)) {
    outcome_.lost(step.label, "rows do not satisfy it, it was left NOT VALID: " + failure->message +
                                  " (" + failure->sqlstate + ")");
  }
}

void LoadRun::grant(LoadSession& session, const Step& step) {
  for (const std::string& statement : split_statements(step.sql)) {
    const auto failure = session.run(SqlFrom::archive, statement);
    if (!failure) continue;
    if (input_.archive.entries[*step.entry].kind == "DEFAULT ACL") {
      outcome_.entry_failed(*step.entry, step.label, *failure);  // few, and not found on any object
    } else {
      outcome_.harmless("grant", failure->message);
    }
  }
  // pg_dump switches to the grantor where that was not the owner.
  if (step.sql.find("SESSION AUTHORIZATION") != std::string::npos) {
    static_cast<void>(session.run(SqlFrom::archive, "RESET SESSION AUTHORIZATION"));
  }
}

void LoadRun::refresh(LoadSession& session, const Step& step) {
  if (outcome_.failed(*step.entry)) return;
  if (!run_or_retry(session, step, SqlFrom::catalogue)) return;
  const std::lock_guard lock(mutex_);
  refresh_again_.push_back(&step);
}

/// A function may read another materialized view, which no dependency tells: once all others are
/// filled, those that failed are tried again for as long as that helps.
void LoadRun::refresh_again() {
  for (bool helped = true; helped && !refresh_again_.empty();) {
    helped = false;
    for (const Step* step : std::exchange(refresh_again_, {})) {
      const auto failure = run_or_retry(leader_, *step, SqlFrom::catalogue);
      if (failure) {
        refresh_again_.push_back(step);
      } else {
        helped = true;
      }
    }
  }
  for (const Step* step : refresh_again_) {
    const auto failure = run_or_retry(leader_, *step, SqlFrom::catalogue);
    if (failure) outcome_.lost(step->label, failure->message + " (" + failure->sqlstate + ")");
  }
}

/// "name=value" as the catalogue has it, or "role: name=value". The value is set and then adopted:
/// how it has to be quoted depends on the parameter, and the server knows.
void LoadRun::set_default(LoadSession& session, const Step& step) {
  const std::size_t equals = step.sql.find('=');
  const std::size_t colon = step.sql.find(": ");
  const bool of_role = colon < equals;
  const std::size_t start = of_role ? colon + 2 : 0;
  if (equals == std::string::npos) return outcome_.lost(step.label, "it cannot be read");
  const std::string name = step.sql.substr(start, equals - start);
  const std::string database = quote_identifier(session.connection(SqlFrom::catalogue).database());
  const std::string owner = of_role
                                ? "ROLE " + step.sql.substr(0, colon) + " IN DATABASE " + database
                                : "DATABASE " + database;
  const auto failure = session.run(
      SqlFrom::catalogue, "SELECT pg_catalog.set_config(" + quote_literal(name) + ", " +
                              quote_literal(step.sql.substr(equals + 1)) + ", true);ALTER " +
                              owner + " SET " + quote_parameter(name) + " FROM CURRENT");
  if (!failure) return;
  if (failure->sqlstate == "42501") return outcome_.harmless("database setting", failure->message);
  outcome_.lost(step.label, failure->message);
}

void LoadRun::count(const Step& step) {
  const std::string& kind = input_.archive.entries[*step.entry].kind;
  if (kind == "TABLE") ++tables_;
  if (step.kind == StepKind::build_index || kind == "INDEX") {
    if (step.kind != StepKind::add_constraint) ++indexes_;
  }
  const bool adopts = step.kind == StepKind::add_constraint || step.kind == StepKind::create;
  if (adopts && kind.ends_with("CONSTRAINT")) ++constraints_;
}

LoadReport LoadRun::report() {
  LoadReport report;
  report.rows = rows_.rows();
  report.copy_bytes = rows_.bytes();
  report.tables = tables_;
  report.indexes = indexes_;
  report.constraints = constraints_;
  report.not_restored = input_.plan.left_out;
  for (NotCarried& item : outcome_.take()) report.not_restored.push_back(std::move(item));
  return report;
}

}  // namespace lifeboat::postgres
