// lifeboat-doctor: whether this machine could take, read and prove snapshots, and what to do if
// not. The checks are in lib/doctor; this file puts the list together.
#include <vector>

#include "cli/doctor_report.h"
#include "cli/run_tool.h"
#include "doctor/configuration_checks.h"
#include "doctor/machine_checks.h"
#include "doctor/postgres_checks.h"
#include "seal/sodium.h"

namespace {

using lifeboat::cli::ExitCode;
namespace cli = lifeboat::cli;
namespace doctor = lifeboat::doctor;

cli::ToolInfo tool() {
  return {
      .name = "doctor",
      .summary = "Check that this machine can take, restore and prove snapshots.",
      .synopsis = "[OPTION]...",
      .details =
          "Changes nothing. Each check is ok, attention (works, but know about it) or "
          "danger (something would fail); the exit code is 3 if there is a danger.",
      .examples = {{"lifeboat doctor", "look at this machine and its configuration"},
                   {"lifeboat doctor --json | jq -r .verdict", "ok, attention or danger"}},
      .exit_codes = {ExitCode::findings},
      .environment = {"LIFEBOAT_WRITER", "LIFEBOAT_IDENTITY", "LIFEBOAT_VAULT", "PATH", "TMPDIR"},
      .config_use = cli::ConfigUse::on_demand,
  };
}

struct Options {};

void declare(cli::OptionSet& /*set*/, Options& /*options*/) {}

std::vector<doctor::Check> all_checks() {
  std::vector<doctor::Check> checks = doctor::machine_checks();
  checks.push_back(doctor::crypto_check(lifeboat::seal::initialize));
  for (auto more : {doctor::postgres_checks(), doctor::configuration_checks()}) {
    checks.insert(checks.end(), more.begin(), more.end());
  }
  return checks;
}

ExitCode run(const Options& /*options*/, cli::Session& session) {
  const doctor::Surroundings surroundings{
      .environment = session.environment(),
      .clock = session.clock(),
      .config_file = session.config_file(),
      .temp_dir = session.environment().find("TMPDIR").value_or("/tmp"),
      .stop = session.stop(),
  };
  const doctor::Report report = doctor::run_checks(all_checks(), surroundings);
  session.print(cli::doctor_report_text(report, session.paint()), cli::doctor_report_json(report));
  return report.worst() == doctor::Level::danger ? ExitCode::findings : ExitCode::done;
}

}  // namespace

int main(int argc, char** argv) { return cli::run_tool(tool(), argc, argv, declare, run); }
