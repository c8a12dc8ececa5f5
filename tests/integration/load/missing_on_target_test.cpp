#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "snapshot_fixture.h"

namespace lifeboat::postgres {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

/// A target that lacks what the source's machine had: names in the archive are changed into ones of
/// the same length that no machine has.
class MissingOnTarget : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    harness::PostgresServer& server = harness::shared_server();
    server.create_database("well_equipped");
    server.execute("well_equipped", R"(
      CREATE EXTENSION ltree;
      CREATE COLLATION public.sorted (provider = libc, locale = 'C.UTF-8');
      CREATE FUNCTION public.handler() RETURNS language_handler LANGUAGE c
        AS '$libdir/plpgsql', 'plpgsql_call_handler';
      CREATE TABLE public.paths (p ltree);
      INSERT INTO public.paths VALUES ('a.b');
      CREATE TABLE public.words (w text COLLATE public.sorted);
      INSERT INTO public.words VALUES ('x');
      CREATE TABLE public.others (n integer PRIMARY KEY);
      INSERT INTO public.others SELECT generate_series(1, 100);
      CREATE INDEX words_w ON public.words (w);)");
    snapshot_ = std::make_unique<MemorySnapshot>(take_snapshot(server, "well_equipped"));
  }
  static void TearDownTestSuite() { snapshot_.reset(); }

  static LoadReport load_without(std::string_view name, std::string_view instead) {
    MemorySnapshot poorer = *snapshot_;
    const auto wanted = as_bytes(name);
    std::size_t changed = 0;
    for (auto at = poorer.archive.begin();; ++at, ++changed) {
      at = std::search(at, poorer.archive.end(), wanted.begin(), wanted.end());
      if (at == poorer.archive.end()) break;
      std::copy(instead.begin(), instead.end(), at);
    }
    EXPECT_GT(changed, 0U) << "the archive does not hold " << name;
    harness::shared_server().create_database("ill_equipped");
    MemoryLoadSource source(poorer);
    SilentObserver observer;
    return load({.url = harness::shared_server().url("ill_equipped"), .snapshot_id = "x"},
                poorer.catalogue, poorer.archive, source, observer, {});
  }

  static std::string count(const std::string& table) {
    return harness::shared_server().value("ill_equipped", "SELECT count(*) FROM " + table);
  }

  static auto loss_of(const std::string& object, const std::string& reason) {
    return Contains(AllOf(Field(&NotCarried::object, object),
                          Field(&NotCarried::reason, HasSubstr(reason)),
                          Field(&NotCarried::severity, Severity::loss)));
  }

 private:
  static std::unique_ptr<MemorySnapshot> snapshot_;
};
std::unique_ptr<MemorySnapshot> MissingOnTarget::snapshot_;

TEST_F(MissingOnTarget, AnExtensionIsNamedWithTheTablesThatNeedItAndTheRestIsRestored) {
  const LoadReport report = load_without("EXISTS ltree", "EXISTS ltrex");
  EXPECT_THAT(report.not_restored, loss_of("EXTENSION ltree", "ltrex"));
  EXPECT_THAT(report.not_restored, loss_of("TABLE public.paths", "it needs EXTENSION ltree"));
  EXPECT_THAT(report.not_restored, loss_of("rows of public.paths", "does not exist"));
  EXPECT_EQ(count("others"), "100");
  EXPECT_EQ(count("words"), "1");
}

TEST_F(MissingOnTarget, ACollationIsNamedWithTheTablesThatNeedItAndTheRestIsRestored) {
  const LoadReport report = load_without("locale = 'C.UTF-8'", "locale = 'C.UTX-8'");
  EXPECT_THAT(report.not_restored, loss_of("COLLATION public.sorted", "C.UTX-8"));
  EXPECT_THAT(report.not_restored, loss_of("TABLE public.words", "it needs COLLATION"));
  EXPECT_THAT(report.not_restored, loss_of("rows of public.words", "does not exist"));
  EXPECT_EQ(count("others"), "100");
  EXPECT_EQ(count("paths"), "1");
}

TEST_F(MissingOnTarget, ALibraryIsNamedAndDoesNotEndTheRestore) {
  const LoadReport report = load_without("$libdir/plpgsql", "$libdir/plpgsqx");
  EXPECT_THAT(report.not_restored, loss_of("FUNCTION public.handler()", "(58P01)"));
  EXPECT_EQ(count("others"), "100");
  EXPECT_EQ(count("words"), "1");
  EXPECT_EQ(count("paths"), "1");
}

}  // namespace
}  // namespace lifeboat::postgres
