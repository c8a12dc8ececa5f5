#include "verify/postgres_proof.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/name_in_text.h"
#include "base/units.h"
#include "bridge/vault_load_source.h"
#include "postgres/exclusion.h"
#include "postgres/index_check.h"
#include "postgres/scratch.h"
#include "postgres/survey.h"
#include "verify/partition_sums.h"
#include "verify/sum_sink.h"

namespace lifeboat::verify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

/// One proof from start to end; each step adds to the report.
class Proof {
 public:
  Proof(const vault::SnapshotReader& reader, std::uint16_t place, const Request& request,
        Observer& observer, std::stop_token stop)
      : request_(request),
        observer_(observer),
        stop_(std::move(stop)),
        reader_(reader),
        source_(reader_, place) {
    report_.source = source_.summary().name;
    report_.not_carried = source_.summary().not_carried;
  }

  PostgresProof run() {
    const auto scratch = open_scratch();
    report_.scratch = scratch->describe();
    if (!scratch->local()) note_platform(scratch->url());
    tell(Moment::What::scratch, scratch->url());
    restore_into(*scratch);
    tell(Moment::What::restored, scratch->url());
    if (request_.before_comparison) request_.before_comparison(scratch->url());
    const auto started = steady_clock::now();
    compare(scratch->url());
    if (scratch->local()) check_indexes(scratch->url());
    report_.compare_took = since(started);
    tell(Moment::What::compared, scratch->url());
    scratch->close();
    report_.verdict = verdict();
    return std::move(report_);
  }

 private:
  std::unique_ptr<postgres::Scratch> open_scratch() {
    observer_.phase("scratch");
    if (request_.scratch_url) {
      return postgres::open_given_scratch({.url = *request_.scratch_url,
                                           .adopt = request_.adopt_scratch,
                                           .source = source_.identity()},
                                          stop_);
    }
    return postgres::start_local_scratch({.parent = request_.scratch_dir,
                                          .expected_bytes = source_.total_bytes(),
                                          .least_server_version = source_.identity().server_version,
                                          .encoding = source_.catalogue().encoding,
                                          .collate = source_.catalogue().collate,
                                          .ctype = source_.catalogue().ctype},
                                         observer_, stop_);
  }

  void tell(Moment::What what, const Secret& url) const {
    if (!request_.at_moment) return;
    request_.at_moment({what, report_.source, source_.summary().kind, url});
  }

  /// What a given database holds though it is empty: a platform's extensions and their schema.
  void note_platform(const Secret& url) {
    for (const auto& item : postgres::survey(url, stop_).catalogue.items) {
      platform_.insert({item.kind, item.identity});
    }
  }

  void restore_into(const postgres::Scratch& scratch) {
    const auto started = steady_clock::now();
    const postgres::LoadReport loaded =
        postgres::load({.url = scratch.url(),
                        .jobs = request_.jobs,
                        .roles = scratch.local() ? postgres::RoleMode::create_nologin
                                                 : postgres::RoleMode::as_found,
                        .tuned_scratch = scratch.local(),
                        .snapshot_id = reader_.record().id().hex(),
                        .source = source_.identity(),
                        .into_scratch = !scratch.local()},
                       source_.catalogue(), source_.archive(), source_, observer_, stop_);
    report_.restore_took = since(started);
    report_.phases = loaded.phases;
    for (const NotCarried& item : loaded.not_restored) {
      report_.findings.push_back(
          {item.object + " was not restored: " + item.reason, item.severity});
    }
  }

  void compare(const Secret& url) {
    observer_.phase("compare");
    const postgres::Survey survey = postgres::survey(url, stop_);
    compare_schema(survey);
    compare_sequences(survey);
    compare_rows(url, survey);
    report_.assertions = bridge::check_assertions(source_.answers(), url, stop_);
  }

  void find(std::string what) { report_.findings.push_back({std::move(what), Severity::loss}); }

  void compare_schema(const postgres::Survey& survey) {
    const auto& expected = source_.catalogue().items;
    report_.schema_items = expected.size();
    const auto difference = postgres::compare_items(expected, survey.catalogue.items);
    for (const auto& item : difference.missing) {
      if (!told_already(item)) find(item.kind + " " + item.identity + " is missing");
    }
    for (const auto& item : difference.extra) {
      if (platform_.contains({item.kind, item.identity})) continue;
      find(item.kind + " " + item.identity + " is not in the snapshot");
    }
    for (const auto& item : difference.changed) {
      find(item.expected.kind + " " + item.expected.identity + " differs: " +
           item.expected.definition + " in the snapshot, " + item.found.definition + " restored");
    }
    report_.invalid_indexes = survey.invalid_indexes.size();
    for (const std::string& index : survey.invalid_indexes) find("index " + index + " is invalid");
  }

