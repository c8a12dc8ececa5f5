#include "postgres/load_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "postgres/load_queue.h"

namespace lifeboat::postgres {
namespace {

constexpr Oid kPgClass = 1259;

/// A small database, entry by entry.
struct Model {
  Catalogue catalogue;
  Archive archive;
  RangeSizes ranges;

  int table(const std::string& name, std::vector<std::uint64_t> sizes, char kind = 'r') {
    const Oid oid = static_cast<Oid>(1000 + catalogue.tables.size());
    Table table;
    table.oid = oid;
    table.schema = "public";
    table.name = name;
    table.kind = kind;
    table.columns = {Column{.name = "id", .type = "integer", .number = 1}};
    catalogue.tables.push_back(table);
    ranges.push_back(std::move(sizes));
    return entry(kind == 'm' ? "MATERIALIZED VIEW" : "TABLE", name, "CREATE " + name, {},
                 Section::pre_data, oid);
  }

  int entry(const std::string& kind, const std::string& name, const std::string& sql,
            std::vector<int> depends_on, Section section = Section::post_data, Oid oid = 0) {
    ArchiveEntry made;
    made.id = static_cast<int>(archive.entries.size()) + 1;
    made.catalogue = oid == 0 ? 0 : kPgClass;
    made.object = oid;
    made.kind = kind;
    made.schema = "public";
    made.name = name;
    made.section = section;
    made.sql = sql;
    made.depends_on = std::move(depends_on);
    archive.entries.push_back(made);
    return made.id;
  }

