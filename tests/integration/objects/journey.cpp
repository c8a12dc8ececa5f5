#include "journey.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/postgres_server.h"
#include "os/subprocess.h"
#include "pq/connection.h"
#include "restore/restore.h"

namespace lifeboat::objects {
namespace {

using harness::shared_server;

constexpr const char* kTargetOwner = "target_owner";

/// Rows as md5 of their text, whatever their order.
constexpr const char* kRows = R"(
SELECT n.nspname, c.relname, (xpath('/row/s/text()', query_to_xml(format(
  'SELECT count(*) || '' rows '' || coalesce(md5(string_agg(r, '''' ORDER BY r)), '''') AS s
   FROM (SELECT lifeboat_row::text COLLATE "C" AS r FROM ONLY %s lifeboat_row) x',
  c.oid::regclass), false, true, '')))[1]
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relkind = 'r' OR (c.relkind = 'm' AND c.relispopulated))
  AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', '_heroku')
ORDER BY 1, 2)";

std::string role_of(Role role) {
  switch (role) {
    case Role::superuser:
      return "postgres";
    case Role::owner:
      return "shop_owner";
    case Role::heroku:
      return "shop_heroku";
  }
  return "";
}

std::string text_of(const char* file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void run_script(const std::string& database, const std::string& script) {
  const os::Outcome done =
      os::run({.program = shared_server().binaries() / "psql",
               .arguments = {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"},
               .environment = pq::environment_of(shared_server().url(database))},
              as_bytes(script), {});
  if (!done.status.ok()) throw Error(ErrorKind::internal, "set up " + database + ": " + done.err);
}

void create_database(const std::string& name, const std::string& owner) {
  shared_server().create_database(name);
  shared_server().execute("postgres", "ALTER DATABASE " + name + " OWNER TO " + owner);
}

/// The roles that objects may name are the same on both sides.
void create_roles() {
  shared_server().execute("postgres",
                          "CREATE ROLE shop_owner LOGIN; CREATE ROLE shop_heroku LOGIN;"
                          "CREATE ROLE target_owner LOGIN; CREATE ROLE reader NOLOGIN;"
                          "CREATE ROLE auditor NOLOGIN");
}

/// One name for whoever owns a side's objects.
std::string with_one_owner(std::string text) {
  for (const std::string role : {"shop_owner", "shop_heroku", "target_owner"}) {
    for (std::size_t at = 0; (at = text.find(role, at)) != std::string::npos;) {
      text.replace(at, role.size(), "OWNER");
    }
  }
  return text;
}

/// The kind that a definition belongs to: that of its schema, else one that it names.
std::string slug_of(const std::string& entry) {
  static const std::vector<Kind> all = kinds();
  for (const Kind& kind : all) {
    if (entry.find("; Schema: " + kind.slug + ";") != std::string::npos) return kind.slug;
  }
  for (const Kind& kind : all) {
    if (kind.is_named_in(entry)) return kind.slug;
  }
  return "";
}

std::string first_difference(const std::string& before, const std::string& after) {
  std::istringstream left(before);
  std::istringstream right(after);
  std::string text;
  std::multiset<std::string> gone;
  for (std::string line; std::getline(left, line);) {
    if (line.size() > 2) gone.insert(line);
  }
  for (std::string line; std::getline(right, line);) {
    if (line.size() <= 2) continue;
    const auto found = gone.find(line);
    if (found == gone.end()) {
      text += "  + " + line + "\n";
    } else {
      gone.erase(found);
    }
  }
  for (const std::string& line : gone) text += "  - " + line + "\n";
  return text.empty() ? "  (the order of lines)\n" : text;
}

}  // namespace

Journey& Journey::of(Role role) {
  struct Made {
    std::unique_ptr<Journey> journey;
    std::exception_ptr failure;  // one is enough: nobody tries again
  };
  static std::map<Role, Made> journeys;
  if (journeys.empty()) create_roles();
  Made& made = journeys[role];
  if (made.failure) std::rethrow_exception(made.failure);
  try {
    if (!made.journey) made.journey = std::make_unique<Journey>(role);
  } catch (...) {
    made.failure = std::current_exception();
    throw;
  }
  return *made.journey;
}

Journey::Journey(Role role)
    : role_(role),
      source_("source_" + std::string(name_of(role))),
      target_("target_" + std::string(name_of(role))) {
  make_source();
  carry();
  definitions_ = {definitions_in(source_), definitions_in(target_)};
  rows_ = {rows_in(source_), rows_in(target_)};
  checks_ = {checks_in(source_), checks_in(target_)};
}

void Journey::make_source() {
  create_database(source_, role_of(role_));
  if (role_ == Role::heroku) run_script(source_, text_of(LIFEBOAT_TEST_HEROKU));
  std::string script = "SET client_min_messages = warning;\n";
  for (const Kind& kind : kinds()) {
    script += "SET SESSION AUTHORIZATION " + role_of(role_) + ";\nCREATE SCHEMA " + kind.slug +
              ";\nSET search_path = " + kind.slug + ", public;\n" + kind.setup +
              "RESET SESSION AUTHORIZATION;\nRESET search_path;\n";
  }
  run_script(source_, script);
}

void Journey::carry() {
  const snapshot::Report taken = vault_.take(shared_server().url(source_, role_of(role_)));
  told_ = taken.sources.front().summary.not_carried;
  const std::string owner = role_ == Role::superuser ? "postgres" : kTargetOwner;
  create_database(target_, owner);
  const vault::Vault vault = vault_.open_as(vault::Role::identity);
  restore::Request request;
  request.url = shared_server().url(target_, owner);
  SilentObserver observer;
  const restore::Report restored = restore::restore_postgres(
      vault, vault::resolve_snapshot(vault, "latest"), request, observer, {});
  told_.insert(told_.end(), restored.load.not_restored.begin(), restored.load.not_restored.end());
}

/// pg_dump's text in pieces, each under the kind that it belongs to.
Journey::Parts Journey::definitions_in(const std::string& database) const {
  Parts parts;
  std::vector<std::string> arguments = {"--schema-only", "--restrict-key=tests",
                                        "--exclude-schema=_heroku"};
  if (role_ != Role::superuser) arguments.emplace_back("--no-owner");
  const os::Outcome done =
      os::run({.program = shared_server().binaries() / "pg_dump",
               .arguments = arguments,
               .environment = pq::environment_of(shared_server().url(database))},
              {}, {});
  if (!done.status.ok()) throw Error(ErrorKind::internal, "pg_dump: " + done.err);
  const std::string text = with_one_owner(std::string(as_text(done.out)));
  const std::string head = "\n--\n-- Name: ";
  const std::size_t whole = text.find("\n--\n-- PostgreSQL database dump complete");
  std::size_t at = text.find(head);
  while (at != std::string::npos) {
    const std::size_t next = text.find(head, at + 1);
    const std::string entry = text.substr(at, std::min(next, whole) - at);
    parts[slug_of(entry)] += entry;
    at = next;
  }
  return parts;
}

Journey::Parts Journey::rows_in(const std::string& database) {
  Parts parts;
  pq::Connection connection(shared_server().url(database), {});
  const pq::Rows rows = connection.query(kRows);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    parts[slug_of("; Schema: " + rows.text(row, 0) + ";")] +=
        rows.text(row, 1) + ": " + rows.text(row, 2) + "\n";
  }
  return parts;
}

