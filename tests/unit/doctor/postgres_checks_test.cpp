#include "doctor/postgres_checks.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "os/file.h"
#include "surroundings.h"

namespace lifeboat::doctor {
namespace {

/// A program of this name in PATH that prints the version as Postgres' programs do.
void place_program(const std::filesystem::path& folder, const std::string& name,
                   const std::string& version) {
  const auto path = folder / name;
  std::ofstream(path) << "#!/bin/sh\necho '" << name << " (PostgreSQL) " << version << "'\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

TEST(PostgresChecks, NameTheVersionsOfTheClientsFirstInPath) {
  const os::TempDir folder("/tmp", "lifeboat-doctor-test-");
  for (const char* name : {"pg_dump", "pg_restore", "psql"}) {
    place_program(folder.path(), name, "99.1 (Debian)");
  }
  const FakeSurroundings here({{"PATH", folder.path().string()}});
  const Finding finding = find(postgres_checks(), "postgres-client", here.value);
  EXPECT_EQ(finding.level, Level::ok);
  EXPECT_EQ(finding.what, "pg_dump 99.1, pg_restore 99.1, psql 99.1");
}

TEST(PostgresChecks, NameAClientThatDoesNotRun) {
  const os::TempDir folder("/tmp", "lifeboat-doctor-test-");
  for (const char* name : {"pg_dump", "pg_restore"}) place_program(folder.path(), name, "99.1");
  const auto broken = folder.path() / "psql";
  std::ofstream(broken) << "#!/bin/sh\nexit 1\n";
  std::filesystem::permissions(broken, std::filesystem::perms::owner_all);
  const FakeSurroundings here({{"PATH", folder.path().string()}});
  const Finding finding = find(postgres_checks(), "postgres-client", here.value);
  EXPECT_EQ(finding.level, Level::danger);
  EXPECT_EQ(finding.what, "not found: psql");
}

TEST(PostgresChecks, ReadTheVersionOfEveryProgramsForm) {
  EXPECT_EQ(version_in("pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n"), "15.20");
  EXPECT_EQ(version_in("postgres (PostgreSQL) 18beta1\n"), "18beta1");
  EXPECT_EQ(version_in("something else"), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::doctor