  /// Something that the snapshot named as missing from it, or the restore as left out harmlessly:
  /// counted once.
  [[nodiscard]] bool told_already(const postgres::SchemaItem& item) const {
    const auto names_it = [&](const std::string& text) { return names(text, item.identity); };
    return std::ranges::any_of(report_.not_carried,
                               [&](const NotCarried& left_out) {
                                 return names_it(left_out.object) ||
                                        is_part_of(item, left_out.object);
                               }) ||
           std::ranges::any_of(report_.findings, [&](const Finding& finding) {
             return finding.severity == Severity::harmless &&
                    (names_it(finding.what) || is_comment_on(item, finding.what));
           });
  }

  /// "comment", "function public.f(integer)", of a function that was excluded on request.
  static bool is_comment_on(const postgres::SchemaItem& item, const std::string& left_out) {
    const std::size_t space = item.identity.find(' ');
    return item.kind == "comment" && space != std::string::npos &&
           left_out.ends_with(postgres::kOnRequest) &&
           names(left_out, item.identity.substr(space + 1));
  }

  /// Whether the item is a column, an index, a constraint, ... of a table that was left out.
  static bool is_part_of(const postgres::SchemaItem& item, const std::string& left_out) {
    constexpr std::string_view kTable = "table ";
    if (!left_out.starts_with(kTable)) return false;
    const std::string table = left_out.substr(kTable.size());
    return item.identity.starts_with(table + ".") ||
           item.identity.find(" " + table + ".") != std::string::npos ||
           (item.kind == "comment" && item.identity.ends_with(" " + table)) ||
           item.definition.find(" ON " + table + " ") != std::string::npos ||
           item.definition.find(" ON ONLY " + table + " ") != std::string::npos;
  }

  /// Only in a cluster of our own: amcheck needs a superuser and is left behind.
  void check_indexes(const Secret& url) {
    observer_.phase("indexes");
    const auto check = postgres::check_indexes(url, stop_);
    if (!check) return;
    report_.indexes_checked = check->checked;
    for (const std::string& index : check->damaged) find("index " + index);
  }

  void compare_sequences(const postgres::Survey& survey) {
    std::map<std::string, const postgres::Sequence*> restored;
    for (const auto& sequence : survey.catalogue.sequences) {
      restored[sequence.sql_name()] = &sequence;
    }
    for (const auto& expected : source_.catalogue().sequences) {
      ++report_.sequences;
      const auto at = restored.find(expected.sql_name());
      if (at == restored.end()) {
        find("sequence " + expected.sql_name() + " is missing");
        continue;
      }
      const postgres::Sequence& found = *at->second;
      const bool behind = expected.increment > 0 ? found.last_value < expected.last_value
                                                 : found.last_value > expected.last_value;
      if (behind ||
          (found.last_value == expected.last_value && expected.is_called && !found.is_called)) {
        find("sequence " + expected.sql_name() + " stands at " + std::to_string(found.last_value) +
             ", before " + std::to_string(expected.last_value));
      }
    }
  }

  void compare_rows(const Secret& url, const postgres::Survey& survey) {
    std::map<std::string, std::size_t> restored;
    const auto& found_tables = survey.catalogue.tables;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < found_tables.size(); ++i) {
      if (!found_tables[i].carries_rows()) continue;
      restored[found_tables[i].sql_name()] = i;
      all.push_back(i);
    }
    SumSink sums(reader_.row_key(), found_tables.size());
    const bool large_objects =
        source_.large_object_sum().has_value() || !survey.catalogue.large_objects.empty();
    postgres::stream_rows(url, survey.catalogue, all, large_objects, request_.jobs, sums, observer_,
                          stop_);