  [[nodiscard]] LoadPlan plan() const { return plan_load(catalogue, archive, ranges); }
};

/// The order in which one worker, or several in lock step, would carry out the plan.
std::vector<std::string> run_order(const LoadPlan& plan, std::size_t workers = 1) {
  std::vector<std::string> order;
  for (const Phase phase : kPhases) {
    if (!runs_at_once(phase)) {
      for (const Step& step : plan.steps) {
        if (step.phase == phase) order.push_back(step.label);
      }
      continue;
    }
    LoadQueue queue(plan.steps, phase);
    for (std::size_t left = queue.size(); left > 0;) {
      std::vector<std::size_t> taken;
      while (taken.size() < workers && queue.ready() > 0) {
        taken.push_back(queue.next().value());
      }
      for (const std::size_t step : taken) {
        order.push_back(plan.steps[step].label);
        queue.done(step);
        --left;
      }
    }
  }
  return order;
}

std::ptrdiff_t place(const std::vector<std::string>& order, const std::string& label) {
  const auto found = std::find(order.begin(), order.end(), label);
  EXPECT_NE(found, order.end()) << label;
  return found - order.begin();
}

std::ptrdiff_t last_place(const std::vector<std::string>& order, const std::string& label) {
  return static_cast<std::ptrdiff_t>(order.size()) - 1 -
         (std::find(order.rbegin(), order.rend(), label) - order.rbegin());
}

const std::string kPrimaryKey =
    "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (id);\n";

TEST(LoadPlan, BuildsIndexesOnlyWhenEveryRangeOfTheirTableIsIn) {
  Model model;
  const int t = model.table("t", {10, 20, 30});
  model.entry("INDEX", "by_name", "CREATE INDEX by_name ON public.t USING btree (name);\n", {t});
  model.entry("CONSTRAINT", "t t_pkey", kPrimaryKey, {t});
  for (const std::size_t workers : {1U, 2U, 5U}) {
    const auto order = run_order(model.plan(), workers);
    const auto rows = last_place(order, "rows of public.t");
    EXPECT_LT(rows, place(order, "INDEX public.by_name"));
    EXPECT_LT(rows, place(order, "CONSTRAINT public.t t_pkey"));
    EXPECT_LT(last_place(order, "CONSTRAINT public.t t_pkey"), place(order, "ANALYZE public.t"));
  }
}

TEST(LoadPlan, AdoptsAnIndexOnlyWhenNothingElseIsBuiltOnItsTable) {
  Model model;
  const int t = model.table("t", {10});
  model.entry("CONSTRAINT", "t t_pkey", kPrimaryKey, {t});
  model.entry("INDEX", "slow", "CREATE INDEX slow ON public.t USING gin (x);\n", {t});
  const LoadPlan plan = model.plan();
  const auto adopts = std::find_if(plan.steps.begin(), plan.steps.end(), [](const Step& step) {
    return step.kind == StepKind::add_constraint;
  });
  ASSERT_NE(adopts, plan.steps.end());
  std::size_t builds = 0;
  for (const std::size_t before : adopts->after) {
    if (plan.steps[before].kind == StepKind::build_index) ++builds;
  }
  EXPECT_GE(builds, 2U);
}

TEST(LoadPlan, LoadsTheTableFirstThatMostWaitsFor) {
  Model model;
  model.table("small", {5});
  model.table("large", {100, 100});
  const int slow = model.table("slow", {150});
  model.entry("INDEX", "gin", "CREATE INDEX gin ON public.slow USING gin (x);\n", {slow});
  const auto order = run_order(model.plan());
  EXPECT_LT(place(order, "rows of public.slow"), place(order, "rows of public.large"));
  EXPECT_LT(place(order, "rows of public.large"), place(order, "rows of public.small"));
}

TEST(LoadPlan, BuildsTheLongestIndexFirst) {
  Model model;
  const int t = model.table("t", {1000});
  model.entry("INDEX", "quick", "CREATE INDEX quick ON public.t USING btree (x);\n", {t});
  model.entry("INDEX", "slow", "CREATE INDEX slow ON public.t USING gin (x);\n", {t});
  const auto order = run_order(model.plan());
  EXPECT_LT(place(order, "INDEX public.slow"), place(order, "INDEX public.quick"));
}

TEST(LoadPlan, KeepsIndexesOfPartitionedTablesInPgDumpsOrder) {
  Model model;
  const int parent = model.table("parent", {}, 'p');
  const int leaf = model.table("leaf", {10});
  const int on_parent = model.entry(
      "INDEX", "p_idx", "CREATE INDEX p_idx ON ONLY public.parent USING btree (x);\n", {parent});
  const int on_leaf =
      model.entry("INDEX", "l_idx", "CREATE INDEX l_idx ON public.leaf USING btree (x);\n", {leaf});
  model.entry("INDEX ATTACH", "l_idx", "ALTER INDEX p_idx ATTACH PARTITION l_idx;\n",
              {on_parent, on_leaf});
  const auto order = run_order(model.plan(), 3);
  EXPECT_LT(place(order, "INDEX public.p_idx"), place(order, "INDEX ATTACH public.l_idx"));
  EXPECT_LT(place(order, "INDEX public.l_idx"), place(order, "INDEX ATTACH public.l_idx"));
}

TEST(LoadPlan, AddsForeignKeysThatShareATableInTurnAndValidatesAfterwards) {
  Model model;
  const int a = model.table("a", {10});
  const int b = model.table("b", {10});
  const std::string to_b =
      "ALTER TABLE ONLY public.a\n    ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES public.b(id);\n";
  const std::string to_a =
      "ALTER TABLE ONLY public.b\n    ADD CONSTRAINT ba FOREIGN KEY (a) REFERENCES public.a(id);\n";
  model.entry("FK CONSTRAINT", "a ab", to_b, {a, b});
  model.entry("FK CONSTRAINT", "b ba", to_a, {a, b});
  model.entry("FK CONSTRAINT", "a ab2", to_b, {a, b});
  const LoadPlan plan = model.plan();
  std::vector<std::size_t> added;
  std::vector<std::size_t> validated;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.kind == StepKind::add_constraint) added.push_back(i);
    if (step.kind == StepKind::validate) validated.push_back(i);
    if (step.kind == StepKind::validate) {
      EXPECT_EQ(step.phase, Phase::rows);
    }
  }
  const auto waits = [&](std::size_t step, std::size_t before) {
    return std::ranges::count(plan.steps[step].after, before) > 0;
  };
  ASSERT_EQ(added.size(), 3U);
  ASSERT_EQ(validated.size(), 3U);
  EXPECT_TRUE(waits(added[1], added[0]));
  EXPECT_TRUE(waits(added[2], added[1]));
  for (const std::size_t validation : validated) EXPECT_TRUE(waits(validation, added[2]));
  EXPECT_FALSE(waits(validated[1], validated[0])) << "they are on different tables";
  EXPECT_TRUE(waits(validated[2], validated[0])) << "they are on the same table";
}

