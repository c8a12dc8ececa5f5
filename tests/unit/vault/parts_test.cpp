// The small parts of the vault: capability strings, fields, names, packs, lists.
#include <gtest/gtest.h>

#include "base/error.h"
#include "vault/capability.h"
#include "vault/fields.h"
#include "vault/list.h"
#include "vault/object_names.h"
#include "vault/pack.h"
#include "vault_fixture.h"

namespace lifeboat::vault {
namespace {

TEST_F(VaultFixture, ACapabilityStringSurvivesUpperCaseAndWhiteSpace) {
  const Capability& capability = capabilities_.at(Role::viewer);
  std::string text = capability.to_text().reveal();
  EXPECT_TRUE(text.starts_with("lifeboat-viewer-1"));
  const Capability same = Capability::from_text("  " + text + "\n");
  EXPECT_EQ(same.key_id(), capability.key_id());
  EXPECT_EQ(same.vault, capability.vault);
}

TEST_F(VaultFixture, ACapabilityStringWithAnyCharacterChangedIsRefused) {
  const std::string text = capabilities_.at(Role::writer).to_text().reveal();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string wrong = text;
    wrong[at] = wrong[at] == 'b' ? 'c' : 'b';
    EXPECT_THROW(static_cast<void>(Capability::from_text(wrong)), Error) << at;
  }
  EXPECT_THROW(static_cast<void>(Capability::from_text(text.substr(0, 100))), Error);
  EXPECT_THROW(static_cast<void>(Capability::from_text("")), Error);
}

TEST_F(VaultFixture, TheMessageAboutAMistypedCredentialDoesNotRepeatIt) {
  std::string text = capabilities_.at(Role::writer).to_text().reveal();
  text.back() = text.back() == 'a' ? 'b' : 'a';
  try {
    static_cast<void>(Capability::from_text(text));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ((error.message() + error.hint()).find(text.substr(20, 12)), std::string::npos);
  }
}

TEST(Fields, IgnoresUnknownOptionalFieldsAndRefusesUnknownCriticalOnes) {
  const Bytes optional = FieldsWriter().critical(1, wire(std::uint8_t{7})).optional(900, {}).take();
  FieldsReader reader(optional, "a thing");
  while (const auto field = reader.next()) {
    if (field->number != 1) {
      EXPECT_NO_THROW(field->unknown());
    }
  }
  const Bytes critical = FieldsWriter().critical(900, {}).take();
  FieldsReader strict(critical, "a thing");
  EXPECT_THROW(strict.next()->unknown(), Error);
}

TEST(Fields, LetsALaterVersionRepeatWhatItDoesNotKnow) {
  const Bytes later = FieldsWriter().critical(1, {}).optional(64, {}).optional(64, {}).take();
  FieldsReader reader(later, "a thing");
  int count = 0;
  while (reader.next()) ++count;
  EXPECT_EQ(count, 3);
}

TEST(Fields, RefusesFieldsOutOfOrderTwiceMissingOrTruncated) {
  const Bytes descending = FieldsWriter().critical(2, {}).critical(1, {}).take();
  FieldsReader first(descending, "a thing");
  static_cast<void>(first.next());
  EXPECT_THROW(static_cast<void>(first.next()), Error);

  const Bytes twice = FieldsWriter().critical(2, {}).critical(2, {}).take();
  FieldsReader second(twice, "a thing");
  static_cast<void>(second.next());
  EXPECT_THROW(static_cast<void>(second.next()), Error);
  FieldsReader allowed(twice, "a thing", {2});
  static_cast<void>(allowed.next());
  EXPECT_NO_THROW(static_cast<void>(allowed.next()));
  EXPECT_THROW(allowed.require({1}), Error);

  Bytes cut = FieldsWriter().critical(1, as_bytes("abc")).take();
  cut.pop_back();
  FieldsReader third(cut, "a thing");
  EXPECT_THROW(static_cast<void>(third.next()), Error);
}

TEST(Names, ParseBackWhatTheyName) {
  const KeyId author{seal::random_array<16>()};
  const auto link = names::parse(names::link(ObjectType::snapshot, author, 41).name());
  ASSERT_TRUE(link);
  EXPECT_EQ(link->number, 41U);
  EXPECT_EQ(link->author, author);
  const ObjectHash hash{seal::random_array<32>()};
  const auto pack = names::parse(names::pack(ObjectType::meta_pack, 3, hash).name());
  ASSERT_TRUE(pack);
  EXPECT_EQ(pack->type, ObjectType::meta_pack);
  EXPECT_EQ(pack->generation, 3U);
  EXPECT_EQ(pack->hash, hash);
  EXPECT_LT(names::link(ObjectType::snapshot, author, 42).name(),
            names::link(ObjectType::snapshot, author, 41).name());
  EXPECT_FALSE(names::parse("g1/pack/00/" + hash.hex() + "x"));
  EXPECT_FALSE(names::parse("lost+found"));
  EXPECT_FALSE(names::parse("snapshot/" + author.hex() + "/notahexnumber000"));
}

TEST(Pack, PadmeWastesAtMostTwelvePercentAndFewLengthsExist) {
  std::set<std::uint64_t> lengths;
  for (std::uint64_t length = 1000; length < 200'000; ++length) {
    const std::uint64_t padded = padme(length);
    ASSERT_GE(padded, length);
    ASSERT_LE(padded, length + length * 12 / 100);
    lengths.insert(padded);
  }
  EXPECT_LT(lengths.size(), 150U);
}

class ListStore {
 public:
  BlobId put(ByteView bytes) {
    const BlobId id{seal::hash({bytes})};
    lists_[id].assign(bytes.begin(), bytes.end());
    return id;
  }
  [[nodiscard]] Bytes get(const BlobId& id) const { return lists_.at(id); }
  [[nodiscard]] std::size_t size() const { return lists_.size(); }
  std::map<BlobId, Bytes> lists_;
};

std::vector<BlobRef> many_blobs(std::uint32_t count) {
  std::vector<BlobRef> blobs;
  for (std::uint32_t i = 0; i < count; ++i) blobs.push_back({{seal::hash({wire(i)})}, i});
  return blobs;
}

TEST(List, KeepsOrderThroughSeveralLevels) {
  for (const std::uint32_t count : {0U, 1U, 1000U, 50'000U}) {
    ListStore store;
    const auto put = [&](ByteView bytes) { return store.put(bytes); };
    const auto get = [&](const BlobId& id) { return store.get(id); };
    const BlobId root = write_blob_list(many_blobs(count), put);
    const auto back = read_blob_list(root, get);
    ASSERT_EQ(back.size(), count);
    for (std::uint32_t i = 0; i < count; ++i) ASSERT_EQ(back[i].plain_bytes, i);
    if (count == 50'000U) {
      EXPECT_GT(store.size(), 20U);
    }
  }
}

TEST(List, AnInsertedEntryChangesOnlyTheListsAroundIt) {
  ListStore store;
  const auto put = [&](ByteView bytes) { return store.put(bytes); };
  auto blobs = many_blobs(50'000);
  static_cast<void>(write_blob_list(blobs, put));
  const std::size_t before = store.size();
  blobs.insert(blobs.begin() + 20'000, BlobRef{{seal::random_array<32>()}, 5});
  static_cast<void>(write_blob_list(blobs, put));
  EXPECT_LE(store.size(), before + 3);
}

TEST(List, RefusesALevelThatDoesNotBelong) {
  ListStore store;
  const auto get = [&](const BlobId& id) { return store.get(id); };
  WireWriter writer;
  writer.put(std::uint8_t{1}).put(std::uint8_t{9}).put(std::uint32_t{0});
  const BlobId too_high = store.put(writer.bytes());
  EXPECT_THROW(static_cast<void>(read_blob_list(too_high, get)), Error);
  EXPECT_THROW(static_cast<void>(read_stream_list(
                   write_blob_list({}, [&](ByteView bytes) { return store.put(bytes); }), get)),
               Error);
}

}  // namespace
}  // namespace lifeboat::vault
