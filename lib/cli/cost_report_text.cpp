#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/plural.h"
#include "base/units.h"
#include "cli/cost_report.h"
#include "cli/forget_report.h"
#include "cli/text_table.h"
#include "cli/vault_report.h"

namespace lifeboat::cli {
namespace {

constexpr std::size_t kNameColumns = 14;

std::uint64_t rounded(double count) { return static_cast<std::uint64_t>(std::llround(count)); }

std::string paragraph(const std::string& text) { return wrap(text, kColumns, 2) + "\n"; }

std::string signed_bytes(double bytes) {
  const auto size = static_cast<std::uint64_t>(std::llround(std::abs(bytes)));
  return (bytes < 0 && size > 0 ? "-" : "") + human_bytes(size);
}

/// "12.34", "0.0123"; what is less is not told as nothing.
std::string amount(double money) {
  if (money > 0 && money < 0.0001) return "<0.0001";
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), money > 0 && money < 1 ? "%.4f" : "%.2f", money);
  return text.data();
}

std::string_view words_of(vault::StoredKind kind) {
  switch (kind) {
    case vault::StoredKind::data_packs:
      return "data packs";
    case vault::StoredKind::list_packs:
      return "packs of lists";
    case vault::StoredKind::sessions:
      return "session headers";
    case vault::StoredKind::snapshot_records:
      return "snapshot records";
    case vault::StoredKind::records:
      return "other records";
    case vault::StoredKind::unknown:
      return "names unknown here";
    case vault::StoredKind::index:
    case vault::StoredKind::rolls:
    case vault::StoredKind::trust:
    case vault::StoredKind::marks:
    case vault::StoredKind::claims:
    case vault::StoredKind::journals:
    case vault::StoredKind::probes:
      break;
  }
  return vault::name_of(kind);
}

std::string stored_part(const CostReport& report, const Paint& paint) {
  const vault::Tally whole = report.inventory.whole();
  std::string text =
      "stored   " + human_bytes(whole.stored_bytes) + " in " + plural(whole.objects, "object") +
      "   (" + to_minute(report.now) + " UTC, by " +
      (report.by_store_clock ? "the store's clock" : "this machine's clock") + ")\n\n";
  TextTable table({Align::left, Align::right, Align::right}, 2);
  for (std::size_t i = 0; i < vault::kStoredKinds; ++i) {
    const vault::Tally& tally = report.inventory.kinds.at(i);
    if (tally.objects == 0) continue;
    table.add({std::string(words_of(static_cast<vault::StoredKind>(i))), human_count(tally.objects),
               human_bytes(tally.stored_bytes)});
  }
  text += table.text();
  const vault::Tally& swept = report.inventory.swept;
  if (swept.objects > 0) {
    text += paragraph(paint.attention("swept") +
                      ", and still there: " + plural(swept.objects, "object") + " of these, " +
                      human_bytes(swept.stored_bytes) +
                      "; `lifeboat vault sweep --confirm` deletes them");
  }
  return text + "\n";
}

/// A source's name, and of two of one name their writers.
std::string label_of(const CostReport& report, const vault::SourceSeries& series) {
  const auto same =
      std::ranges::count(report.added.series, series.source, &vault::SourceSeries::source);
  if (same < 2) return fit(series.source, kNameColumns);
  const std::string writer = " " + series.writer.hex().substr(0, 4);
  return fit(series.source, kNameColumns - writer.size()) + writer;
}

std::string ages_table(const CostReport& report) {
  TextTable table({Align::left, Align::right, Align::right, Align::right, Align::right,
                   Align::right, Align::right, Align::right});
  table.add({"added by", "<1 d", "<7 d", "<30 d", "<90 d", "<1 y", "older", "all"});
  for (const vault::SourceSeries& series : report.added.series) {
    std::vector<std::string> cells = {label_of(report, series)};
    for (const std::uint64_t bytes : vault::bytes_by_age(series, report.now)) {
      cells.push_back(bytes == 0 ? "-" : human_bytes(bytes));
    }
    cells.push_back(human_bytes(series.added_bytes()));
    table.add(std::move(cells));
  }
  return table.text();
}

