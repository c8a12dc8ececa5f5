#include "vault/mark.h"

#include "sweep_fixture.h"

namespace lifeboat::vault {
namespace {

class Marks : public SweepFixture {
 protected:
  Mark sample() {
    const Vault vault = open_as(Role::pruner);
    Mark mark;
    mark.link = {.generation = 1,
                 .vault = vault.id(),
                 .author = vault.self_id(),
                 .seq = 7,
                 .previous = {},
                 .trust_number = vault.trust().number,
                 .trust_hash = vault.trust().hash,
                 .seen = {},
                 .started = clock_.now(),
                 .finished = clock_.now(),
                 .id = {}};
    mark.condemned.objects = {{1, ObjectType::data_pack, {{1}}},
                              {1, ObjectType::meta_pack, {{2}}},
                              {1, ObjectType::index_segment, {{3}}}};
    mark.condemned.sessions = {{1, {{4}}}};
    mark.forgotten = {{{5}}, {{6}}};
    return mark;
  }

  Bytes encode(Mark mark, Role author = Role::pruner) {
    const Vault vault = open_as(author);
    mark.link.author = vault.self_id();
    const auto key = vault.keyring().record_key(1, vault.self_id());
    return mark.encode(vault.self().signing_key(), key.value());
  }

  Mark decode(const Bytes& stored, Generation generation = 1, std::uint64_t number = 7) {
    const Vault vault = open_as(Role::writer);
    return Mark::decode(stored, vault.id(), vault.trust(), generation, number);
  }
};

TEST_F(Marks, AreReadByAWriterAsThePrunerMadeThem) {
  const Mark made = sample();
  const Mark read = decode(encode(made));
  EXPECT_EQ(read.condemned.objects, made.condemned.objects);
  EXPECT_EQ(read.condemned.sessions, made.condemned.sessions);
  EXPECT_EQ(read.forgotten, made.forgotten);
  EXPECT_EQ(read.number(), 7U);
}

TEST_F(Marks, CountUnderTheirOwnNameOnly) {
  const Bytes stored = encode(sample());
  EXPECT_THROW(decode(stored, 1, 8), Error);
  EXPECT_THROW(decode(stored, 2, 7), Error);
  Mark elsewhere = sample();
  elsewhere.condemned.objects.push_back({2, ObjectType::data_pack, {{9}}});
  EXPECT_THROW(decode(encode(elsewhere)), Error) << "an object of another generation";
}

TEST_F(Marks, CondemnNothingThatIsNoDataAndNoSession) {
  for (const ObjectType type : {ObjectType::format, ObjectType::trust, ObjectType::record}) {
    Mark mark = sample();
    mark.condemned.objects = {{1, type, {{1}}}};
    EXPECT_THROW(decode(encode(mark)), Error);
  }
}

TEST_F(Marks, AreAPrunersOrNobodys) {
  for (const Role role : {Role::writer, Role::identity, Role::operator_}) {
    EXPECT_THROW(decode(encode(sample(), role)), Error) << name_of(role);
  }
}

TEST_F(Marks, EveryByteOfOneIsSigned) {
  const Bytes stored = encode(sample());
  for (std::size_t at = 0; at < stored.size(); ++at) {
    Bytes flipped = stored;
    flipped[at] ^= 1U;
    EXPECT_THROW(decode(flipped), Error) << "byte " << at;
  }
}

/// Without it every snapshot that knows no mark would be void.
TEST_F(Marks, ASweepRecordThatDoesNotSayHowFarItWalkedIsNone) {
  const Vault vault = open_as(Role::pruner);
  const auto sweep_record = [&](ByteView in_public) {
    Link link = sample().link;
    link.author = vault.self_id();
    return encode_other_record(link, in_public, json_record_fields(RecordKind::sweep, "{}"),
                               vault.self().signing_key(),
                               vault.keyring().record_key(1, vault.self_id()).value());
  };
  const auto decode_record = [&](ByteView stored) {
    return OtherRecord::decode(stored, vault.id(), *vault.trust().find(vault.self_id()), {});
  };
  FieldsWriter marks_alone;
  put_known_marks(marks_alone, {{1, 1}}, true);
  EXPECT_THROW(decode_record(sweep_record(marks_alone.take())), Error);
  Sweep of_no_chain;
  of_no_chain.marks = {{1, 1}};
  EXPECT_TRUE(decode_record(sweep_record(of_no_chain.encode())).sweep.has_value());
}

TEST(SweepFields, AreReadAsTheyWereWritten) {
  Sweep sweep;
  sweep.marks = {{1, 3}, {2, 1}};
  sweep.removed.objects = {{1, ObjectType::data_pack, {{1}}}};
  sweep.tombstones = {{{{2}}, 9, {{3}}, {{4}}}};
  sweep.walked = {{{{2}}, 12}};
  const Bytes fields = sweep.encode();
  Sweep read;
  FieldsReader reader(fields, "a sweep", {17});
  while (const auto field = reader.next()) EXPECT_TRUE(read.take(*field));
  EXPECT_TRUE(read.complete());
  EXPECT_EQ(read.marks, sweep.marks);
  EXPECT_EQ(read.removed.objects, sweep.removed.objects);
  EXPECT_EQ(read.walked, sweep.walked);
  ASSERT_EQ(read.tombstones.size(), 1U);
  EXPECT_EQ(read.tombstones[0].previous, (ObjectHash{{4}}));
}

TEST(SweptRecords, VoidWhatASweepDidNotSeeAndWhatDoesNotKnowItsMarks) {
  const KeyId writer{{1}};
  const KeyId other{{2}};
  Sweep first;
  first.marks = {{1, 3}};
  first.walked = {{writer, 10}};
  Sweep second;
  second.marks = {{1, 4}, {2, 1}};
  second.walked = {{writer, 20}};
  const Swept swept({first, second});
  EXPECT_FALSE(swept.missed_a_mark(writer, 10, {})) << "the first sweep has seen it";
  EXPECT_TRUE(swept.missed_a_mark(writer, 11, {{1, 2}}));
  EXPECT_FALSE(swept.missed_a_mark(writer, 11, {{1, 3}})) << "and the second has seen it";
  EXPECT_TRUE(swept.missed_a_mark(writer, 21, {{1, 4}})) << "generation 2 was marked, too";
  EXPECT_FALSE(swept.missed_a_mark(writer, 21, {{1, 4}, {2, 1}}));
  EXPECT_TRUE(swept.missed_a_mark(other, 1, {{1, 3}})) << "of a writer that had no record then";
}

}  // namespace
}  // namespace lifeboat::vault