    compare_tables(url, survey, sums, restored);
    if (large_objects) {
      report_.large_objects =
          verdict_of("large objects", source_.large_object_sum().value_or(vault::RowSum()),
                     sums.large_object_sum());
    }
  }

  /// `restored` tells where the survey has a table of that name.
  void compare_tables(const Secret& url, const postgres::Survey& survey, const SumSink& sums,
                      const std::map<std::string, std::size_t>& restored) {
    const auto& tables = source_.catalogue().tables;
    std::vector<vault::RowSum> expected(tables.size());
    std::vector<vault::RowSum> found(tables.size());
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (!tables[i].carries_rows()) continue;
      expected[i] = source_.table_sum(i);
      const auto at = restored.find(tables[i].sql_name());
      if (at != restored.end()) found[i] = sums.table_sum(at->second);
    }
    const auto rearranged = rearranged_trees(source_.catalogue(), expected, found);
    std::set<std::size_t> told;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (!tables[i].carries_rows()) continue;
      const auto at = restored.find(tables[i].sql_name());
      report_.tables.push_back(verdict_of(tables[i].sql_name(), expected[i], found[i]));
      TableVerdict& verdict = report_.tables.back();
      if (at == restored.end()) {
        verdict.equal = false;
      } else if (rearranged[i]) {
        verdict.equal = true;
        if (told.insert(*rearranged[i]).second) tell_rearranged(tables[*rearranged[i]]);
      } else if (!verdict.equal) {
        verdict.difference = row_difference(url, i, survey.catalogue, at->second);
      }
    }
  }

  void tell_rearranged(const postgres::Table& top) {
    report_.findings.push_back({"rows of " + top.sql_name() +
                                    " lie in other partitions than in the snapshot: those of all "
                                    "partitions were compared together",
                                Severity::harmless});
  }

  static TableVerdict verdict_of(std::string name, const vault::RowSum& expected,
                                 const vault::RowSum& found) {
    return {.name = std::move(name),
            .rows = expected.rows(),
            .restored_rows = found.rows(),
            .sum = expected.hex(),
            .restored_sum = found.hex(),
            .equal = expected == found,
            .difference = {}};
  }

  RowDifference row_difference(const Secret& url, std::size_t table,
                               const postgres::Catalogue& found_catalogue,
                               std::size_t found_table) {
    const EachRow expected = [&](const std::function<void(ByteView)>& on_row) {
      each_snapshot_row(table, on_row);
    };
    const EachRow found = [&](const std::function<void(ByteView)>& on_row) {
      RowSink sink(on_row);
      postgres::stream_rows(url, found_catalogue, {found_table}, false, 1, sink, observer_, stop_);
    };
    return find_row_difference(source_.catalogue().tables[table], reader_.row_key(), expected,
                               found);
  }

  void each_snapshot_row(std::size_t table, const std::function<void(ByteView)>& on_row) {
    Bytes pending;
    Bytes buffer(256 * kKiB);
    for (std::size_t range = 0; range < source_.range_count(table); ++range) {
      const auto bytes = source_.open_range(table, range);
      while (const std::size_t count = bytes->read(buffer)) {
        const auto unseen = static_cast<std::ptrdiff_t>(pending.size());
        append(pending, ByteView(buffer).first(count));
        std::size_t from = 0;
        for (auto at = std::find(pending.begin() + unseen, pending.end(), '\n');
             at != pending.end(); at = std::find(at + 1, pending.end(), '\n')) {
          const auto end = static_cast<std::size_t>(at - pending.begin()) + 1;
          on_row(ByteView(pending).subspan(from, end - from));
          from = end;
        }
        pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(from));
      }
    }
  }

  [[nodiscard]] vault::Verdict verdict() const {
    const bool rows_equal = std::ranges::all_of(report_.tables, &TableVerdict::equal) &&
                            (!report_.large_objects || report_.large_objects->equal);
    const bool no_loss = std::ranges::none_of(report_.findings, [](const Finding& finding) {
      return finding.severity == Severity::loss;
    });
    const bool same_answers =
        std::ranges::all_of(report_.assertions, &bridge::AssertionVerdict::equal);
    return rows_equal && no_loss && same_answers ? vault::Verdict::proven
                                                 : vault::Verdict::not_proven;
  }

  const Request& request_;
  Observer& observer_;
  std::stop_token stop_;
  const vault::SnapshotReader& reader_;
  bridge::VaultLoadSource source_;
  std::set<std::pair<std::string, std::string>> platform_;  ///< kind and identity
  PostgresProof report_;
};

}  // namespace

std::uint64_t PostgresProof::rows() const {
  std::uint64_t total = 0;
  for (const TableVerdict& table : tables) total += table.rows;
  return total;
}

std::size_t PostgresProof::equal_tables() const {
  return static_cast<std::size_t>(std::ranges::count_if(tables, &TableVerdict::equal));
}

std::size_t PostgresProof::equal_assertions() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(assertions, &bridge::AssertionVerdict::equal));
}

PostgresProof prove_postgres(const vault::SnapshotReader& reader, std::uint16_t place,
                             const Request& request, Observer& observer, std::stop_token stop) {
  return Proof(reader, place, request, observer, std::move(stop)).run();
}

}  // namespace lifeboat::verify