TEST(LoadPlan, AddsAForeignKeyThatNeedsSomethingLaterWhereThatIsMade) {
  Model model;
  const int a = model.table("a", {10});
  const int view = model.entry("VIEW", "v", "CREATE VIEW v", {a});
  model.entry(
      "FK CONSTRAINT", "a aa",
      "ALTER TABLE ONLY public.a\n    ADD CONSTRAINT aa FOREIGN KEY (x) REFERENCES public.a(id);\n",
      {a, view});
  for (const Step& step : model.plan().steps) {
    if (step.kind == StepKind::add_constraint) {
      EXPECT_EQ(step.phase, Phase::constraints);
    }
    if (step.kind == StepKind::validate) {
      EXPECT_EQ(step.phase, Phase::validation);
    }
  }
}

TEST(LoadPlan, LoadsFirstWhatTheLongestBuildWaitsFor) {
  Model model;
  model.table("large", {100, 100, 100});
  const int small = model.table("small", {100, 100});
  model.entry("INDEX", "g", "CREATE INDEX g ON public.small USING gin (x);\n", {small});
  const auto order = run_order(model.plan(), 1);
  EXPECT_LT(place(order, "rows of public.small"), place(order, "rows of public.large"));
  EXPECT_LT(place(order, "INDEX public.g"), place(order, "rows of public.large"));
}

TEST(LoadPlan, FillsAMaterializedViewAfterThoseBelowItHoweverIndirectly) {
  Model model;
  const int low = model.table("low", {}, 'm');
  const int view = model.entry("VIEW", "between", "CREATE VIEW between", {low}, Section::pre_data);
  const int high = model.table("high", {}, 'm');
  model.archive.entries.back().depends_on = {view};
  model.entry("INDEX", "high_id", "CREATE INDEX high_id ON public.high USING btree (x);\n", {high});
  // Made heavier, so that weight alone would put it first.
  model.catalogue.tables.back().total_bytes = 1'000'000;
  const auto order = run_order(model.plan(), 2);
  const auto contents = [](const std::string& name) {
    return "contents of MATERIALIZED VIEW public." + name;
  };
  EXPECT_LT(place(order, contents("low")), place(order, contents("high")));
  EXPECT_LT(place(order, contents("high")), place(order, "INDEX public.high_id"));
}

TEST(LoadPlan, LeavesAnEmptyMaterializedViewEmpty) {
  Model model;
  model.table("m", {}, 'm');
  model.catalogue.tables.back().populated = false;
  for (const Step& step : model.plan().steps) EXPECT_NE(step.kind, StepKind::refresh);
}

TEST(LoadPlan, CreatesNothingBeforeWhatItDependsOn) {
  Model model;
  const int t = model.table("t", {10});
  const int index = model.entry("INDEX", "i", "CREATE INDEX i ON public.t USING btree (x);\n", {t});
  const int late_view = model.entry("VIEW", "v", "CREATE VIEW v", {index});
  model.entry("COMMENT", "EVENT TRIGGER e", "COMMENT", {6}, Section::none);
  model.entry("RULE", "r", "CREATE RULE r", {late_view});
  model.entry("EVENT TRIGGER", "e", "CREATE EVENT TRIGGER e EXECUTE FUNCTION public.f()", {});
  model.entry("ACL", "VIEW v", "GRANT", {late_view}, Section::none);
  const auto order = run_order(model.plan(), 2);
  EXPECT_LT(place(order, "INDEX public.i"), place(order, "VIEW public.v"));
  EXPECT_LT(place(order, "VIEW public.v"), place(order, "RULE public.r"));
  EXPECT_LT(place(order, "RULE public.r"), place(order, "ACL public.VIEW v"));
  EXPECT_LT(place(order, "EVENT TRIGGER public.e"), place(order, "COMMENT public.EVENT TRIGGER e"));
}