Journey::Parts Journey::checks_in(const std::string& database) {
  Parts parts;
  pq::Connection connection(shared_server().url(database), {});
  for (const Kind& kind : kinds()) {
    if (kind.check.empty()) continue;
    connection.execute("SET search_path = " + kind.slug + ", public");
    try {
      parts[kind.slug] = with_one_owner(connection.query(kind.check).text(0, 0)) + "\n";
    } catch (const Error& error) {
      parts[kind.slug] = "error: " + error.message() + "\n";
    }
  }
  return parts;
}

std::string Journey::all_of(const Kind& kind, std::size_t side) const {
  const auto part_of = [&](const Parts& parts) {
    const auto found = parts.find(kind.slug);
    return found == parts.end() ? std::string() : found->second;
  };
  return part_of(definitions_[side]) + (kind.rows_roam ? "" : part_of(rows_[side])) +
         part_of(checks_[side]);
}

Outcome Journey::outcome(const Kind& kind, std::string& why) const {
  const std::string before = all_of(kind, 0);
  const std::string after = all_of(kind, 1);
  if (before != after) why += first_difference(before, after);
  bool named = false;
  bool only_platform = true;
  for (const NotCarried& item : told_) {
    if (!kind.is_named_in(item.object + " " + item.reason)) continue;
    named = true;
    only_platform = only_platform && item.reason.starts_with("left to the platform");
    why += "  told: " + item.object + ": " + item.reason + "\n";
  }
  if (named) return only_platform ? Outcome::platform : Outcome::named;
  return before == after ? Outcome::carried : Outcome::lost;
}

std::string Journey::other_differences() const {
  std::array<std::string, 2> others;
  for (std::size_t side = 0; side < others.size(); ++side) {
    for (const Parts* parts : {&definitions_[side], &rows_[side]}) {
      const auto found = parts->find("");
      if (found != parts->end()) others[side] += found->second;
    }
  }
  return others[0] == others[1] ? "" : first_difference(others[0], others[1]);
}

verify::Report Journey::prove() {
  const vault::Vault vault = vault_.open_as(vault::Role::identity);
  SilentObserver observer;
  return verify::verify(vault, vault::resolve_snapshot(vault, "latest"), {}, SystemClock(),
                        observer, {});
}

}  // namespace lifeboat::objects