std::string added_part(const CostReport& report, const Paint& paint) {
  const vault::AddedBytes& added = report.added;
  std::string text =
      added.series.empty() ? "no snapshot whose record can be read\n" : ages_table(report);
  const std::int64_t rest = report.unattributed();
  text += paragraph("not in it: " + signed_bytes(static_cast<double>(rest)) +
                    (rest < 0 ? ", for sweeps took some of what these snapshots added"
                              : " of the index, of records, of runs that broke off, and of what "
                                "snapshots left that are gone"));
  if (added.split > 0) {
    text += paragraph("of " + plural(added.split, "snapshot") +
                      " of several sources each source is given its part of the bytes read");
  }
  if (added.forgotten > 0) {
    text += paragraph(paint.attention("forgotten") +
                      ", not yet swept: " + plural(added.forgotten, "snapshot") +
                      " of these, which added " + human_bytes(added.forgotten_bytes));
  }
  if (added.sealed > 0) {
    text += paragraph(paint.attention("sealed") + ": " + plural(added.sealed, "snapshot") +
                      ", whose records this credential does not open; nothing here counts what "
                      "they added");
  }
  return text + "\n";
}

std::string range_text(const vault::Growth& growth) {
  return signed_bytes(growth.least) + " to " + signed_bytes(growth.greatest);
}

void add_growth_row(TextTable& table, const std::string& name, const vault::GrowthFit& fit,
                    const std::string& every, const std::string& each) {
  const auto& growth = fit.growth;
  table.add({name, growth ? signed_bytes(growth->bytes_a_day) : "?",
             growth ? range_text(*growth) : "not known yet", plural(fit.snapshots, "snapshot"),
             every, each});
}

/// What a trend lacks.
std::string lack_line(const std::string& name, const vault::GrowthFit& fit,
                      const vault::SourceSeries& series) {
  if (fit.growth) return "";
  return paragraph(
      "growth of " + name + ": " + plural(fit.snapshots, "snapshot") + " over " +
      human_duration(fit.span) + (series.swept_seq > 0 ? " since the last swept one" : "") +
      "; a trend needs " + std::to_string(vault::kLeastSnapshots) + " over a day" +
      (series.additions.size() > 1 ? ", and what the forecast takes instead may be far off" : ""));
}

std::string growth_part(const CostReport& report) {
  if (report.added.series.empty()) return "";
  TextTable table(
      {Align::left, Align::right, Align::left, Align::right, Align::right, Align::right});
  table.add({"growth", "a day", "middle half", "rests on", "every", "adds"});
  std::string lacks;
  std::string gone;
  for (std::size_t i = 0; i < report.added.series.size(); ++i) {
    const vault::SourceSeries& series = report.added.series[i];
    const std::string name = label_of(report, series);
    const auto& cadence = report.forecast.sources[i].cadence;
    add_growth_row(table, name, report.growths[i], cadence ? human_duration(cadence->every) : "-",
                   cadence ? human_bytes(cadence->added_bytes) : "-");
    lacks += lack_line(name, report.growths[i], series);
    if (!cadence) {
      gone += paragraph(name + (series.additions.size() < 2
                                    ? ": one snapshot tells nothing of the next; the forecast has "
                                      "none"
                                    : ": no longer captured, so the forecast has no more of it"));
    }
  }
  if (report.added.series.size() > 1) add_growth_row(table, "all", report.growth, "", "");
  return table.text() + lacks + gone + "\n";
}

std::string policy_lines(const CostReport& report) {
  if (!report.forecast.by_policy) {
    return "keep   everything: no [keep] section says what may be forgotten\n";
  }
  return "keep   " + wrap(keep_policy_text(report.policy), kColumns - 7, 7) +
         "\nfloor  the newest " + std::to_string(report.floor.count) +
         " of each source, and what is younger than " + human_duration(report.floor.age) + "\n";
}