TEST(LoadPlan, LeavesToThePlatformWhatIsThePlatforms) {
  Model model;
  model.entry("SCHEMA", "_heroku", "CREATE SCHEMA _heroku;", {}, Section::pre_data);
  model.archive.entries.back().schema = "";
  model.entry("EVENT TRIGGER", "log_create_ext",
              "CREATE EVENT TRIGGER log_create_ext ON ddl_command_end EXECUTE FUNCTION "
              "_heroku.create_ext();",
              {});
  const LoadPlan plan = model.plan();
  EXPECT_TRUE(plan.steps.empty());
  ASSERT_EQ(plan.left_out.size(), 2U);
  for (const NotCarried& item : plan.left_out) EXPECT_EQ(item.severity, Severity::harmless);
}

TEST(LoadPlan, MakesATableThatTheArchiveLacksBeforeViewsAndCompletesItLate) {
  Model model;
  const int other = model.table("other", {10});
  model.entry("TYPE", "mood", "CREATE TYPE mood", {}, Section::pre_data);
  std::rotate(model.archive.entries.begin(), model.archive.entries.begin() + 1,
              model.archive.entries.end());
  model.entry("VIEW", "v", "CREATE VIEW v", {}, Section::pre_data);
  model.entry("TRIGGER", "t", "CREATE TRIGGER t", {other});
  Table hidden;
  hidden.oid = 4711;
  hidden.schema = "public";
  hidden.name = "hidden";
  hidden.readable = false;
  hidden.definition = {"CREATE TABLE IF NOT EXISTS hidden", "CREATE INDEX"};
  hidden.afterwards = {"ATTACH"};
  model.catalogue.tables.push_back(hidden);
  model.ranges.push_back({});

  const LoadPlan plan = model.plan();
  std::vector<std::string> order;
  for (const Step& step : plan.steps) {
    if (step.phase == Phase::schema || step.phase == Phase::rules) order.push_back(step.sql);
  }
  EXPECT_THAT(order, testing::ElementsAre("CREATE TYPE mood", "CREATE TABLE IF NOT EXISTS hidden",
                                          "CREATE other", "CREATE VIEW v",
                                          "CREATE TABLE IF NOT EXISTS hidden", "CREATE INDEX",
                                          "ATTACH", "CREATE TRIGGER t"));
  ASSERT_EQ(plan.left_out.size(), 1U);
  EXPECT_EQ(plan.left_out[0].object, "rows of table public.hidden");
}

TEST(LoadPlan, TellsHarmlessFromLoss) {
  const auto severity = [](const std::string& kind, const std::string& name,
                           const std::string& sql = "") {
    ArchiveEntry entry;
    entry.kind = kind;
    entry.name = name;
    entry.sql = sql;
    return severity_of(entry);
  };
  EXPECT_EQ(severity("ACL", "TABLE t"), Severity::harmless);
  EXPECT_EQ(severity("COMMENT", "EXTENSION hstore"), Severity::harmless);
  EXPECT_EQ(severity("EXTENSION", "pg_stat_statements"), Severity::harmless);
  EXPECT_EQ(severity("EVENT TRIGGER", "x", "… EXECUTE FUNCTION _heroku.x();"), Severity::harmless);
  EXPECT_EQ(severity("EVENT TRIGGER", "mine", "… EXECUTE FUNCTION app.x();"), Severity::loss);
  EXPECT_EQ(severity("COMMENT", "TABLE t"), Severity::loss);
  EXPECT_EQ(severity("EXTENSION", "hstore"), Severity::loss);
  EXPECT_EQ(severity("POLICY", "t p"), Severity::loss);
}

}  // namespace
}  // namespace lifeboat::postgres
