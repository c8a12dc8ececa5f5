#include <gtest/gtest.h>

#include <algorithm>

#include "base/wire.h"
#include "tamper/rewriting.h"
#include "vault/list.h"
#include "vault/row_sum.h"

/// What a later version of the format may write, and what no version may: in every structure,
/// signed with the right key.
namespace lifeboat::tamper {
namespace {

using namespace vault;

constexpr std::uint16_t kCritical = 0x8000;
constexpr std::uint16_t kUnknownCritical = 50 | kCritical;

/// A sequence of fields somewhere in the vault.
struct Structure {
  std::string name;
  std::vector<std::uint16_t> mandatory;
  std::vector<std::uint16_t> fixed;  ///< fields whose value has one size only
  Expected broken;                   ///< what is told when a MUST is broken in it
  std::function<Attempt(const std::string&, const EditFields&)> rewrite;
  Expected kept = all(kClean);  ///< what is told when nothing is wrong with it
};

/// A session header that was written again is not the one that stands in front of its packs.
const Expected kPacksDiffer = {kCorrupt, kClean, kClean};

const Expected kNoSnapshot = {kCorrupt, kCorrupt, kNotFound};
const Expected kNoData = {kCorrupt, kClean, kCorrupt};
const Expected kNoted = {kCorrupt, kCorrupt, kClean};
const Expected kMissed = {kStale, kStale, kClean};
const Expected kPin = kNoted;  // no record, and so none that contradicts
const Expected kMark = {kCorrupt, kClean, kClean};

Attempt forget_again(const std::string& name, const Edit& edit) {
  return pruner_again(name, 3, edit);
}
Attempt sweep_again(const std::string& name, const Edit& edit) {
  return pruner_again(name, 2, edit);
}

template <typename Rewrite>
auto public_fields(Rewrite rewrite, std::uint16_t in = 0) {
  return [=](const std::string& name, const EditFields& edit) {
    return rewrite(name, Edit{.fields = in == 0 ? edit : inside(in, edit)});
  };
}
template <typename Rewrite>
auto sealed_fields(Rewrite rewrite, std::uint16_t in = 0) {
  return [=](const std::string& name, const EditFields& edit) {
    return rewrite(name, Edit{.sealed = in == 0 ? edit : inside(in, edit)});
  };
}

const std::vector<Structure>& structures() {
  static const std::vector<Structure> list = {
      {"a trust record",
       {1, 2, 3, 5, 6, 8, 9},
       {1, 2, 3, 4, 6, 8, 9},
       all(kCorrupt),
       public_fields(trust_again)},
      {"a key in trust",
       {1, 2, 4, 5},
       {1, 2, 4, 5, 8},
       all(kCorrupt),
       public_fields(trust_again, 5)},
      {"a sealed key in trust",
       {1, 2, 3, 4},
       {1, 2, 3},
       all(kCorrupt),
       public_fields(trust_again, 7)},
      {"a session header",
       {1, 2, 3, 4, 6},
       {1, 2, 3, 4, 5},
       kNoData,
       public_fields(session_again),
       kPacksDiffer},
      {"a recipient", {1, 2}, {1}, kNoData, public_fields(session_again, 6), kPacksDiffer},
      {"an index segment", {1, 2}, {1, 2, 3}, kNoData, public_fields(segment_again)},
      {"a snapshot record",
       {1, 2, 3, 4, 5, 6, 9},
       {1, 2, 3, 4, 5, 7, 9, 10, 11, 12},
       kNoSnapshot,
       public_fields(snapshot_again)},
      {"a session in a snapshot record",
       {1, 2, 3},
       {1, 2, 3},
       kNoSnapshot,
       public_fields(snapshot_again, 6)},
      {"a snapshot's sealed part", {2}, {2, 3}, kNoSnapshot, sealed_fields(snapshot_again)},
      {"a source of a snapshot",
       {1, 2, 4, 5},
       {4, 6, 7, 8, 11},
       kNoSnapshot,
       sealed_fields(snapshot_again, 1)},
      {"what a source did not carry",
       {},
       {3},
       kNoSnapshot,
       [](const std::string& name, const EditFields& edit) {
         return snapshot_again(name, {.sealed = inside(1, inside(10, edit))});
       }},
      {"an attestation",
       {1, 2, 3, 4, 5},
       {1, 2, 3, 4, 5, 10, 11},
       kNoted,
       public_fields(attestation_again)},
      {"an attestation's sealed part",
       {1, 2, 3},
       {1, 2, 3},
       kNoted,
       sealed_fields(attestation_again)},
      {"a source of an attestation",
       {1, 2},
       {2, 3, 4},
       kNoted,
       sealed_fields(attestation_again, 5)},
      // The one that stands in the place of the pin that the pruner has seen is told in any case.
      {"a pin", {1, 2, 3, 4, 5}, {1, 2, 3, 4, 5, 10, 11}, kPin, public_fields(pin_again), kMissed},
      {"a forget record",
       {1, 2, 3, 4, 5},
       {1, 2, 3, 4, 5, 10, 11},
       kNoted,
       public_fields(forget_again)},
      {"a forget record's sealed part", {1}, {1}, kNoted, sealed_fields(forget_again)},
      // Where it is refused, its tombstone is missing.
      {"a sweep record",
       {1, 2, 3, 4, 5, 17, 21},
       {1, 2, 3, 4, 5, 10, 11, 17, 18, 19, 20, 21},
       kMissed,
       public_fields(sweep_again)},
      {"a sweep record's sealed part", {1}, {1}, kMissed, sealed_fields(sweep_again)},
      {"a mark",
       {1, 2, 3, 4, 5},
       {1, 2, 3, 4, 5, 10, 11, 18, 22},
       kMark,
       public_fields(mark_again)},
  };
  return list;
}

void judge_saying(Attempt attempt, const std::string& says, const Expected& expected) {
  attempt.says = says;
  judge(attempt, expected);
}

void put_field(Fields& fields, std::uint16_t tag, Bytes value) {
  fields.push_back({tag, std::move(value)});
}

TEST(LaterVersion, MayAddFieldsThatAnOlderReaderIgnores) {
  for (const Structure& structure : structures()) {
    judge(structure.rewrite(structure.name + " with an unknown field",
                            [](Fields& fields) {
                              put_field(fields, 50, {1, 2, 3});
                            }),
          structure.kept);
    judge(structure.rewrite(structure.name + " with unknown fields that repeat",
                            [](Fields& fields) {
                              put_field(fields, 64, {});
                              put_field(fields, 64, {1});
                            }),
          structure.kept);
  }
}

TEST(LaterVersion, IsNamedWhereItAddsAFieldThatMustBeKnown) {
  for (const Structure& structure : structures()) {
    judge_saying(structure.rewrite(structure.name + " with an unknown critical field",
                                   [](Fields& fields) {
                                     put_field(fields, kUnknownCritical, {1, 2, 3});
                                   }),
                 "field 50, which this version of the format (1.0) does not know",
                 structure.broken);
  }
}

TEST(LaterVersion, MayAddToTheHeaderOfARunThatWasBrokenOff) {
  const auto begun = [](const std::string& name, const Edit& edit) {
    const Attempt again = session_again(name, edit);
    const std::string& session = scene().session_name(scene().newest());
    Attempt result = attempt(name);
    result.objects.at(session) = again.objects.at(session);
    std::erase_if(result.objects, [](const auto& object) {
      return object.first.starts_with("g2/pack/") || object.first.starts_with("g2/meta/") ||
             object.first.starts_with("g2/index/") || object.first.starts_with("snapshot/") ||
             object.first.starts_with("record/");  // they have seen snapshots
    });
    result.victim = {};
    return result;
  };
  const Expected nothing_taken = {kClean, kClean, kNotFound};
  judge(begun("nothing changed", {}), nothing_taken);
  judge(begun("an unknown field", {.fields = [](Fields& fields) { put_field(fields, 50, {1}); }}),
        nothing_taken);
  judge(begun("minor 1", {.header = [](Bytes& header) { header[10] = 1; }}), nothing_taken);
  judge(begun("major 2", {.header = [](Bytes& header) { header[9] = 2; }}),
        {kCorrupt, kClean, kNotFound});
}

TEST(AnyVersion, RefusesAStructureThatLacksAMandatoryField) {
  for (const Structure& structure : structures()) {
    for (const std::uint16_t number : structure.mandatory) {
      judge(structure.rewrite(structure.name + " without field " + std::to_string(number),
                              [number](Fields& fields) {
                                std::erase_if(fields, [number](const RawField& field) {
                                  return field.number() == number;
                                });
                              }),
            structure.broken);
    }
  }
}

TEST(AnyVersion, RefusesAValueOfAnotherSize) {
  for (const Structure& structure : structures()) {
    for (const std::uint16_t number : structure.fixed) {
      for (const bool longer : {true, false}) {
        judge(structure.rewrite(
                  structure.name + " with a field " + std::to_string(number) +
                      (longer ? " that is a byte too long" : " that is a byte too short"),
                  [number, longer](Fields& fields) {
                    Bytes& value = at(fields, number).value;
                    value.resize(longer ? value.size() + 1 : value.size() - 1);
                  }),
              structure.broken);
      }
    }
  }
}

TEST(AnyVersion, RefusesFieldsOutOfOrder) {
  for (const Structure& structure : structures()) {
    judge(structure.rewrite(structure.name + " with fields that descend",
                            [](Fields& fields) { std::ranges::reverse(fields); }),
          structure.broken);
    judge(structure.rewrite(structure.name + " with a field twice",
                            [](Fields& fields) {
                              put_field(fields, 50, {});
                              put_field(fields, 50, {});
                            }),
          structure.broken);
  }
}

TEST(LaterVersion, MayRaiseTheMinorAndIsNamedWhereItRaisesTheMajor) {
  struct Object {
    std::string name;
    std::function<Attempt(const std::string&, const Edit&)> rewrite;
    Expected refused;
    Expected kept = all(kClean);
  };
  const auto later = [](std::size_t byte) {
    return Edit{.header = [byte](Bytes& header) { header[byte] += 1; }};
  };
  for (const Object& object :
       {Object{"trust", trust_again, all(kCorrupt)},
        Object{"session", session_again, kNoData, kPacksDiffer},
        Object{"index segment", segment_again, kNoData},
        Object{"snapshot record", snapshot_again, kNoSnapshot},
        Object{"attestation", attestation_again, kNoted},
        Object{"forget record", forget_again, kNoted}, Object{"sweep record", sweep_again, kMissed},
        Object{"mark", mark_again, kMark}}) {
    judge_saying(object.rewrite(object.name + " of major 2", later(9)), "format version 2",
                 object.refused);
    judge(object.rewrite(object.name + " of minor 1", later(10)), object.kept);
    judge(object.rewrite(object.name + " of another type", later(8)), object.refused);
    judge(object.rewrite(object.name + " with the reserved byte set", later(11)), object.refused);
  }
}

TEST(LaterVersion, IsNamedByTheFormatObject) {
  std::string said;
  const auto header = [](std::size_t byte) {
    return Edit{.header = [byte](Bytes& bytes) { bytes[byte] += 1; }};
  };
  EXPECT_EQ(open_with_format({}, said), kClean) << said;
  EXPECT_EQ(open_with_format(header(9), said), kCorrupt);
  EXPECT_NE(said.find("format version 2"), std::string::npos) << said;
  EXPECT_EQ(open_with_format(header(10), said), kClean) << said;
  EXPECT_EQ(open_with_format(header(8), said), kCorrupt);
  EXPECT_EQ(open_with_format(header(11), said), kCorrupt);
  const auto added = [](std::uint16_t tag) {
    return Edit{.fields = [tag](Fields& fields) { put_field(fields, tag, {1}); }};
  };
  EXPECT_EQ(open_with_format(added(50), said), kClean) << said;
  EXPECT_EQ(open_with_format(added(kUnknownCritical), said), kCorrupt);
  EXPECT_NE(said.find("newer lifeboat"), std::string::npos) << said;
  for (std::uint16_t number = 1; number <= 3; ++number) {
    const auto without = [number](Fields& fields) {
      std::erase_if(fields, [number](const RawField& field) { return field.number() == number; });
    };
    // A format that says no vault or root is as one that says another.
    EXPECT_EQ(open_with_format({.fields = without}, said), kCorrupt) << number;
    const auto longer = [number](Fields& fields) { at(fields, number).value.push_back(0); };
    EXPECT_EQ(open_with_format({.fields = longer}, said), kCorrupt) << number;
  }
  const auto mode = [](Fields& fields) { at(fields, 2).value = {3}; };
  EXPECT_EQ(open_with_format({.fields = mode}, said), kCorrupt) << "an unknown naming mode";
}

/// Lists and range facts stand in blobs, under an id that is their keyed hash: here without it.
Fields numbered(const std::vector<std::pair<std::uint16_t, std::size_t>>& sizes) {
  Fields fields;
  for (const auto& [number, size] : sizes) {
    fields.push_back({static_cast<std::uint16_t>(number | kCritical), Bytes(size, 1)});
  }
  return fields;
}

Outcome read_entry(std::uint8_t kind, const Fields& fields) {
  const Bytes entry = join(fields);
  const Bytes list = WireWriter()
                         .put(kind)
                         .put(std::uint8_t{0})
                         .put(std::uint32_t{1})
                         .put(static_cast<std::uint16_t>(entry.size()))
                         .put_bytes(entry)
                         .take();
  const FetchList fetch = [&](const BlobId&) { return list; };
  return outcome_of([&] {
    if (kind == 2) static_cast<void>(read_range_list({}, fetch));
    if (kind == 3) static_cast<void>(read_stream_list({}, fetch));
  });
}

void expect_rules(const Fields& good, const std::function<Outcome(const Fields&)>& read) {
  const auto expect = [&](const Fields& fields, Outcome outcome) {
    count_case();
    EXPECT_EQ(read(fields), outcome) << to_hex(join(fields));
  };
  expect(good, kClean);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Fields without = good;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    expect(without, kCorrupt);
    if (good[i].number() == 3 && good[i].value.size() == 5) continue;  // a name of any length
    Fields longer = good;
    longer[i].value.push_back(0);
    expect(longer, kCorrupt);
  }
  Fields more = good;
  put_field(more, 50, {});
  expect(more, kClean);
  put_field(more, kUnknownCritical + 1, {});
  expect(more, kCorrupt);
  Fields reversed = good;
  std::ranges::reverse(reversed);
  expect(reversed, kCorrupt);
}

TEST(AnyVersion, KeepsTheRulesOfFieldsInListsAndFacts) {
  Fields stream = numbered({{1, 2}, {2, 1}, {3, 5}, {4, 32}, {5, 8}});
  expect_rules(numbered({{1, 8}, {2, 32}, {5, 32}, {6, 8}}),
               [](const Fields& fields) { return read_entry(2, fields); });
  expect_rules(stream, [](const Fields& fields) { return read_entry(3, fields); });
  at(stream, 2).value = {9};
  count_case();
  EXPECT_EQ(read_entry(3, stream), kCorrupt) << "a stream of an unknown kind";
  expect_rules(numbered({{1, 8}, {2, 8}, {3, 16}}), [](const Fields& fields) {
    const Bytes facts = join(fields);
    return outcome_of([&] { static_cast<void>(RowSum::decode(facts)); });
  });
}

}  // namespace
}  // namespace lifeboat::tamper