std::string forecast_table(const CostReport& report) {
  const auto& prices = report.prices;
  std::vector<Align> columns(5, Align::right);
  columns[0] = Align::left;
  std::vector<std::string> head = {"until", "taken", "kept", "least", "most"};
  std::vector<MonthCost> costs;
  if (prices) {
    columns.insert(columns.end(), 3, Align::right);
    const std::string& currency = prices->list.currency;
    head.insert(head.end(), {currency + " least", "most", "requests"});
    costs = month_costs(*prices, report.inventory, report.forecast);
  }
  TextTable table(columns);
  table.add(head);
  for (std::size_t i = 0; i < report.forecast.months.size(); ++i) {
    const vault::ForecastMonth& month = report.forecast.months[i];
    std::vector<std::string> row = {to_minute(month.at).substr(0, 10),
                                    human_count(rounded(month.taken)),
                                    human_count(rounded(month.kept)),
                                    human_bytes(month.least_bytes), human_bytes(month.most_bytes)};
    if (prices) {
      row.insert(row.end(), {amount(costs[i].least_storage), amount(costs[i].most_storage),
                             amount(costs[i].requests)});
    }
    table.add(std::move(row));
  }
  return table.text();
}

std::string forecast_part(const CostReport& report) {
  const auto& sources = report.forecast.sources;
  const bool goes_on = std::ranges::any_of(
      sources, [](const vault::SourceOutlook& one) { return one.cadence.has_value(); });
  if (!goes_on) {
    return "forecast: not known yet; two snapshots of a source tell how often it is taken\n\n";
  }
  std::string text =
      "forecast, if it goes on like this\n" + policy_lines(report) + "\n" + forecast_table(report);
  if (report.forecast.months.back().least_bytes < report.forecast.months.back().most_bytes) {
    text += paragraph(
        "least: with a forgotten snapshot all goes that it added; most: nothing goes, because "
        "later ones need it. The truth lies between: docs/cost.md");
  }
  return text + "\n";
}

std::string restore_line(const CostReport& report) {
  const vault::RestoreSize& restore = report.restore;
  if (restore.sources == 0) return "";
  std::string text = "a full restore of " + plural(restore.sources, "source") + " fetches " +
                     (restore.at_most ? "at most " : "about ") + human_bytes(restore.bytes);
  if (report.prices) {
    text += " and costs " + std::string(restore.at_most ? "at most " : "about ") +
            report.prices->list.currency + " " + amount(restore_cost(*report.prices, restore));
  }
  return paragraph(text);
}

std::string prices_lines(const CostReport& report, const Paint& paint) {
  if (!report.prices) {
    return paragraph(
        "no prices, so no money: --prices FILE, or prices = \"prices.toml\" in [vault]; "
        "docs/prices.example.toml shows one");
  }
  const VaultPrices& prices = *report.prices;
  const auto stored = static_cast<double>(report.inventory.whole().stored_bytes);
  std::string text =
      paragraph("today's bytes cost " + prices.list.currency + " " +
                amount(storage_cost(prices, report.inventory, stored)) + " a month; prices of " +
                to_rfc3339(prices.list.as_of).substr(0, 10) + " for " + prices.packs.name + ": " +
                prices.list.file);
  if (report.has_stale_prices()) {
    text += paragraph(paint.attention("old prices") + ": more than " +
                      std::to_string(config::kPricesGoStale.count()) +
                      " days; look them up, and set as_of");
  }
  return text;
}

}  // namespace

std::string cost_text(const CostReport& report, const Paint& paint) {
  return stored_part(report, paint) + added_part(report, paint) + growth_part(report) +
         forecast_part(report) + restore_line(report) + prices_lines(report, paint) +
         problem_lines(report.problems, paint);
}

}  // namespace lifeboat::cli
